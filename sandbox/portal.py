"""The billing portal: where a customer changes their card and ends what they have subscribed to."""

from typing import Any

from sandbox import customers, objects
from sandbox.account import Account
from sandbox.errors import InvalidRequest, Json, Missing

FLOWS = ("payment_method_update",)
TAKEN = ("customer", "expand", "flow_data", "locale", "return_url")


def create(account: Account, params: Json) -> Json:
    """A session of the portal for one customer."""
    check(params)
    customer = customers.find(account, params["customer"])
    id = objects.new_id("bps_")
    return account.store.put(
        {
            "id": id,
            "object": "billing_portal.session",
            "after_expiration": None,
            "configuration": "bpc_sandbox",
            "created": account.now(),
            "customer": customer["id"],
            "customer_account": None,
            "flow": _flow(params["flow_data"]) if "flow_data" in params else None,
            "livemode": False,
            "locale": params.get("locale"),
            "on_behalf_of": None,
            "return_url": params.get("return_url"),
            "url": f"{account.settings.base_url}/p/session/{id}",
        }
    )


def check(params: Json) -> None:
    """What the types do not know; InvalidRequest names the wrong parameter."""
    for name in params:
        if name not in TAKEN:
            raise InvalidRequest(f"{name} is not served by the sandbox.", param=name)
    if "customer" not in params:
        message = "Missing required parameter: customer."
        raise InvalidRequest(message, param="customer", code="parameter_missing")
    if params.get("flow_data", {"type": FLOWS[0]})["type"] not in FLOWS:
        message = f"flow_data[type] must be {' or '.join(FLOWS)}: the sandbox serves no other."
        raise InvalidRequest(message, param="flow_data[type]")


def _flow(given: Json) -> Json:
    nothing: dict[str, Any] = dict.fromkeys(
        ("subscription_cancel", "subscription_update", "subscription_update_confirm")
    )
    after = {"hosted_confirmation": None, "redirect": None, "type": "portal_homepage"}
    return {**nothing, "type": given["type"], "after_completion": after | given.get("after_completion", {})}


def find(account: Account, id: str) -> Json:
    found = account.store.get("billing_portal.session", id)
    if found is None:
        raise Missing("There is no such page.")
    return found


def after_change(session: Json) -> str | None:
    """Where a customer goes once the card is changed; None is back to the page."""
    redirect = ((session["flow"] or {}).get("after_completion") or {}).get("redirect")
    return redirect and str(redirect["return_url"])
