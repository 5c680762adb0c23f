"""Running plans, between the doors and Stripe: make one what Stripe says it is, and ask for what is owed.

The doors share it, so it opens the transactions itself, and none is open while Stripe is spoken to.
"""

import logging

from core.database import db, transaction
from core.errors import Conflict, DomainError
from payments import invoices, subscriptions
from payments.billing import Subscription
from payments.values import StripeFailed, StripeRefused
from shop import stripe_events
from shop.asking import ask
from shop.models import EventFate, Order
from shop.plans import turns, wishes
from shop.plans.rules import Wish
from shop.rules import OPEN_STATES, OrderState

OVER = "This plan is over at the payment service, so nothing can be changed on it."
_log = logging.getLogger("plans")


def fetch(subscription_id: str) -> Subscription:
    """The subscription as Stripe gives it now."""
    return ask(subscriptions.fetch, subscription_id)


def unpaid_session(subscription: Subscription) -> str | None:
    """The checkout session of its order, where the order does not know yet that it was paid."""
    order = turns.order_of(subscription)
    return order.session_id if order is not None and order.state in OPEN_STATES else None


def follow(subscription: Subscription, cause: str, event_id: str | None = None) -> Order | None:
    """Make a plan what its subscription says. Safe to call at any time, any number of times, at once.

    Gives the order, None for a subscription that is not ours. With `event_id` the event is settled in the same
    transaction. What Stripe is asked for then may fail: the hourly look at what is overdue comes back to it.
    """
    with transaction():
        order = turns.apply(subscription, cause)
        if event_id is not None:
            fate = EventFate.APPLIED if order is not None else EventFate.IGNORED
            stripe_events.settle(event_id, fate, order.id if order is not None else None)
        number = order.number if order is not None else ""
        is_to_end = order is not None and turns.owes_end(order, subscription)
        goes_back = order is not None and order.state is OrderState.DUPLICATE
    if is_to_end or goes_back:
        _wind_up(subscription, number, goes_back, cause)
    return order


def look(subscription_id: str, cause: str) -> Order | None:
    """Ask Stripe how a plan stands, and follow it."""
    return follow(fetch(subscription_id), cause)


def stop(number: str, why: str, by: int) -> None:
    """End a running plan now, by the school's word. If Stripe does not answer, the hourly look asks it again.

    Raises NotFound, Conflict.
    """
    with transaction():
        subscription_id = turns.stop(number, why, by)
    try:
        if subscription_id is not None:
            look(subscription_id, "admin")
    except DomainError as trouble:
        _log.warning("a plan waits for its end", extra={"order": number, "why": trouble.sentence})


def let_run_out(number: str, why: str, by: int) -> None:
    """Let a running plan end with what is paid, by the school's word. Raises as `ask_for` does."""
    ask_for(Wish.END, number, by, why)


def ask_for(wish: Wish, number: str, by: int, note: str = "") -> None:
    """Let a running plan end with what is paid, or go on after all, as its buyer or the school (`by`) wishes; `note`
    is the school's reason. Nothing of it counts before Stripe says that it did it.

    Raises NotFound, Conflict; StripeRefused, after which it is as it was; StripeSilent and PaymentsOff, after which it
    is not known: asked again, Stripe gets the same key.
    """
    with transaction():
        asked = turns.wish(wish, number, by, note)
    trouble = _no_of_stripe(asked)
    look(asked.subscription_id, "wish")
    with transaction():
        is_done = wishes.close(asked.id)
    if not is_done:
        raise trouble or Conflict(OVER)


def _no_of_stripe(asked: turns.Asked) -> DomainError | None:
    """Stripe's no to a wish, or an error of its own, which it would repeat for this key; None where it did it."""
    try:
        ask(subscriptions.end_with_period, asked.subscription_id, asked.is_to_end, asked.mark, asked.key)
    except (StripeRefused, StripeFailed) as trouble:
        return trouble
    return None


def look_at_overdue() -> None:
    """End what ended, close what was not paid in time, and hear what Stripe did not tell; each by itself."""
    for subscription_id in _overdue():
        try:
            look(subscription_id, "overdue")
        except DomainError as trouble:
            _log.warning("a plan waits for Stripe", extra={"plan": subscription_id, "why": trouble.sentence})


def _overdue() -> list[str]:
    found = turns.overdue()
    db.session.rollback()
    return found


def _wind_up(subscription: Subscription, number: str, goes_back: bool, cause: str) -> None:
    try:
        if not subscription.is_over:
            ask(subscriptions.end, subscription.id, f"order:{number}:subscription-end")
        for each in subscription.invoices:
            if each.is_open:
                ask(invoices.give_up, each.id, f"order:{number}:void:{each.id}")
            if goes_back and each.payment_id and each.refunded < each.total.minor:
                ask(invoices.give_back, each.payment_id, f"order:{number}:duplicate-refund:{each.id}")
        ended = fetch(subscription.id)
    except DomainError as trouble:
        _log.warning("a plan waits for its end", extra={"order": number, "why": trouble.sentence})
        return
    with transaction():
        turns.apply(ended, cause)
