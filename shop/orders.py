"""Orders: made, found, written to. Services: the door's transaction is open. What turns them is in `turns.py`."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.clock import now
from core.config import current_config
from core.database import db
from core.errors import Conflict, NotFound
from core.ids import crockford
from core.school import current_school
from enrollment.admission.services import require_admission, require_selling
from enrollment.models import Grant
from enrollment.services import (
    ENDED,
    find_enrollment,
    holds,
    lock_people,
    lock_person,
    was_ended_by_school,
)
from payments.values import Invoicing, Session
from shop.coupons import services as coupons
from shop.guests.standing import order_in_the_way
from shop.legal import Accepted
from shop.models import Order, OrderChange, OrderLine
from shop.offers import Offer
from shop.rules import OPEN_STATES, UNPAID, OrderState
from shop.standing import open_order

CHECKOUT_LASTS = timedelta(hours=23)  # Stripe allows a session 24 h, from its own clock
NOTHING_TO_PAY = "With this code there is nothing to pay. Sign in, or make an account, to use it."
TWICE_AT_ONCE = "This was asked for twice at once. Go back and try again: nothing was charged."


@dataclass(frozen=True)
class Buyer:
    """Who buys: a person of ours, or a guest, and the address that the receipt goes to. `guest_key` is the fingerprint
    of what a guest's browser keeps."""

    user_id: int | None
    email: str
    guest_key: str = ""


def place(buyer: Buyer, offer: Offer, accepted: Accepted, livemode: bool) -> Order:
    """The buyer's open order that stands in the way of this offer, which may be of the same; a new one, with what is
    agreed frozen in it, where there is none.

    Raises Conflict for somebody who has all of it already, who may not enroll now, or whose access the school ended,
    and for a guest who pressed twice at once; CodeRefused where the offer's code has no use left.
    """
    if buyer.user_id is None:
        return _place_for_guest(buyer, offer, accepted, livemode)
    lock_person(buyer.user_id)
    if offer.kind.is_for_oneself:
        _require_welcome(buyer.user_id, offer)
        found = open_order(buyer.user_id, *offer.course_ids)
    else:
        require_selling(offer.course_ids)
        found = _order_of(buyer.user_id, offer)
    order = found or _new_order(buyer, offer, accepted, livemode)
    if offer.keep is not None:
        offer.keep(order)
    return order


def is_of(order: Order, buyer: Buyer) -> bool:
    """Whether it may be shown to this buyer: of a guest's, whether this very browser began it."""
    return buyer.user_id is not None or order.guest_key == buyer.guest_key


def is_current(order: Order, buyer: Buyer, offer: Offer, accepted: Accepted) -> bool:
    """Whether the order still says what is offered now, to this buyer, in the mode that payments are in now."""
    is_same = (order.subject, order.coupon_code, _amounts(order)) == (
        offer.subject,
        offer.code,
        _amounts(offer),
    ) and (order.quantity, order.invoicing) == (offer.quantity, offer.invoicing)
    agreed = Accepted(order.terms_version, order.refunds_version, order.consent_version)
    is_theirs = is_of(order, buyer) and (buyer.user_id is not None or order.email == buyer.email)
    return is_theirs and is_same and agreed == accepted and order.livemode == current_config().is_live


def is_closing(order: Order) -> bool:
    """Whether Stripe would find the order's end too near for a new session (it asks for half an hour)."""
    return order.expires_at - now() < timedelta(minutes=31)


def find_order(number: str) -> Order:
    """An order by its number. Raises NotFound."""
    found = db.session.scalar(select(Order).filter_by(number=number))
    if found is None:
        raise NotFound("There is no such order.")
    return found


def order_of(user_id: int, **by: str) -> Order:
    """A person's own order by `number` or `session_id`. Raises NotFound, for another person's too."""
    found = db.session.scalar(select(Order).filter_by(user_id=user_id, **by))
    if found is None:
        raise NotFound("There is no such order among yours.")
    return found


def find_waiting(user_id: int, number: str) -> Order | None:
    """A person's order of this number that waits for its payment."""
    return db.session.scalar(
        select(Order).filter_by(user_id=user_id, number=number, state=OrderState.PENDING)
    )


def orders_of(user_id: int) -> list[Order]:
    """A person's orders, newest first."""
    query = select(Order).filter_by(user_id=user_id).order_by(Order.id.desc())
    return list(db.session.scalars(query))


def session_of_payment(payment_id: str) -> str | None:
    """The checkout session of a payment that an order has heard of."""
    return db.session.scalar(select(Order.session_id).filter_by(payment_id=payment_id))


def has_session(session_id: str) -> bool:
    """Whether this checkout session is an order's."""
    return db.session.scalar(select(Order.id).filter_by(session_id=session_id)) is not None


def has_subscription(subscription_id: str) -> bool:
    """Whether this subscription is an order's."""
    return db.session.scalar(select(Order.id).filter_by(subscription_id=subscription_id)) is not None


def remember_session(order_id: int, session: Session) -> bool:
    """Write down the checkout session that Stripe made for an order. False where the order was closed meanwhile, or
    has another session: nobody must be sent to this one."""
    order = lock_order(order_id)
    if order.session_id is None:
        order.session_id = session.id
        db.session.flush()
    return order.state is OrderState.PENDING and order.session_id == session.id


