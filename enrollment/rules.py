"""Who may enter a step and why. Pure: facts come in, decisions go out."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Protocol


class GrantKind(StrEnum):
    """What lets someone into a course."""

    FREE = "free"  # the course costs nothing, and they wished it
    ADMIN = "admin"  # by hand
    ORDER = "order"
    GIFT = "gift"
    SEAT = "seat"  # of a team
    PLAN = "plan"  # instalments or a membership

    @property
    def is_lasting(self) -> bool:
        """Whether it leaves nothing to buy: what a membership opens may still be bought for good."""
        return self is not GrantKind.PLAN

    @property
    def has_term(self) -> bool:
        """Whether it lasts as long as the course says: a plan lasts as long as it is paid."""
        return self is not GrantKind.PLAN


class EndReason(StrEnum):
    """Why a grant ended."""

    ADMIN = "admin"  # the school ended it by hand, and it alone opens the course again
    REFUND = "refund"
    DISPUTE = "dispute"  # lost
    EXPIRED = "expired"  # its time was over
    CANCELLED = "cancelled"  # a plan or a membership came to its end
    SEAT = "seat"  # the seat was given to somebody else, or left


class PauseReason(StrEnum):
    """Why a grant lets nobody in for the time being; of several the first is told."""

    DISPUTE = "dispute"  # the payment is disputed at the bank
    PAYMENT = "payment"  # an instalment or a fee was not paid in time


class GrantFacts(Protocol):
    """A grant as the rule that sums them up sees it."""

    @property
    def kind(self) -> GrantKind: ...
    @property
    def ends_at(self) -> datetime | None: ...
    @property
    def pause_reason(self) -> str: ...
    @property
    def ended_at(self) -> datetime | None: ...
    @property
    def end_reason(self) -> str: ...


@dataclass(frozen=True)
class Stay:
    """What somebody's grants come to: `state` is `active`, `paused` or `revoked`; `kind` that of the grant that
    decides; `ends_at` when the last of them runs out, None where one does not."""

    state: str
    kind: GrantKind
    ends_at: datetime | None = None
    pause_reason: str = ""
    end_reason: str = ""


def stay_of(grants: Sequence[GrantFacts]) -> Stay:
    """The sum of somebody's grants of a course, in the order in which they were given; there is at least one.

    One open grant that is not paused is enough; else the last one that is paused keeps the place; else the last end
    counts, and of ends at one moment the school's own.
    """
    standing = [grant for grant in grants if grant.ended_at is None]
    giving = [grant for grant in standing if not grant.pause_reason]
    if giving:
        ends = [grant.ends_at for grant in giving if grant.ends_at is not None]
        return Stay("active", giving[0].kind, max(ends) if len(ends) == len(giving) else None)
    if standing:
        return Stay("paused", standing[-1].kind, pause_reason=standing[-1].pause_reason)
    last = max(grants, key=lambda grant: (grant.ended_at, grant.end_reason == EndReason.ADMIN.value))
    return Stay("revoked", last.kind, end_reason=last.end_reason)


class Reason(StrEnum):
    """Why a step is open or closed; `enrollment/refusals.py` has a sentence for each that closes."""

    TEACHES = "teaches"
    ENROLLED = "enrolled"
    PREVIEW = "preview"
    NOT_ENROLLED = "not_enrolled"
    CHECKOUT_OPEN = "checkout_open"  # begun, not paid, and the checkout still takes the money
    PAYMENT_PROCESSING = "payment_processing"  # the buyer is done, the bank is not
    PAYMENT_REVIEW = "payment_review"  # paid, but not as ordered: the school looks at it
    PAYMENT_DISPUTED = "payment_disputed"  # paused until the bank has decided
    SEAT_DISPUTED = "seat_disputed"  # the same, and somebody else paid
    GIFT_DISPUTED = "gift_disputed"
    PAYMENT_DUE = "payment_due"  # paused until an instalment or a fee is paid
    REFUNDED = "refunded"
    DISPUTE_LOST = "dispute_lost"  # the bank took the money back
    SEAT_TAKEN_BACK = "seat_taken_back"  # whoever paid for it has the money back, in whatever way
    GIFT_TAKEN_BACK = "gift_taken_back"
    EXPIRED = "expired"  # the time of access is over
    CANCELLED = "cancelled"  # a plan or a membership came to its end
    SEAT_LEFT = "seat_left"  # the seat of a team is somebody else's, or nobody's
    REVOKED = "revoked"  # by the school
    NOT_BEGUN = "not_begun"  # the cohort has not
    EARLIER_STEP = "earlier_step"
    OPENS_LATER = "opens_later"  # on a day


HOW_IT_ENDED = {
    EndReason.REFUND.value: Reason.REFUNDED,
    EndReason.DISPUTE.value: Reason.DISPUTE_LOST,
    EndReason.EXPIRED.value: Reason.EXPIRED,
    EndReason.CANCELLED.value: Reason.CANCELLED,
    EndReason.SEAT.value: Reason.SEAT_LEFT,
}  # what is not here was ended by the school
MONEY_BACK = frozenset({EndReason.REFUND.value, EndReason.DISPUTE.value})
# Of what somebody else paid for, neither the money nor the dispute is the learner's.
TAKEN_BACK = {GrantKind.SEAT.value: Reason.SEAT_TAKEN_BACK, GrantKind.GIFT.value: Reason.GIFT_TAKEN_BACK}
DISPUTED = {GrantKind.SEAT.value: Reason.SEAT_DISPUTED, GrantKind.GIFT.value: Reason.GIFT_DISPUTED}


class Waits(StrEnum):
    """Where an order stands that is neither paid nor over."""

    CHECKOUT = "checkout"  # with the buyer
    BANK = "bank"
    REVIEW = "review"  # paid, and somebody at the school looks at it


class Place(Protocol):
    """A step as access sees it; the outline's steps are such as they are. `position` counts within the course.

    It opens so many days after the learner's beginning, or on a day, or both where the later one counts.
    """

    @property
    def id(self) -> int: ...
    @property
    def module_number(self) -> int: ...
    @property
    def position(self) -> int: ...
    @property
    def required(self) -> bool: ...
    @property
    def preview(self) -> bool: ...
    @property
    def opens_days(self) -> int | None: ...
    @property
    def opens_on(self) -> date | None: ...


class Standing(Protocol):
    """An enrollment as access sees it; `state` is None where there is none, `reason` the kind of grant that decides."""

    @property
    def state(self) -> str | None: ...
    @property
    def reason(self) -> str: ...
    @property
    def end_reason(self) -> str: ...
    @property
    def pause_reason(self) -> str: ...
    @property
    def ends_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class OpenCheckout:
    """An order that is neither paid nor over; the buyer may pay until `expires_at`."""

    waits: Waits
    expires_at: datetime


@dataclass(frozen=True)
class Schedule:
    """From when a learner's steps open: `since` the stay began, `begins_on` is the first day of the cohort, where
    there is one. Days begin at midnight in `zone`, the school's."""

    since: datetime | None = None
    begins_on: date | None = None
    zone: tzinfo = UTC

    @property
    def begins_at(self) -> datetime | None:
        return self._midnight(self.begins_on) if self.begins_on else None

    def opens_at(self, step: Place) -> datetime | None:
        """When this step opens, None where no day holds it back."""
        day = self.begins_on or (self.since.astimezone(self.zone).date() if self.since else None)
        counted = day + timedelta(days=step.opens_days) if day and step.opens_days else None
        days = [each for each in (self.begins_on, counted, step.opens_on) if each is not None]
        return self._midnight(max(days)) if days else None

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self.zone)


