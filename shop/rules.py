"""The states of an order, and how one leads to another. Pure: facts come in, decisions go out."""

from enum import StrEnum

from core.money import Money
from payments.values import Payment, Session, SessionStatus


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
    CHARGED_BACK = "charged_back"  # the buyer's bank took it back: a dispute was lost, and access has ended


S = OrderState
GONE = frozenset({S.REFUNDED, S.CHARGED_BACK})
_REFUNDS = frozenset({S.PARTLY_REFUNDED}) | GONE
_MONEY = frozenset({S.PAID, S.DUPLICATE, S.REVIEW}) | _REFUNDS
# From each state, the states it may turn into. Money that came wins over every ending without money; money that
# went back wins over money; nothing leads back but what UNDONE names.
TRANSITIONS: dict[OrderState, frozenset[OrderState]] = {
    S.PENDING: frozenset({S.PROCESSING, S.FAILED, S.EXPIRED}) | _MONEY,
    S.PROCESSING: frozenset({S.FAILED}) | _MONEY,
    S.FAILED: _MONEY,
    S.EXPIRED: _MONEY,  # not to processing: a newer order may be the open one
    S.PAID: _REFUNDS,
    S.DUPLICATE: GONE,  # a part that goes back leaves the rest owed
    S.REVIEW: frozenset({S.PAID}) | GONE,  # paid by an admin's word alone, see turns.accept
    S.PARTLY_REFUNDED: GONE,
    S.REFUNDED: frozenset(),
    S.CHARGED_BACK: frozenset(),
}
# A refund that went through and failed later leads back, and no other news does: where one is known to have failed,
# these ways are open too. The order then stands as if its money came now.
UNDONE: dict[OrderState, frozenset[OrderState]] = {
    S.PARTLY_REFUNDED: frozenset({S.PAID}),
    S.REFUNDED: frozenset({S.PAID, S.PARTLY_REFUNDED, S.DUPLICATE, S.REVIEW, S.CHARGED_BACK}),
}
UNPAID = (S.FAILED, S.EXPIRED)  # over, and nobody paid
OPEN_STATES = (S.PENDING, S.PROCESSING)  # one such order for a person and a course
ENTERED = frozenset({S.PAID, S.PARTLY_REFUNDED})  # what was bought is given
UNDECIDED = (*OPEN_STATES, S.REVIEW)  # while one is, nothing more is sold to this person in this course


def next_state(current: OrderState, told: OrderState, has_failed_refund: bool = False) -> OrderState:
    """Where an order goes when Stripe says `told`: there, or nowhere when the table does not know that way.

    So old news that comes late, and news that comes twice, change nothing. `has_failed_refund` opens the ways of
    UNDONE: then `told` must be made of all refunds ever heard of, for an old answer knows less of them.
    """
    ways = TRANSITIONS[current] | (UNDONE.get(current, frozenset()) if has_failed_refund else frozenset())
    return told if told in ways else current


def told_by_bills(current: OrderState, bills: Payment) -> OrderState:
    """The state that all payments of a plan, seen as one, mean for its order: that it was paid at all, its checkout
    says."""
    if 0 < bills.captured <= bills.refunded:
        return OrderState.REFUNDED
    if bills.is_charged_back:
        return OrderState.CHARGED_BACK
    if bills.refunded:
        return OrderState.PARTLY_REFUNDED
    return OrderState.PAID if current in _REFUNDS else current


def told_by(session: Session, price: Money) -> OrderState:
    """The state that a session, as Stripe gives it now, means for an order of this price."""
    if session.status is SessionStatus.OPEN:
        return OrderState.PENDING
    if session.status is SessionStatus.EXPIRED:
        return OrderState.EXPIRED
    if session.is_refunded:
        return OrderState.REFUNDED
    if session.payment is not None and session.payment.is_charged_back:
        return OrderState.CHARGED_BACK
    if not session.is_paid:
        failed = session.payment is not None and session.payment.has_failed
        return OrderState.FAILED if failed else OrderState.PROCESSING
    if session.total != price:
        return OrderState.REVIEW
    partly = session.payment is not None and session.payment.refunded > 0
    return OrderState.PARTLY_REFUNDED if partly else OrderState.PAID
