"""Events of Stripe in our words: what each is about. Pure."""

from datetime import UTC, datetime
from typing import Any

from payments.values import StripeEvent

NEWS_OF_SESSIONS = frozenset(
    f"checkout.session.{what}"
    for what in ("completed", "async_payment_succeeded", "async_payment_failed", "expired")
)
NEWS_OF_PAYMENTS = frozenset(
    {"charge.refunded", *(f"refund.{what}" for what in ("created", "updated", "failed"))}
    | {
        f"charge.dispute.{what}"
        for what in ("created", "updated", "closed", "funds_withdrawn", "funds_reinstated")
    }
)
NEWS_OF_INVOICES = frozenset({"invoice.paid", "invoice.payment_failed", "invoice.voided"})
NEWS_OF_SUBSCRIPTIONS = frozenset(
    f"customer.subscription.{what}" for what in ("created", "updated", "deleted")
)


def event_of(given: Any) -> StripeEvent:
    """An event as Stripe delivers it. Raises KeyError, TypeError, ValueError for what is none."""
    about, kind = given["data"]["object"], given["type"]
    return StripeEvent(
        id=given["id"],
        kind=kind,
        livemode=bool(given["livemode"]),
        api_version=_word(given, "api_version"),
        created_at=datetime.fromtimestamp(given["created"], UTC),
        object_id=_word(about, "id"),
        session_id=_word(about, "id") if kind in NEWS_OF_SESSIONS else "",
        payment_id=_word(about, "payment_intent") if kind in NEWS_OF_PAYMENTS else "",
        subscription_id=_subscription_of(about, kind),
    )


def _subscription_of(about: Any, kind: str) -> str:
    """The subscription that an event is about. An invoice of one purchase names none."""
    if kind in NEWS_OF_SUBSCRIPTIONS:
        return _word(about, "id")
    if kind not in NEWS_OF_INVOICES:
        return ""
    return _word(_part(_part(about, "parent"), "subscription_details"), "subscription")


def _part(thing: Any, name: str) -> Any:
    """A part of a thing of Stripe's, an empty one where there is none."""
    return (thing[name] or {}) if name in thing else {}


def _word(thing: Any, name: str) -> str:
    """A word of Stripe's, empty where there is none: a balance has no id, an old refund no payment intent."""
    word = (thing[name] or "") if name in thing else ""
    if not isinstance(word, str):
        raise TypeError(f"{name} is no word")
    return word