ALWAYS = Schedule()


@dataclass(frozen=True)
class Facts:
    """What is known of a person and a course.

    `state`, `reason`, `end_reason`, `pause_reason` and `ends_at` are the enrollment's (see Standing); `done` holds the
    ids of completed steps, `steps` the course in order; `order` says how steps open: `free`, `modules` (a module opens
    when the required steps of the one before are done) or `strict`.
    """

    teaches: bool
    state: str | None
    end_reason: str
    order: str
    done: frozenset[int]
    steps: Sequence[Place]
    checkout: OpenCheckout | None = None
    pause_reason: str = ""
    ends_at: datetime | None = None
    schedule: Schedule = ALWAYS
    reason: str = ""


@dataclass(frozen=True)
class Decision:
    """The answer, its most telling reason first. `waits_for` is the id of the step that opens this one, where an
    earlier one does; `opens_at` the day before which it stays closed, where there is one to come."""

    allowed: bool
    reasons: tuple[Reason, ...]
    waits_for: int | None = None
    opens_at: datetime | None = None

    @property
    def reason(self) -> Reason:
        """The most telling one."""
        return self.reasons[0]

    @property
    def is_waiting(self) -> bool:
        """Whether the person is in the course, and this step is not open to them yet."""
        return self.waits_for is not None or self.opens_at is not None

    @property
    def is_inside(self) -> bool:
        """Whether the person is in the course here, and not only at its window (a preview)."""
        return self.allowed and self.reason != Reason.PREVIEW


