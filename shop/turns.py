"""The one gate that orders turn through, and all that follows from a turn, in the same transaction."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import func, select

from accounts.models import User
from core.audit import record
from core.clock import now
from core.config import current_config
from core.database import db
from core.errors import Conflict, Unavailable
from core.money import Money
from enrollment.rules import EndReason
from payments.values import DisputeStatus, Payment, Session, Taxed
from shop import order_mails, rules
from shop.coupons import services as coupons
from shop.disputes import services as disputes
from shop.fulfilment import fulfilment_of
from shop.guests import services as guests
from shop.ledger import services as ledger
from shop.models import Order, OrderChange
from shop.orders import lock_order, lock_with, lock_with_buyer
from shop.refunds import services as refunds
from shop.refunds.services import Settled
from shop.rules import ENTERED, GONE, OPEN_STATES, UNPAID, OrderState

FREE = "free"  # the way of paying of an order that costs nothing
MONEY_STATES = frozenset({*ENTERED, *GONE, OrderState.DUPLICATE, OrderState.REVIEW})


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
    if session.is_paid:
        guests.give_account(order, session.email)
    before, settled = order.state, _settle_refunds(order, session)
    if settled is not None:
        session = replace(session, payment=settled.payment)
    told = _told(order, session)
    _write_down(order, session)
    _turn(order, rules.next_state(before, told, _has_failed_refund(session)), cause)
    if settled is not None:
        _follow_parts(order, settled)
        _tell_of_returned(order, settled, before)
    if session.payment is not None:
        _follow_disputes(order, session.payment, before)
    if order.state is OrderState.REVIEW and before is not OrderState.REVIEW:
        order_mails.tell_school(order, session, _why_review(order, session))
    return order


def accept(number: str, by: int) -> Order:
    """Let in the buyer of an order that was paid otherwise than it was ordered: an admin has looked at it.

    Raises NotFound, Conflict for an order that is not in review or has no buyer any more.
    """
    order = lock_with_buyer(number)
    if order.state is not OrderState.REVIEW or order.user_id is None:
        raise Conflict("Only an order that is being checked, and that still has its buyer, can be accepted.")
    if disputes.is_disputed(order.id):
        raise Conflict("The payment of this order is disputed. It can be accepted once the dispute is won.")
    _turn(order, OrderState.PAID, "admin")
    if order.refunded_minor:  # A part went back meanwhile, and no news of it will come again.
        _turn(order, OrderState.PARTLY_REFUNDED, "admin")
    record("order.accept", f"order:{number}", actor_id=by)
    return order


def settle_free(order: Order) -> None:
    """Let in the buyer of a new order that costs nothing: Stripe is not asked. The person and the order are locked."""
    order.payment_method = FREE
    order.paid_minor, order.paid_currency = order.amount_minor, order.currency
    _turn(order, OrderState.PAID, "buyer")


def follow_bills(order: Order, bills: Payment, tax: int | None, cause: str) -> None:
    """Turn the order of a plan to what its paid bills say, with all that follows; `bills` is their payments seen as
    one, `tax` the tax within them."""
    before, settled = order.state, _settle(order, bills)
    bills = settled.payment
    order.paid_minor = max(order.paid_minor or 0, bills.captured)
    order.refunded_minor = bills.refunded
    _share_tax(order, tax)
    order.payment_method = bills.method or order.payment_method
    order.receipt_url = bills.receipt_url or order.receipt_url
    told = _seen_here(order, rules.told_by_bills(before, bills), order.livemode)
    _turn(order, rules.next_state(before, told, bills.has_failed_refund), cause)
    _follow_parts(order, settled)
    _tell_of_returned(order, settled, before)
    _follow_disputes(order, bills, before)


def _order_of(session: Session) -> Order | None:
    """The order of a session, locked, and its buyer before it: of a guest's, whoever has its address."""
    own = (Order.session_id == session.id) | (Order.number == session.order_number)
    address = func.coalesce(func.nullif(Order.email, ""), session.email.lower())
    of_address = select(User.id).where(User.email == address, Order.guest_key != "").scalar_subquery()
    buyer_id = func.coalesce(Order.user_id, of_address).label("user_id")
    found = db.session.execute(select(Order.id, buyer_id).where(own).limit(1)).first()
    if found is None:
        if session.order_number and session.school == current_config().host:
            raise OrderUnknown(f"Stripe speaks of the order {session.order_number}, which is not here.")
        return None
    return lock_with(found.id, found.user_id)


