"""Buying, between the doors and Stripe: begin a checkout, fulfill what was paid, hear an event.

Several doors share these, so they open the transactions themselves, and none is open while Stripe is spoken to: our
row first, Stripe without a transaction, Stripe's answer in a second one.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from core.config import current_config
from core.database import transaction
from core.errors import Conflict, DomainError
from core.money import Money
from payments import gateway
from payments.purchases import Purchase, PurchaseLine
from payments.values import (
    PaymentsOff,
    Session,
    SessionStatus,
    StripeEvent,
    StripeFailed,
    StripeRefused,
    StripeSilent,
)
from shop import orders, stripe_events, turns
from shop.asking import ask
from shop.legal import current_versions
from shop.models import EventFate, Order, OrderLine
from shop.offers import Offer
from shop.orders import Buyer
from shop.plans import following
from shop.plans import turns as plans
from shop.refunds import sending
from shop.refunds import services as refunds
from shop.rules import OrderState

NO_MONEY = gateway.NO_MONEY
MISSING = "resource_missing"  # Stripe's word for an object that the account does not have
_log = logging.getLogger("checkout")


def begin(buyer: Buyer, offered: Callable[[], Offer], consents: bool = False) -> str:
    """Where to send the buyer: to Stripe's checkout, or to the page of an order that needs no more of them.

    `offered` tells what is offered now; it is asked in each round, for a price may change meanwhile.
    `consents`: the buyer asks to be let in at once, where the school has to ask consumers for it.

    Raises Conflict for somebody who is in, CodeRefused, PaymentsOff, StripeSilent (asking again is safe),
    StripeRefused.
    """
    if not current_config().takes_money:
        raise PaymentsOff(NO_MONEY)
    with gateway.patience():
        for _ in range(3):  # An order that turns out to be closed is followed by a new one.
            place = _next_place(buyer, offered, consents)
            if place is not None:
                return place
    raise Conflict("Your order changed while it was made. Go back and try again.")


def fulfill(session_id: str, cause: str, event_id: str | None = None) -> Order | None:
    """Make the order of a session what Stripe says it is: the one way in for money. Safe to call at any time,
    any number of times, at once.

    Called by the webhook, the return page and the reconciler; `cause` says which. Gives the order, None for a
    session that is not ours. With `event_id` the event is settled in the same transaction.
    """
    session = ask(gateway.fetch_session, session_id)
    with transaction():
        order = turns.apply(session, cause)
        if event_id is not None:
            fate = EventFate.APPLIED if order is not None else EventFate.IGNORED
            stripe_events.settle(event_id, fate, order.id if order is not None else None)
        owed = refunds.owe_back(order) if order is not None else None
    if order is not None and owed is not None:
        _give_back(owed, order.number)
    if order is not None and session.subscription_id:
        _follow_plan(session.subscription_id, cause)
    return order


def hear(event: StripeEvent) -> EventFate:
    """Act on an event, once, however often it comes. Whatever stops it is written down and raised."""
    with transaction():
        fate = stripe_events.note_arrival(event)
    if fate is not EventFate.WAITING:
        return fate
    try:
        return _act_on(event)
    except Exception as error:
        sentence = error.sentence if isinstance(error, DomainError) else type(error).__name__
        with transaction():
            stripe_events.note_trouble(event.id, sentence)
        raise


def let_go(number: str, session_id: str, refusal: StripeRefused, cause: str) -> bool:
    """Close an order whose session Stripe does not know: its key may be another account's by now, or of the other
    mode. False where something else was refused, or the order does not wait for its buyer."""
    if refusal.code != MISSING:
        return False
    order_id = orders.find_order(number).id
    with transaction():
        turns.let_expire(order_id, cause, session_id)
    return orders.find_order(number).state is OrderState.EXPIRED


def withdraw(session_id: str, cause: str) -> Order | None:
    """Close the checkout of what is sold no more. One that was paid in this very moment is fulfilled."""
    _close(session_id)
    return fulfill(session_id, cause)


def look_up(number: str) -> Session | None:
    """What Stripe says of an order now; None for an order that it never heard of."""
    session_id = orders.find_order(number).session_id
    return ask(gateway.fetch_session, session_id) if session_id else None


def _next_place(buyer: Buyer, offered: Callable[[], Offer], consents: bool) -> str | None:
    with transaction():
        offer = offered()
        accepted = current_versions(consents, is_consumer=not offer.is_for_company)
        order = orders.place(buyer, offer, accepted, current_config().is_live)
        if order.state is OrderState.PENDING and order.price.is_free:
            turns.settle_free(order)
            return f"/checkout/return?order={order.number}"
        purchase, session_id, url = _purchase(order), order.session_id, _page_of(order, buyer)
        is_current, is_closing = orders.is_current(order, buyer, offer, accepted), orders.is_closing(order)
        has_paid = order.state is not OrderState.PENDING
    if has_paid:
        return url
    if session_id is not None:
        return _place_of_session(purchase, session_id, is_current, url)
    if not is_current or is_closing:
        with transaction():
            turns.let_expire(purchase.order_id, "buyer")
        return None
    return _new_session(purchase)


def _purchase(order: Order) -> Purchase:
    return Purchase(
        order_id=order.id,
        number=order.number,
        email=order.email,
        lines=tuple(_purchase_line(order, line) for line in order.lines),
        attempt=order.attempt,
        expires_at=order.expires_at,
        invoicing=order.invoicing,
        every=order.rhythm,
        taxing=order.taxing,
        note=_note_of(order),
    )


def _note_of(order: Order) -> str:
    """What the payment page says of instalments, which by itself it takes to go on until they are cancelled."""
    if order.in_all is None:
        return ""
    each = f"{order.instalments} {order.rhythm}ly payments of {order.price}"
    return f"{each}, {order.in_all} in all. After the last one nothing more is taken."


def _purchase_line(order: Order, line: OrderLine) -> PurchaseLine:
    """The line at what is to be paid for each, with what was taken off in words: receipts of Stripe's say it too."""
    price = Money(line.amount_minor // order.quantity, order.currency)
    less = Money(line.discount_minor, order.currency)
    note = "" if less.is_free else f"{price + less} less {less} by the code {order.coupon_code}"
    return PurchaseLine(line.title, price, note, order.quantity)


def _page_of(order: Order, buyer: Buyer) -> str | None:
    """Where the buyer reads how it stands; None for another browser's, of which this one is told nothing."""
    if not orders.is_of(order, buyer):
        return None
    return order.url if order.guest_key == "" else f"/checkout/return?order={order.number}"


def _place_of_session(
    purchase: Purchase, session_id: str, is_current: bool, order_url: str | None
) -> str | None:
    try:
        session = ask(gateway.fetch_session, session_id)
    except StripeRefused as refusal:
        if let_go(purchase.number, session_id, refusal, "buyer"):
            return None
        raise
    if session.status is SessionStatus.OPEN and is_current:
        return session.url
    if session.status is SessionStatus.OPEN:
        _close(session_id)  # It is at another price, or under other terms, than the page says now.
    order = fulfill(session_id, "buyer")
    return None if order is None or order.state in (OrderState.EXPIRED, OrderState.FAILED) else order_url


def _close(session_id: str) -> None:
    try:
        ask(gateway.expire_session, session_id)
    except StripeRefused:
        _log.info("a session was finished before it could be closed")


def _new_session(purchase: Purchase) -> str | None:
    try:
        session = ask(gateway.create_session, purchase)
    except StripeRefused:
        _count_refusal(purchase)
        raise
    except StripeFailed:
        session = _session_of_failure(purchase)
    with transaction():
        is_wanted = orders.remember_session(purchase.order_id, session)
    if is_wanted:
        return session.url
    _close(session.id)  # Another tab was quicker, at another price: of two sessions both could be paid.
    return None


def _session_of_failure(purchase: Purchase) -> Session:
    """Stripe repeats its own error for the same key, so a new one is used once it is known that nothing was made."""
    made = ask(lambda: list(gateway.sessions_since(_start_of(purchase))))
    found = next((each for each in made if each.order_number == purchase.number), None)
    if found is None:
        _count_refusal(purchase)
        raise StripeSilent(gateway.SILENT)
    return found


def _start_of(purchase: Purchase) -> datetime:
    return purchase.expires_at - orders.CHECKOUT_LASTS - gateway.SKEW


def _count_refusal(purchase: Purchase) -> None:
    with transaction():
        orders.count_refusal(purchase.order_id, purchase.attempt)


def _act_on(event: StripeEvent) -> EventFate:
    if event.livemode != current_config().is_live:
        return _ignore(event)
    subscription_id = event.subscription_id or plans.subscription_of_payment(event.payment_id)
    if subscription_id:
        return _hear_of_plan(subscription_id, event)
    session_id = event.session_id
    if not session_id and event.payment_id:
        known = orders.session_of_payment(event.payment_id)
        session_id = known or ask(gateway.session_of_payment, event.payment_id) or ""
    if not session_id:
        return _ignore(event)
    try:
        order = fulfill(session_id, event.id, event.id)
    except StripeRefused as refusal:
        # Another account's, or long gone; but not an order's, which a wrong key may keep us from reading.
        if refusal.code != MISSING or orders.has_session(session_id):
            raise
        return _ignore(event)
    return EventFate.APPLIED if order is not None else EventFate.IGNORED


def _hear_of_plan(subscription_id: str, event: StripeEvent) -> EventFate:
    """An invoice may be told of before the checkout that it belongs to: then that comes first."""
    try:
        subscription = following.fetch(subscription_id)
    except StripeRefused as refusal:
        if refusal.code != MISSING or orders.has_subscription(subscription_id):
            raise
        return _ignore(event)
    session_id = following.unpaid_session(subscription)
    if session_id is not None:
        order = fulfill(session_id, event.id, event.id)
    else:
        order = following.follow(subscription, event.id, event.id)
    return EventFate.APPLIED if order is not None else EventFate.IGNORED


def _follow_plan(subscription_id: str, cause: str) -> None:
    """If Stripe does not answer, the look at what is overdue comes back to it."""
    try:
        following.look(subscription_id, cause)
    except (PaymentsOff, StripeSilent, StripeRefused) as trouble:
        _log.warning("a plan was not read", extra={"plan": subscription_id, "why": trouble.sentence})


def _ignore(event: StripeEvent) -> EventFate:
    with transaction():
        stripe_events.settle(event.id, EventFate.IGNORED)
    return EventFate.IGNORED


def _give_back(refund_id: int, number: str) -> None:
    """Refund what was paid twice. If Stripe does not answer, the reconciler comes back to it."""
    try:
        sending.send(refund_id, "duplicate")
    except (PaymentsOff, StripeSilent, StripeRefused) as trouble:
        _log.warning(
            "a double payment waits for its refund", extra={"order": number, "why": trouble.sentence}
        )