def may_enter(facts: Facts, step: Place, now: datetime) -> Decision:
    """Whether the person may enter `step`, and why; docs/access.md says it in prose."""
    if facts.teaches:
        return Decision(True, (Reason.TEACHES,))
    if is_open(facts, now):
        return _inside(facts, step, now)
    if step.preview:
        return Decision(True, (Reason.PREVIEW,))
    return Decision(False, why_outside(facts, facts.checkout, now))


def is_open(standing: Standing, now: datetime) -> bool:
    """Whether this enrollment opens the course at this moment."""
    return standing.state == "active" and not has_run_out(standing.ends_at, now)


def has_run_out(ends_at: datetime | None, now: datetime) -> bool:
    """Whether the time of access is over; where it has no end it never is."""
    return ends_at is not None and ends_at <= now


def why_outside(
    standing: Standing | None, checkout: OpenCheckout | None, now: datetime
) -> tuple[Reason, ...]:
    """Why one to whom the course is not open stands outside, the most telling reason first.

    Who was put out by the school is not led to a payment that the school would have to give back.
    """
    cause = _why_closed(standing)
    if checkout is not None and checkout.waits is Waits.BANK:
        return Reason.PAYMENT_PROCESSING, cause
    if checkout is not None and checkout.waits is Waits.REVIEW:
        return Reason.PAYMENT_REVIEW, cause
    if checkout is not None and cause is not Reason.REVOKED and now < checkout.expires_at:
        return Reason.CHECKOUT_OPEN, cause
    return (cause,)


def _why_closed(standing: Standing | None) -> Reason:
    if standing is None:
        return Reason.NOT_ENROLLED
    if standing.state == "active":  # and yet not open: its time has run out, and no job has come by.
        return Reason.EXPIRED
    if standing.state == "paused":
        is_disputed = standing.pause_reason == PauseReason.DISPUTE.value
        return DISPUTED.get(standing.reason, Reason.PAYMENT_DISPUTED) if is_disputed else Reason.PAYMENT_DUE
    if standing.state == "revoked":
        return _how_it_ended(standing)
    return Reason.NOT_ENROLLED


def _how_it_ended(standing: Standing) -> Reason:
    found = HOW_IT_ENDED.get(standing.end_reason, Reason.REVOKED)
    return TAKEN_BACK.get(standing.reason, found) if standing.end_reason in MONEY_BACK else found


def _inside(facts: Facts, step: Place, now: datetime) -> Decision:
    if step.id in facts.done:
        return Decision(True, (Reason.ENROLLED,))
    closed = _not_yet(facts, step, now)
    if closed is None:
        return Decision(True, (Reason.ENROLLED,))
    if step.preview:  # What anybody may read, a learner who has not got there yet may read too.
        return Decision(True, (Reason.PREVIEW,))
    return closed


def _not_yet(facts: Facts, step: Place, now: datetime) -> Decision | None:
    """What this step waits for: the cohort's first day, an earlier step, a day of its own; None for nothing."""
    begins_at, opens_at = facts.schedule.begins_at, facts.schedule.opens_at(step)
    if begins_at is not None and now < begins_at:
        return Decision(False, (Reason.NOT_BEGUN,), opens_at=begins_at)
    missing = _first_missing(facts.steps, facts.done)
    waits = missing is not None and _comes_before(facts.order, missing, step)
    is_later = opens_at is not None and now < opens_at
    reasons = (Reason.EARLIER_STEP,) * waits + (Reason.OPENS_LATER,) * is_later
    if not reasons:
        return None
    waits_for = missing.id if waits and missing else None
    return Decision(False, reasons, waits_for, opens_at if is_later else None)


def closed_in_turn(order: str, steps: Sequence[Place], done: AbstractSet[int]) -> frozenset[int]:
    """The steps that an enrolled person may not enter yet, because one before them is missing."""
    missing = _first_missing(steps, done)
    if missing is None:
        return frozenset()
    later = (step for step in steps if _comes_before(order, missing, step))
    return frozenset(step.id for step in later if step.id not in done and not step.preview)


def closed_by_day(
    steps: Sequence[Place], done: AbstractSet[int], schedule: Schedule, now: datetime
) -> dict[int, datetime]:
    """The steps that an enrolled person may not enter yet, because their day has not come, each with that day."""
    waiting = (step for step in steps if step.id not in done and not step.preview)
    found = ((step.id, schedule.opens_at(step)) for step in waiting)
    return {step_id: day for step_id, day in found if day is not None and now < day}


def _first_missing(steps: Sequence[Place], done: AbstractSet[int]) -> Place | None:
    """The required step that is to be done next. Where it does not close a step, no later one does."""
    return next((step for step in steps if step.required and step.id not in done), None)


def _comes_before(order: str, earlier: Place, step: Place) -> bool:
    if order == "strict":
        return earlier.position < step.position
    return order == "modules" and earlier.module_number < step.module_number
