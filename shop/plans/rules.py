"""The states of a running plan, and how one leads to another. Pure: facts come in, decisions go out."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from payments.billing import Subscription

GRACE = timedelta(days=7)  # in which a missed payment closes nothing
LATE = timedelta(hours=2)  # after a moment at which Stripe should have told something
LOOK = timedelta(days=1)  # how often a plan whose payment is missing is looked at


class Rhythm(StrEnum):
    """How often a plan is paid: Stripe's words."""

    MONTH = "month"
    YEAR = "year"


MONTHS = {Rhythm.MONTH: 1, Rhythm.YEAR: 12}


def next_due(begun: datetime, rhythm: Rhythm) -> datetime:
    """When the second payment is due, as Stripe reckons it: on the same day of the month, or on the month's last one
    where it has no such day."""
    months = begun.month - 1 + MONTHS[rhythm]
    year, month = begun.year + months // 12, months % 12 + 1
    return begun.replace(year=year, month=month, day=min(begun.day, monthrange(year, month)[1]))


class TermState(StrEnum):
    """How a running plan stands; docs/orders.md draws how one state leads to another."""

    ACTIVE = "active"  # paid so far
    GRACE = "grace"  # a payment is missing, access stays for some days
    PAUSED = "paused"  # it is missing still, and access is closed for the time being
    SETTLED = "settled"  # all instalments are paid: the courses are the buyer's for good
    ENDED = "ended"  # it was cancelled, or never paid again


S = TermState
TRANSITIONS: dict[TermState, frozenset[TermState]] = {
    S.ACTIVE: frozenset({S.GRACE, S.PAUSED, S.SETTLED, S.ENDED}),
    S.GRACE: frozenset({S.ACTIVE, S.PAUSED, S.SETTLED, S.ENDED}),
    S.PAUSED: frozenset({S.ACTIVE, S.SETTLED, S.ENDED}),
    S.SETTLED: frozenset(),
    S.ENDED: frozenset({S.SETTLED}),  # the last instalment came after all
}
RUNNING = (S.ACTIVE, S.GRACE, S.PAUSED)


def next_state(current: TermState, told: TermState) -> TermState:
    """Where a plan goes when the facts say `told`: there, or nowhere when the table does not know that way."""
    return told if told in TRANSITIONS[current] else current


@dataclass(frozen=True)
class Standing:
    """What the facts come to: the state, when access closes unless a payment comes (`grace_until`), when it ends by
    itself (`ends_at`, None once it has), and when to look again if no news has come (`look_at`, None for never)."""

    state: TermState
    grace_until: datetime | None
    ends_at: datetime | None
    look_at: datetime | None


def standing(
    told: Subscription,
    paid: int,
    instalments: int | None,
    before: TermState,
    grace_until: datetime | None,
    now: datetime,
) -> Standing:
    """How a plan stands, by what Stripe says now and what we knew.

    `paid` counts the invoices that were ever seen paid, `instalments` is how many there are to be, None for a
    membership. `grace_until` is the day that the learner was told, while a payment is missing.
    """
    is_short = told.is_failing and not told.is_over
    grace_until = (grace_until or now + GRACE) if is_short else None
    ends_at = _ends_at(told, instalments)
    state = next_state(before, _told(told, paid, instalments, grace_until, ends_at, now))
    if state is S.SETTLED:
        return Standing(state, None, None, None if told.is_over else now)
    if state is S.ENDED:
        return Standing(state, None, None, None if told.is_over else now)
    return Standing(state, grace_until, ends_at, _look_at(told, grace_until, ends_at, now))


def _told(
    told: Subscription,
    paid: int,
    instalments: int | None,
    grace_until: datetime | None,
    ends_at: datetime | None,
    now: datetime,
) -> TermState:
    if instalments is not None and paid >= instalments:
        return S.SETTLED
    if told.is_over:
        return S.ACTIVE if ends_at is not None and now < ends_at else S.ENDED
    if grace_until is None:
        return S.ACTIVE
    return S.GRACE if now < grace_until else S.PAUSED


def _ends_at(told: Subscription, instalments: int | None) -> datetime | None:
    """When access ends by itself. Who ends a membership keeps what is paid; instalments end with the subscription."""
    if not told.is_over or instalments is not None:
        return told.ends_at
    return max((each.until for each in told.paid), default=told.ends_at)


def _look_at(
    told: Subscription, grace_until: datetime | None, ends_at: datetime | None, now: datetime
) -> datetime:
    if grace_until is not None:
        return min(grace_until, now + LOOK) if now < grace_until else now + LOOK
    if ends_at is not None and (told.is_over or ends_at < told.renews_at):
        return ends_at
    return told.renews_at + LATE


class Wish(StrEnum):
    """What can be asked of the end of a running plan."""

    END = "end"  # with what is paid
    GO_ON = "go_on"  # after all


class WishState(StrEnum):
    """How a wish stands: Stripe does it or refuses it, and may have done what was given up as unanswered."""

    ASKED = "asked"
    DONE = "done"
    GIVEN_UP = "given_up"


WISH_TRANSITIONS: dict[WishState, frozenset[WishState]] = {
    WishState.ASKED: frozenset({WishState.DONE, WishState.GIVEN_UP}),
    WishState.GIVEN_UP: frozenset({WishState.DONE}),
    WishState.DONE: frozenset(),
}


def next_wish_state(current: WishState, told: WishState) -> WishState:
    """Where a wish goes when the facts say `told`: there, or nowhere when the table does not know that way."""
    return told if told in WISH_TRANSITIONS[current] else current


def wish_of_school(state: TermState, ends_at: datetime | None, renews_at: datetime | None) -> Wish | None:
    """What the school may ask of a plan: to end while it runs, to go on where it is to end and Stripe still has it."""
    if state not in RUNNING or renews_at is None:
        return None
    return Wish.END if ends_at is None else Wish.GO_ON


def wish_of_buyer(wish: Wish | None, instalments: int | None, end_note: str) -> Wish | None:
    """What the buyer may ask of it, where the school may ask `wish`. A membership is theirs to end, and to take up
    again; instalments were agreed on. What the school has ended (`end_note`) it has ended."""
    if instalments is not None or (wish is Wish.GO_ON and end_note):
        return None
    return wish
