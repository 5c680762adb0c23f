"""The states of an order, and who may enter a step and why. Pure: facts come in, decisions go out."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

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
    S.EXPIRED: frozenset({S.PROCESSING, S.FAILED}) | _MONEY,
    S.PAID: _REFUNDS,
    S.DUPLICATE: _REFUNDS,
    S.REVIEW: _REFUNDS,
    S.PARTLY_REFUNDED: frozenset({S.REFUNDED}),
    S.REFUNDED: frozenset(),
}
OPEN_STATES = (S.PENDING, S.PROCESSING)  # one such order for a person and a course


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
    """Why a step is open or closed; a template has a sentence for each."""

    TEACHES = "teaches"
    ENROLLED = "enrolled"
    PREVIEW = "preview"
    NOT_ENROLLED = "not_enrolled"
    REVOKED = "revoked"
    EARLIER_STEP = "earlier_step"


@dataclass(frozen=True)
class Facts:
    """What is known of a person and a course.

    `state` is the enrollment's (`active`, `revoked`) or None; `done` the ids of completed steps; `order` how steps
    open: `free`, `modules` (a module opens when the required steps of the one before are done) or `strict`.
    """

    teaches: bool
    state: str | None
    order: str
    done: frozenset[int]


@dataclass(frozen=True)
class Place:
    """A step as access sees it: `position` in the course, its module's place, and what it needs of the learner."""

    step_id: int
    module: int
    position: int
    required: bool
    preview: bool = False


@dataclass(frozen=True)
class Decision:
    """The answer. `waits_for` is the id of the step that opens this one, where an earlier one does."""

    allowed: bool
    reason: Reason
    waits_for: int | None = None

    @property
    def is_inside(self) -> bool:
        """Whether the person is in the course here, and not only at its window (a preview)."""
        return self.allowed and self.reason != Reason.PREVIEW


def may_enter(facts: Facts, step: Place, steps: Iterable[Place]) -> Decision:
    """Whether the person may enter `step` of the course that holds `steps` in order; read only where it matters."""
    if facts.teaches:
        return Decision(True, Reason.TEACHES)
    if facts.state != "active":
        return _outside(facts, step)
    waits_for = _first_missing(facts, step, steps)
    if waits_for is None or step.step_id in facts.done:
        return Decision(True, Reason.ENROLLED)
    if step.preview:  # What anybody may read, a learner who has not got there yet may read too.
        return Decision(True, Reason.PREVIEW)
    return Decision(False, Reason.EARLIER_STEP, waits_for)


def _outside(facts: Facts, step: Place) -> Decision:
    if step.preview:
        return Decision(True, Reason.PREVIEW)
    return Decision(False, Reason.REVOKED if facts.state == "revoked" else Reason.NOT_ENROLLED)


def _first_missing(facts: Facts, step: Place, steps: Iterable[Place]) -> int | None:
    if facts.order == "free":
        return None
    earlier = (
        s for s in steps if s.required and s.step_id not in facts.done and _comes_before(facts, s, step)
    )
    return next((s.step_id for s in earlier), None)


def _comes_before(facts: Facts, earlier: Place, step: Place) -> bool:
    if facts.order == "strict":
        return earlier.position < step.position
    return facts.order == "modules" and earlier.module < step.module
