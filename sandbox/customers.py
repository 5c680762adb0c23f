"""Customers: made through the API, or by a checkout that needs one."""

from sandbox import objects
from sandbox.account import Account
from sandbox.errors import InvalidRequest, Json, Missing
from sandbox.metadata import check_metadata

TAKEN = ("address", "business_name", "description", "email", "metadata", "name", "phone", "preferred_locales")


def create(account: Account, params: Json) -> Json:
    check(params)
    id = objects.new_id("cus_", 14)
    customer: Json = {
        "id": id,
        "object": "customer",
        "address": None,
        "balance": 0,
        "business_name": None,
        "created": account.now(),
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "individual_name": None,
        "invoice_prefix": id[-8:].upper(),
        "invoice_settings": dict.fromkeys(
            ("custom_fields", "default_payment_method", "footer", "rendering_options")
        ),
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    return account.store.put(customer | _given(params))


def update(account: Account, id: str, params: Json) -> Json:
    """Change what is given; metadata is added to."""
    check(params)
    customer = find(account, id)
    metadata = customer["metadata"] | params.get("metadata", {})
    return account.store.put(customer | _given(params) | {"metadata": metadata})


def check(params: Json) -> None:
    for name in params:
        if name not in (*TAKEN, "expand"):
            raise InvalidRequest(f"{name} is not served by the sandbox.", param=name)
    if "@" not in params.get("email", "a@b").strip("@"):
        raise InvalidRequest("email is no e-mail address.", param="email", code="email_invalid")
    check_metadata(params.get("metadata", {}), "metadata")


def _given(params: Json) -> Json:
    return {name: params[name] for name in TAKEN if name in params}


def find(account: Account, id: str) -> Json:
    found = account.store.get("customer", id)
    if found is None:
        raise Missing(f"No such customer: {id}.", param="customer", code="resource_missing")
    return found


def set_card(account: Account, id: str, declines: int | None) -> Json:
    """How many charges to come the customer's card declines; None is all of them, until it is changed."""
    return account.store.put(find(account, id) | {"_declines": declines})


def card_passes(account: Account, id: str) -> bool:
    """Whether the customer's card takes the next charge; each refusal that was ordered is used once."""
    customer = find(account, id)
    left: int | None = customer.get("_declines", 0)
    if left:
        account.store.put(customer | {"_declines": left - 1})
    return left == 0


def of_session(account: Account, session: Json) -> str | None:
    """The id of the customer a completed checkout belongs to, made now where the checkout needs one."""
    known: str | None = session["customer"]
    if known or not _is_needed(session):
        return known
    details = session["customer_details"]
    params = {name: details[name] for name in ("address", "business_name", "email", "name") if details[name]}
    return str(create(account, params)["id"])


def _is_needed(session: Json) -> bool:
    asks = session["customer_creation"] == "always" or session["invoice_creation"]["enabled"]
    return bool(asks or session["mode"] == "subscription")
