"""Who may enter a step and why. Pure: facts come in, decisions go out."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
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


class EndReason(StrEnum):
    """Why a grant ended."""

    ADMIN = "admin"  # the school ended it by hand, and it alone opens the course again
    REFUND = "refund"
    DISPUTE = "dispute"  # lost
    EXPIRED = "expired"  # its time was over
    CANCELLED = "cancelled"  # a plan or a membership came to its end
    SEAT = "seat"  # the seat was given to somebody else, or left


class PauseReason(StrEnum):
    """Why a grant lets nobody in for the time being."""

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

    One open grant that is not paused is enough; else one that is paused keeps the place; else the last end counts.
    """
    standing = [grant for grant in grants if grant.ended_at is None]
    giving = [grant for grant in standing if not grant.pause_reason]
    if giving:
        ends = [grant.ends_at for grant in giving if grant.ends_at is not None]
        return Stay("active", giving[0].kind, max(ends) if len(ends) == len(giving) else None)
    if standing:
        return Stay("paused", standing[0].kind, pause_reason=standing[-1].pause_reason)
    last = max(grants, key=lambda grant: (grant.ended_at is not None, grant.ended_at))
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
    REFUNDED = "refunded"
    REVOKED = "revoked"  # by the school
    EXPIRED = "expired"  # its time was over
    EARLIER_STEP = "earlier_step"


class Waits(StrEnum):
    """Where an order stands that is neither paid nor over."""

    CHECKOUT = "checkout"  # with the buyer
    BANK = "bank"
    REVIEW = "review"  # paid, and somebody at the school looks at it


class Place(Protocol):
    """A step as access sees it; the outline's steps are such as they are. `position` counts within the course."""

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


@dataclass(frozen=True)
class OpenCheckout:
    """An order that is neither paid nor over; the buyer may pay until `expires_at`."""

    waits: Waits
    expires_at: datetime


@dataclass(frozen=True)
class Facts:
    """What is known of a person and a course.

    `state` is the enrollment's (`active`, `revoked`) or None, `end_reason` says why it ended (an EndReason, or
    empty); `done` holds the ids of completed steps, `steps` the course in order; `order` says how steps open: `free`,
    `modules` (a module opens when the required steps of the one before are done) or `strict`.
    """

    teaches: bool
    state: str | None
    end_reason: str
    order: str
    done: frozenset[int]
    steps: Sequence[Place]
    checkout: OpenCheckout | None = None


@dataclass(frozen=True)
class Decision:
    """The answer, its most telling reason first. `waits_for` is the id of the step that opens this one, where an
    earlier one does."""

    allowed: bool
    reasons: tuple[Reason, ...]
    waits_for: int | None = None

    @property
    def reason(self) -> Reason:
        """The most telling one."""
        return self.reasons[0]

    @property
    def is_inside(self) -> bool:
        """Whether the person is in the course here, and not only at its window (a preview)."""
        return self.allowed and self.reason != Reason.PREVIEW


def may_enter(facts: Facts, step: Place, now: datetime) -> Decision:
    """Whether the person may enter `step`, and why; docs/access.md says it in prose."""
    if facts.teaches:
        return Decision(True, (Reason.TEACHES,))
    if facts.state == "active":
        return _inside(facts, step)
    if step.preview:
        return Decision(True, (Reason.PREVIEW,))
    return Decision(False, why_outside(facts.state, facts.end_reason, facts.checkout, now))


def why_outside(
    state: str | None, end_reason: str, checkout: OpenCheckout | None, now: datetime
) -> tuple[Reason, ...]:
    """Why one who is not enrolled is not, the most telling reason first.

    Who was put out by the school is not led to a payment that the school would have to give back.
    """
    ended = _how_it_ended(state, end_reason)
    if checkout is not None and checkout.waits is Waits.BANK:
        return Reason.PAYMENT_PROCESSING, ended
    if checkout is not None and checkout.waits is Waits.REVIEW:
        return Reason.PAYMENT_REVIEW, ended
    if checkout is not None and ended is not Reason.REVOKED and now < checkout.expires_at:
        return Reason.CHECKOUT_OPEN, ended
    return (ended,)


_ENDS: dict[str, Reason] = {EndReason.REFUND: Reason.REFUNDED, EndReason.EXPIRED: Reason.EXPIRED}


def _how_it_ended(state: str | None, end_reason: str) -> Reason:
    if state != "revoked":
        return Reason.NOT_ENROLLED
    return _ENDS.get(end_reason, Reason.REVOKED)


def _inside(facts: Facts, step: Place) -> Decision:
    missing = _first_missing(facts.steps, facts.done)
    if missing is None or step.id in facts.done or not _comes_before(facts.order, missing, step):
        return Decision(True, (Reason.ENROLLED,))
    if step.preview:  # What anybody may read, a learner who has not got there yet may read too.
        return Decision(True, (Reason.PREVIEW,))
    return Decision(False, (Reason.EARLIER_STEP,), missing.id)


def closed_steps(order: str, steps: Sequence[Place], done: AbstractSet[int]) -> frozenset[int]:
    """The steps that an enrolled person may not enter yet, because one before them is missing."""
    missing = _first_missing(steps, done)
    if missing is None:
        return frozenset()
    later = (step for step in steps if _comes_before(order, missing, step))
    return frozenset(step.id for step in later if step.id not in done and not step.preview)


def _first_missing(steps: Sequence[Place], done: AbstractSet[int]) -> Place | None:
    """The required step that is to be done next. Where it does not close a step, no later one does."""
    return next((step for step in steps if step.required and step.id not in done), None)


def _comes_before(order: str, earlier: Place, step: Place) -> bool:
    if order == "strict":
        return earlier.position < step.position
    return order == "modules" and earlier.module_number < step.module_number