def count_refusal(order_id: int, attempt: int) -> None:
    """Stripe refused this attempt for good: the next one gets a key of its own."""
    order = lock_order(order_id)
    order.attempt = max(order.attempt, attempt + 1)
    db.session.flush()


def lock_order(order_id: int) -> Order:
    """The order as it is now; nobody else turns it until the transaction ends."""
    # Not FOR UPDATE, for which grants that point at the order would wait.
    query = select(Order).where(Order.id == order_id).with_for_update(key_share=True)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _amounts(sale: Order | Offer) -> tuple[object, ...]:
    """What each of its courses costs, and all of it without the discount."""
    prices = (line.amount_minor if isinstance(line, OrderLine) else line.amount.minor for line in sale.lines)
    return (sale.price, sale.subtotal, *prices)


def lock_with_buyer(number: str) -> Order:
    """The order of this number as it is now, locked, and its people before it. Raises NotFound."""
    order = find_order(number)
    return lock_with(order.id, order.user_id)


def lock_with(order_id: int, buyer_id: int | None) -> Order:
    """The order as it is now, locked, and its people before it: two whose buyers gave each other a seat or a gift lock
    them in the same order."""
    buyer = [buyer_id] if buyer_id is not None else []
    lock_people(select(Grant.user_id).filter_by(order_id=order_id), buyer)
    return lock_order(order_id)


def _place_for_guest(buyer: Buyer, offer: Offer, accepted: Accepted, livemode: bool) -> Order:
    """Nothing of it depends on whether somebody has this address: what does is decided when the money is there."""
    if offer.price.is_free:
        raise Conflict(NOTHING_TO_PAY)
    if offer.kind.is_for_oneself:
        require_admission(None, offer.course_ids)
    else:
        require_selling(offer.course_ids)
    found = order_in_the_way(buyer.email, buyer.guest_key, offer)
    try:
        return found or _new_order(buyer, offer, accepted, livemode)
    except IntegrityError as error:  # No lock holds guests apart: the database let one in.
        raise Conflict(TWICE_AT_ONCE) from error


def _require_welcome(user_id: int, offer: Offer) -> None:
    if all(holds(user_id, course_id) for course_id in offer.course_ids):
        raise Conflict("You are in this course already. Nothing was charged.")
    if any(was_ended_by_school(find_enrollment(user_id, course_id)) for course_id in offer.course_ids):
        raise Conflict(ENDED)
    require_admission(user_id, offer.course_ids)


def _order_of(user_id: int, offer: Offer) -> Order | None:
    """The order of this subject that is open; of one that is ordered once also the one that was paid."""
    mode = current_config().is_live
    query = select(Order).filter_by(user_id=user_id, subject=offer.subject, livemode=mode)
    stands = Order.state.not_in(UNPAID) if offer.is_single else Order.state.in_(OPEN_STATES)
    return db.session.scalar(query.where(stands).limit(1))


def _new_order(buyer: Buyer, offer: Offer, accepted: Accepted, livemode: bool) -> Order:
    school, moment = current_school(), now()
    order = Order(
        number=f"{moment:%y%m%d}-{crockford(8)}",
        user_id=buyer.user_id,
        email=buyer.email,
        guest_key=buyer.guest_key,
        kind=offer.kind,
        subject=offer.subject,
        title=offer.title,
        state=OrderState.PENDING,
        amount_minor=offer.price.minor,
        discount_minor=offer.discount.minor,
        coupon_code=offer.code,
        rhythm=offer.rhythm,
        instalments=offer.instalments,
        currency=offer.price.currency,
        quantity=offer.quantity,
        is_taxed=school.taxes_by_stripe,
        asks_tax_number=school.asks_tax_number or offer.invoicing is not None,
        livemode=livemode,
        terms_version=accepted.terms,
        refunds_version=accepted.refunds,
        consent_version=accepted.consent,
        consent_at=moment if accepted.consent else None,
        refund_days=school.refund_days,
        refund_max_progress=school.refund_max_progress,
        created_at=moment,
        expires_at=moment + CHECKOUT_LASTS,
    )
    order.lines = _lines(buyer, offer, livemode)
    _ask_invoice(order, offer.invoicing)
    db.session.add(order)
    db.session.flush()
    if offer.code:
        coupons.reserve(order, offer.code)
    db.session.add(OrderChange(order_id=order.id, at=moment, before=None, after=order.state, cause="buyer"))
    db.session.flush()
    return order


def _ask_invoice(order: Order, asked: Invoicing | None) -> None:
    if asked is not None:
        order.company, order.by_transfer = asked.company, asked.by_transfer
        order.order_reference = asked.order_reference


def _lines(buyer: Buyer, offer: Offer, livemode: bool) -> list[OrderLine]:
    open_for = buyer.user_id if offer.kind.is_for_oneself else None
    return [
        OrderLine(
            position=position, course_id=line.course_id, title=line.title, amount_minor=line.amount.minor,
            discount_minor=line.discount.minor if line.discount else 0, open_for=open_for, livemode=livemode,
        )
        for position, line in enumerate(offer.lines, 1)
    ]  # fmt: skip
