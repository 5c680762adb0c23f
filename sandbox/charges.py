"""The charge behind whatever a person points at."""

from collections.abc import Callable

from sandbox import invoices
from sandbox.account import Account
from sandbox.errors import Json, Missing, Refused

KINDS = {
    "cs": "checkout.session",
    "pi": "payment_intent",
    "ch": "charge",
    "in": "invoice",
    "sub": "subscription",
}


def behind(account: Account, id: str) -> Json:
    """The latest charge of a session, subscription, invoice, payment intent, or the charge itself.

    Missing without such a thing, Refused where nothing was paid.
    """
    thing = account.store.get(KINDS.get(id.partition("_")[0], ""), id)
    if thing is None:
        raise Missing(f"No such payment: {id}.", param="id", code="resource_missing")
    if thing["object"] == "charge":
        return thing
    following = FOLLOWING[thing["object"]](account, thing)
    if following is None:
        raise Refused("Nothing was paid on this.")
    return behind(account, following)


def _intent_of(account: Account, invoice: Json) -> str | None:
    asked = invoices.payments(account, invoice["id"])
    return str(asked[0]["payment"]["payment_intent"]) if asked else None


FOLLOWING: dict[str, Callable[[Account, Json], str | None]] = {
    "checkout.session": lambda _account, session: session["_intent"],
    "subscription": lambda _account, subscription: subscription["latest_invoice"],
    "invoice": _intent_of,
    "payment_intent": lambda _account, intent: intent["latest_charge"],
}
