"""The one gate that orders turn through, and all that follows from a turn, in the same transaction."""

from collections.abc import Callable

from sqlalchemy import select

from core.audit import record
from core.clock import now
from core.config import current_config
from core.database import db
from core.errors import Conflict, Unavailable
from enrollment.rules import EndReason
from enrollment.services import lock_person
from payments.values import Session
from shop import order_mails, rules
from shop.fulfilment import fulfilment_of
from shop.models import Order, OrderChange
from shop.orders import find_order, lock_order
from shop.rules import OPEN_STATES, OrderState

ENTERED = frozenset({OrderState.PAID, OrderState.PARTLY_REFUNDED})
MONEY_STATES = frozenset({*ENTERED, OrderState.DUPLICATE, OrderState.REVIEW, OrderState.REFUNDED})


class OrderUnknown(Unavailable):
    """Stripe speaks of an order of this school that is not in the records (yet)."""


def let_expire(order_id: int, cause: str, session_id: str | None = None) -> None:
    """Close an order whose session Stripe does not know, or that has none; one that has turned meanwhile is left."""
    order = lock_order(order_id)
    if order.session_id == session_id:
        _turn(order, rules.next_state(order.state, OrderState.EXPIRED), cause)


def apply(session: Session, cause: str) -> Order | None:
    """Turn the order of a session to what the session says, with all that follows; None where it is not ours.

    Raises OrderUnknown for a session that names an order of this school that is not there.
    """
    order = _order_of(session)
    if order is None:
        return None
    if order.session_id not in (None, session.id):
        order_mails.tell_school(order, session, "A second checkout session was used for this order.")
        return order
    told, before = _told(order, session), order.state
    _write_down(order, session)
    _turn(order, rules.next_state(before, told), cause)
    if order.state is OrderState.REVIEW and before is not OrderState.REVIEW:
        order_mails.tell_school(order, session, _why_review(order, session))
    return order


def accept(number: str, by: int) -> Order:
    """Let in the buyer of an order that was paid otherwise than it was ordered: an admin has looked at it.

    Raises NotFound, Conflict for an order that is not in review or has no buyer any more.
    """
    order = find_order(number)
    if order.user_id is not None:
        lock_person(order.user_id)
    order = lock_order(order.id)
    if order.state is not OrderState.REVIEW or order.user_id is None:
        raise Conflict("Only an order that is being checked, and that still has its buyer, can be accepted.")
    _turn(order, OrderState.PAID, "admin")
    if order.refunded_minor:  # A part went back meanwhile, and no news of it will come again.
        _turn(order, OrderState.PARTLY_REFUNDED, "admin")
    record("order.accept", f"order:{number}", actor_id=by)
    return order


def owes_back(order: Order | None) -> str | None:
    """The payment that must go back because it was made twice, or None."""
    return order.payment_id if order is not None and order.state is OrderState.DUPLICATE else None


def follow_bills(order: Order, paid: int, refunded: int, cause: str) -> None:
    """Let the order of a plan say what its bills came to, in minor units: what was paid, and what of it went back."""
    order.paid_minor = max(order.paid_minor or 0, paid)
    order.refunded_minor = refunded
    part = OrderState.PARTLY_REFUNDED if refunded else order.state
    told = OrderState.REFUNDED if 0 < paid <= refunded else part
    _turn(order, rules.next_state(order.state, told), cause)


def _order_of(session: Session) -> Order | None:
    """The order of a session, locked, and its buyer before it."""
    own = (Order.session_id == session.id) | (Order.number == session.order_number)
    found = db.session.execute(select(Order.id, Order.user_id).where(own).limit(1)).first()
    if found is None:
        if session.order_number and session.school == current_config().host:
            raise OrderUnknown(f"Stripe speaks of the order {session.order_number}, which is not here.")
        return None
    if found.user_id is not None:
        lock_person(found.user_id)
    return lock_order(found.id)


def _told(order: Order, session: Session) -> OrderState:
    """What Stripe says, seen with what only we know: whether the buyer is in already, or may not come in."""
    told = rules.told_by(session, order.price)
    if order.state is OrderState.REVIEW and told in ENTERED:
        return OrderState.REVIEW  # Only a person lets its buyer in.
    if told not in ENTERED or order.state in MONEY_STATES:
        return told
    if session.livemode != order.livemode or fulfilment_of(order).is_barred(order):
        return OrderState.REVIEW
    return OrderState.DUPLICATE if fulfilment_of(order).is_held(order) else told


def _why_review(order: Order, session: Session) -> str:
    if session.total != order.price:
        return "The amount paid is not the amount ordered."
    if order.user_id is None:
        return "The order has no buyer any more."
    return "The school had ended the buyer's access to this course, or the order was made in another mode."


def _write_down(order: Order, session: Session) -> None:
    order.session_id = session.id
    if session.is_paid:  # Of a plan more may have come since.
        order.paid_minor = max(order.paid_minor or 0, session.total.minor)
        order.paid_currency = session.total.currency
    order.subscription_id = session.subscription_id or order.subscription_id
    payment = session.payment
    if payment is not None:
        order.payment_id, order.failure = payment.id, payment.failure
        order.payment_method = payment.method or order.payment_method
        order.receipt_url = payment.receipt_url or order.receipt_url
        order.refunded_minor = max(order.refunded_minor, payment.refunded)
    db.session.flush()


def _turn(order: Order, after: OrderState, cause: str) -> None:
    """The one gate: an order turns once, and what follows from the turn is in the same transaction."""
    before = order.state
    if after is before:
        return
    order.state = after
    if after not in OPEN_STATES:
        _close(order)
    change = OrderChange(order_id=order.id, at=now(), before=before, after=after, cause=cause)
    db.session.add(change)
    db.session.flush()
    record(f"order.{after}", f"order:{order.number}", {"cause": cause})
    if after in ENTERED and before not in ENTERED:
        _let_in(order)
    if after in FOLLOWS:
        FOLLOWS[after](order, before)


def _let_in(order: Order) -> None:
    order.paid_at = now()
    fulfilment_of(order).give(order)
    order_mails.send_receipt(order)


def _processing(order: Order, _: OrderState) -> None:
    order_mails.write(order, "payment_processing")


def _failed(order: Order, _: OrderState) -> None:
    order_mails.write(order, "payment_failed", reason=order.failure)


def _paid_twice(order: Order, _: OrderState) -> None:
    order.paid_at = now()
    order_mails.write(order, "paid_twice")


def _review(order: Order, _: OrderState) -> None:
    order.paid_at = now()


def _refunded(order: Order, before: OrderState) -> None:
    order.refunded_at = now()
    db.session.flush()
    fulfilment_of(order).take_back(order, EndReason.REFUND)
    if before is not OrderState.DUPLICATE:  # Who paid twice has been told that it goes back.
        order_mails.write(order, "refunded")


FOLLOWS: dict[OrderState, Callable[[Order, OrderState], None]] = {
    OrderState.PROCESSING: _processing,
    OrderState.FAILED: _failed,
    OrderState.DUPLICATE: _paid_twice,
    OrderState.REVIEW: _review,
    OrderState.REFUNDED: _refunded,
}


def _close(order: Order) -> None:
    """Its courses may be ordered again."""
    for line in order.lines:
        line.open_for = None
