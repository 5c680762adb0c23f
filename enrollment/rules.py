"""The states of an order, and who may enter a step and why. Pure: facts come in, decisions go out."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from core.money import Money
from enrollment.payments import Session, SessionStatus


class OrderState(StrEnum):
    """What has become of an order; docs/orders.md draws how one leads to another."""

    PENDING = "pending"  # made, and the buyer has not finished Stripe's checkout
    PROCESSING = "processing"  # the buyer is done, the money is on its way (a bank debit)
    PAID = "paid"  # the buyer is in
    FAILED = "failed"  # the money did not come
    EXPIRED = "expired"  # the checkout was left, or closed for a newer one
    DUPLICATE = "duplicate"  # paid by somebody who was in already: all of it goes back
    REVIEW = "review"  # paid, but not as ordered: a person has to look
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"  # all of it went back, and access by this order has ended


S = OrderState
_REFUNDS = frozenset({S.PARTLY_REFUNDED, S.REFUNDED})
_MONEY = frozenset({S.PAID, S.DUPLICATE, S.REVIEW}) | _REFUNDS
# From each state, the states it may turn into. Money that came wins over every ending without money; a refund
# wins over money; nothing leads back.
TRANSITIONS: dict[OrderState, frozenset[OrderState]] = {
    S.PENDING: frozenset({S.PROCESSING, S.FAILED, S.EXPIRED}) | _MONEY,
    S.PROCESSING: frozenset({S.FAILED}) | _MONEY,
    S.FAILED: _MONEY,
    S.EXPIRED: _MONEY,  # not to processing: a newer order may be the open one
    S.PAID: _REFUNDS,
    S.DUPLICATE: frozenset({S.REFUNDED}),  # a part that goes back leaves the rest owed
    S.REVIEW: frozenset({S.PAID, S.REFUNDED}),  # paid by an admin's word alone, see orders.accept
    S.PARTLY_REFUNDED: frozenset({S.REFUNDED}),
    S.REFUNDED: frozenset(),
}
OPEN_STATES = (S.PENDING, S.PROCESSING)  # one such order for a person and a course
UNDECIDED = (*OPEN_STATES, S.REVIEW)  # while one is, nothing more is sold to this person in this course


def next_state(current: OrderState, told: OrderState) -> OrderState:
    """Where an order goes when Stripe says `told`: there, or nowhere when the table does not know that way.

    So old news that comes late, and news that comes twice, change nothing.
    """
    return told if told in TRANSITIONS[current] else current


def told_by(session: Session, price: Money) -> OrderState:
    """The state that a session, as Stripe gives it now, means for an order of this price."""
    if session.status is SessionStatus.OPEN:
        return OrderState.PENDING
    if session.status is SessionStatus.EXPIRED:
        return OrderState.EXPIRED
    if session.is_refunded:
        return OrderState.REFUNDED
    if not session.is_paid:
        failed = session.payment is not None and session.payment.has_failed
        return OrderState.FAILED if failed else OrderState.PROCESSING
    if session.total != price:
        return OrderState.REVIEW
    partly = session.payment is not None and session.payment.refunded > 0
    return OrderState.PARTLY_REFUNDED if partly else OrderState.PAID


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
    EARLIER_STEP = "earlier_step"


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
    """An order that is neither paid nor over: `pending` until `expires_at`, `processing`, or in `review`."""

    state: OrderState
    expires_at: datetime


@dataclass(frozen=True)
class Facts:
    """What is known of a person and a course.

    `state` is the enrollment's (`active`, `revoked`) or None, `end_reason` says why it ended (`refund`, `admin` or
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
    if checkout is not None and checkout.state is OrderState.PROCESSING:
        return Reason.PAYMENT_PROCESSING, ended
    if checkout is not None and checkout.state is OrderState.REVIEW:
        return Reason.PAYMENT_REVIEW, ended
    if checkout is not None and ended is not Reason.REVOKED and now < checkout.expires_at:
        return Reason.CHECKOUT_OPEN, ended
    return (ended,)


def _how_it_ended(state: str | None, end_reason: str) -> Reason:
    if state != "revoked":
        return Reason.NOT_ENROLLED
    return Reason.REFUNDED if end_reason == "refund" else Reason.REVOKED


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
