"""Subscriptions at Stripe: read with their bills, ended; the page on which a customer changes their card."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from core.config import current_config
from payments.billing import Subscription
from payments.gateway import _call, _once
from payments.invoices import invoices_of
from payments.values import StripeRefused

OVER = frozenset({"canceled", "incomplete_expired"})
FAILING = frozenset({"past_due", "unpaid", "incomplete"})


def fetch(subscription_id: str) -> Subscription:
    """The subscription as it is now, with all its bills."""
    found = _call(lambda stripe: stripe.v1.subscriptions.retrieve(subscription_id))
    subscription = _subscription(found)
    return replace(subscription, invoices=invoices_of(subscription_id, subscription.customer_id))


def end(subscription_id: str, key: str) -> None:
    """End it at once: no further bill is drawn. One that has ended already is left as it is."""
    _unless_over(
        subscription_id,
        lambda: _call(lambda stripe: stripe.v1.subscriptions.cancel(subscription_id, {}, _once(key))),
    )


def end_with_period(subscription_id: str, is_to_end: bool, mark: str, key: str) -> None:
    """Let it end when what was paid for is over, or go on after all; `mark` is written into it with that. One that has
    ended is left as it is."""
    params: Any = {"cancel_at_period_end": is_to_end, "metadata": {"end": mark}}
    _unless_over(
        subscription_id,
        lambda: _call(lambda stripe: stripe.v1.subscriptions.update(subscription_id, params, _once(key))),
    )


def card_page(customer_id: str, back_to: str) -> str:
    """The address of Stripe's page on which this customer changes their card; it leads back to our path."""
    back = f"{current_config().base_url}{back_to}"
    flow = {
        "type": "payment_method_update",
        "after_completion": {"type": "redirect", "redirect": {"return_url": back}},
    }
    params: Any = {"customer": customer_id, "return_url": back, "flow_data": flow}
    return str(_call(lambda stripe: stripe.v1.billing_portal.sessions.create(params)).url)


def _unless_over(subscription_id: str, act: Any) -> None:
    try:
        act()
    except StripeRefused:
        if not _subscription(_call(lambda stripe: stripe.v1.subscriptions.retrieve(subscription_id))).is_over:
            raise


def _subscription(given: Any) -> Subscription:
    marks = given.metadata.to_dict() if given.metadata else {}
    ends_at = given.ended_at or given.cancel_at
    return Subscription(
        id=given.id,
        order_number=marks.get("order", ""),
        school=marks.get("school", ""),
        livemode=given.livemode,
        customer_id=str(given.customer),
        is_over=given.status in OVER,
        is_failing=given.status in FAILING,
        renews_at=datetime.fromtimestamp(given["items"].data[0].current_period_end, UTC),
        ends_at=datetime.fromtimestamp(ends_at, UTC) if ends_at else None,
        end_mark=marks.get("end", ""),
    )