def _told(order: Order, session: Session) -> OrderState:
    """What Stripe says, seen with what only we know: whether the buyer is in already, or may not come in."""
    return _seen_here(order, rules.told_by(session, order.price), session.livemode)


def _seen_here(order: Order, told: OrderState, livemode: bool) -> OrderState:
    """Money that came now lets in nobody who is in already, or who may not come in."""
    if order.state is OrderState.REVIEW and told in ENTERED:
        return OrderState.REVIEW  # Only a person lets its buyer in.
    if told not in ENTERED or order.state in MONEY_STATES - {OrderState.REFUNDED}:
        return told
    if livemode != order.livemode or _is_closed(order) or fulfilment_of(order).is_barred(order):
        return OrderState.REVIEW
    return OrderState.DUPLICATE if fulfilment_of(order).is_held(order) else told


def _is_closed(order: Order) -> bool:
    """Whether the school closed its buyer's account: a guest cannot be told so before paying."""
    return order.buyer is not None and not order.buyer.active


def _why_review(order: Order, session: Session) -> str:
    if session.total != order.price:
        return "The amount paid is not the amount ordered."
    if order.user_id is None:
        return "The order has no buyer any more."
    if _is_closed(order):
        return "The account with the buyer's address is closed."
    return "The school had ended the buyer's access to this course, or the order was made in another mode."


def _settle_refunds(order: Order, session: Session) -> Settled | None:
    """Write down what the money did; None where there was none."""
    if session.payment is None:
        return None
    ledger.book_payments(order, [session.payment], session.total.currency)
    return _settle(order, session.payment)


def _settle(order: Order, payment: Payment) -> Settled:
    settled = refunds.settle(order, payment)
    for row in settled.failed:
        order_mails.tell_of_failed_refund(order, row.id, row.amount, row.failure)
    return settled


def _has_failed_refund(session: Session) -> bool:
    return session.payment is not None and session.payment.has_failed_refund


def _write_down(order: Order, session: Session) -> None:
    order.session_id = session.id
    if session.is_paid:  # Of a plan more may have come since.
        order.paid_minor = max(order.paid_minor or 0, session.total.minor)
        order.paid_currency = session.total.currency
        _write_tax(order, session.tax)
    order.subscription_id = session.subscription_id or order.subscription_id
    order.invoice_url = session.invoice_url or order.invoice_url
    payment = session.payment
    if payment is not None:
        order.payment_id, order.failure = payment.id, payment.failure
        order.payment_method = payment.method or order.payment_method
        order.receipt_url = payment.receipt_url or order.receipt_url
        known = 0 if payment.has_failed_refund else order.refunded_minor
        order.refunded_minor = max(known, payment.refunded)
    db.session.flush()


def _write_tax(order: Order, tax: Taxed) -> None:
    """The tax within what was paid, and where and of whom."""
    order.tax_country = tax.country or order.tax_country
    order.tax_number = tax.number or order.tax_number
    _share_tax(order, tax.minor)


def _share_tax(order: Order, minor: int | None) -> None:
    """The tax within what was paid so far, and the lines' shares of it; None where Stripe did not work it out."""
    if minor is not None:  # Of a plan more may have come since.
        order.tax_minor = max(order.tax_minor or 0, minor)
        for line, share in order.shares(Money(order.tax_minor, order.amount.currency)):
            line.tax_minor = share


def _turn(order: Order, after: OrderState, cause: str) -> None:
    """The one gate: an order turns once, and what follows from the turn is in the same transaction."""
    before = order.state
    if after is before:
        return
    order.state = after
    if after not in OPEN_STATES:
        _close(order)
    if after in MONEY_STATES:  # Also money that had gone back before we heard that it came.
        order.paid_at = order.paid_at or now()
    change = OrderChange(order_id=order.id, at=now(), before=before, after=after, cause=cause)
    db.session.add(change)
    db.session.flush()
    coupons.follow(order)
    record(f"order.{after}", f"order:{order.number}", {"cause": cause})
    if before is OrderState.REFUNDED and after is not OrderState.CHARGED_BACK:
        _undo(order)
    elif after in ENTERED and before not in ENTERED:
        _let_in(order)
    elif after in FOLLOWS:
        FOLLOWS[after](order, before)
    if after in UNPAID:  # When its mails are written: they name what was bought.
        fulfilment_of(order).forget(order)
        guests.forget(order)


