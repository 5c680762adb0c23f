"""The charge behind whatever a person points at: a session, a payment intent, an invoice, or the charge itself."""

from sandbox.account import Account
from sandbox.errors import Json, Missing, Refused

KINDS = {"cs": "checkout.session", "pi": "payment_intent", "ch": "charge"}


def behind(account: Account, id: str) -> Json:
    """The latest charge of the thing with this id. Missing without such a thing, Refused where nothing was paid."""
    thing = account.store.get(KINDS.get(id.partition("_")[0], ""), id)
    if thing is None:
        raise Missing(f"No such payment: {id}.", param="id", code="resource_missing")
    if thing["object"] == "charge":
        return thing
    following = thing["latest_charge" if thing["object"] == "payment_intent" else "payment_intent"]
    if following is None:
        raise Refused("Nothing was paid on this.")
    return behind(account, following)
