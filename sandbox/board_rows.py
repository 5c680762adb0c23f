"""What the board shows of payments, subscriptions and events, and what each allows."""

from typing import Any

from sandbox import customers, deliveries, disputes, invoices, refunds, sessions
from sandbox import events as news
from sandbox.account import Account
from sandbox.errors import Json

CAPTURED = ("refund", "half", "dispute", "inquiry")
ACTS: dict[str, tuple[str, ...]] = {
    "open": ("expire",),
    "processing": ("settle", "fail"),
    "captured": CAPTURED,
    "refunded in part": CAPTURED,
    "inquired": ("refund", "half"),
}
Row = dict[str, Any]


def payments(account: Account, most: int) -> list[Row]:
    """The newest checkouts, each with its charge, refunds and disputes."""
    return [_payment(account, session) for session in account.store.all("checkout.session")[:most]]


def _payment(account: Account, session: Json) -> Row:
    intent = sessions.intent_of(account, session) or {}
    charge = account.store.get("charge", intent.get("latest_charge") or "") or {}
    disputed = disputes.of_charge(account, charge["id"]) if charge else []
    state = _state(session, intent, charge, disputed)
    return {
        "session": session,
        "charge": charge,
        "state": state,
        "acts": ACTS.get(state, ()),
        "refunds": refunds.of_charge(account, charge["id"]) if charge else [],
        "disputes": [(each, _verdicts(each)) for each in disputed],
    }


def _state(session: Json, intent: Json, charge: Json, disputed: list[Json]) -> str:
    """A word or two for where a payment stands."""
    if session["status"] != "complete":
        return str(session["status"])
    if session["amount_total"] == 0:
        return "free"
    if intent["status"] != "succeeded":
        return "processing" if intent["status"] in ("processing", "requires_action") else "failed"
    if charge["refunded"]:
        return "refunded"
    return _disputed_state(disputed) or ("refunded in part" if charge["amount_refunded"] else "captured")


def _disputed_state(disputed: list[Json]) -> str | None:
    if any(not each["is_charge_refundable"] for each in disputed):
        return "disputed"
    return "inquired" if any(each["status"] in disputes.NEXT for each in disputed) else None


def _verdicts(dispute: Json) -> list[str]:
    return [each for each in disputes.VERDICTS if each in disputes.NEXT.get(dispute["status"], {})]


def subscriptions(account: Account, most: int) -> list[Row]:
    """The newest subscriptions, each with its invoices and its customer's card."""
    return [_subscription(account, each) for each in account.store.all("subscription")[:most]]


def _subscription(account: Account, subscription: Json) -> Row:
    bills = account.store.all("invoice")
    declines = customers.find(account, subscription["customer"]).get("_declines", 0)
    card = ("accepted",) if declines != 0 else ("once", "declined")
    ending = ("cancel",) if subscription["cancel_at"] else ("end", "cancel")
    return {
        "subscription": subscription,
        "invoices": [each for each in bills if invoices.subscription_of(each) == subscription["id"]],
        "declines": declines,
        "acts": () if subscription["ended_at"] else (*card, *ending),
    }


def events(account: Account, most: int) -> list[Row]:
    """The newest events, each with its deliveries."""
    return [
        {"event": news.shown(account, each), "deliveries": deliveries.listed(account, each["id"])}
        for each in account.store.all("event")[:most]
    ]