def _let_in(order: Order) -> None:
    order.paid_at = now()
    _give(order)
    order_mails.send_receipt(order)
    order_mails.send_welcome(order)


def _give(order: Order) -> None:
    if not refunds.ended_access(order):
        fulfilment_of(order).give(order)


def _undo(order: Order) -> None:
    """A refund failed after it went through: the money is with the school again."""
    order.refunded_at = None
    if order.state in ENTERED:
        _give(order)
        order_mails.send_receipt(order)


def _follow_parts(order: Order, settled: Settled) -> None:
    """What follows where only a part goes back: the buyer is told of each that an admin gave back (of others Stripe
    tells, where it is set to), and access ends, or opens again, where it was to end by it."""
    if order.state not in ENTERED:
        return
    if settled.has_ended and not settled.had_ended:
        fulfilment_of(order).take_back(order, EndReason.REFUND)
    elif settled.had_ended and not settled.has_ended:
        _give_again(order)
    for row in settled.arrived:
        if row.asked_by is not None:
            told = {"part": str(row.amount), "ends_access": row.ends_access, "seats": row.seats}
            order_mails.write_of_end(order, "partly_refunded", again=row.id, **told)


def _follow_disputes(order: Order, payment: Payment, before: OrderState) -> None:
    """How much the bank took for good is known once its disputes are written down."""
    disputes.apply(order, payment.disputes)
    if order.state is OrderState.CHARGED_BACK and before is not OrderState.CHARGED_BACK:
        lost = [each for each in disputes.disputes_of(order.id) if each.status is DisputeStatus.LOST]
        order_mails.write_of_end(order, "charged_back", amount=disputes.taken_by(lost))


def _tell_of_returned(order: Order, settled: Settled, before: OrderState) -> None:
    """The buyer is told of each refund that failed after it had gone through, and whether that gives again what it
    had ended; of a lost dispute, which may have brought the failure, another mail tells."""
    if order.state is OrderState.CHARGED_BACK:
        return
    is_in = order.state in ENTERED and not refunds.ended_access(order)
    for row in settled.returned:
        had_ended = before is OrderState.REFUNDED or row.ends_access or row.seats > 0
        told = {"part": str(row.amount), "is_in": is_in and had_ended}
        order_mails.write(order, "refund_returned", again=row.id, **told)


def _give_again(order: Order) -> None:
    """Nothing, where the school ended it, or the buyer is in by another fact."""
    gives = fulfilment_of(order)
    if not (gives.is_barred(order) or gives.is_held(order)):
        gives.give(order)


def _processing(order: Order, _: OrderState) -> None:
    order_mails.write(order, "payment_processing", by_transfer=order.by_transfer)


def _failed(order: Order, _: OrderState) -> None:
    order_mails.write(order, "payment_failed", reason=order.failure)


def _paid_twice(order: Order, _: OrderState) -> None:
    order_mails.tell_paid_twice(order)


def _refunded(order: Order, before: OrderState) -> None:
    order.refunded_at = now()
    db.session.flush()
    fulfilment_of(order).take_back(order, EndReason.REFUND)
    refunds.close_request(order)
    if before is not OrderState.DUPLICATE:  # Who paid twice has been told that it goes back.
        order_mails.write_of_end(order, "refunded", again=_times_refunded(order) - 1)


def _times_refunded(order: Order) -> int:
    """How often all of it went back; more than once where a refund failed in between."""
    query = select(func.count()).select_from(OrderChange)
    return db.session.scalar(query.filter_by(order_id=order.id, after=OrderState.REFUNDED)) or 0


def _charged_back(order: Order, _: OrderState) -> None:
    fulfilment_of(order).take_back(order, EndReason.DISPUTE)
    refunds.close_request(order)


FOLLOWS: dict[OrderState, Callable[[Order, OrderState], None]] = {
    OrderState.PROCESSING: _processing,
    OrderState.FAILED: _failed,
    OrderState.DUPLICATE: _paid_twice,
    OrderState.REFUNDED: _refunded,
    OrderState.CHARGED_BACK: _charged_back,
}


def _close(order: Order) -> None:
    """Its courses may be ordered again."""
    for line in order.lines:
        line.open_for = None
