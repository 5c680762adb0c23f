"""Checkout Sessions: what may be asked for, and how one ends without payment."""

from typing import Any
from urllib.parse import urlsplit

from sandbox import events, objects
from sandbox.account import Account
from sandbox.errors import InvalidRequest, Json, Missing, Refused

MINUTE = 60
SHORTEST, LONGEST = 30 * MINUTE, 24 * 60 * MINUTE
SMALLEST = {"usd": 50, "eur": 50}  # minor units
METADATA_PAIRS, METADATA_NAME, METADATA_VALUE = 50, 40, 500
REFERENCE = 200  # characters
OVERDUE = """
select id from objects where kind = 'checkout.session'
and json_extract(body, '$.status') = 'open' and json_extract(body, '$.expires_at') <= ? order by seq
"""
NOT_SERVED = ("customer", "customer_account", "optional_items", "shipping_options", "subscription_data")


def create(account: Account, params: Json) -> Json:
    check(account, params)
    now = account.now()
    items = [objects.line_item(item["price_data"], item["quantity"], now) for item in params["line_items"]]
    session = objects.session(params, items, now, account.settings.base_url)
    if session["amount_total"] == 0:
        # Stripe shows this from the start: an open session of this status has not been completed by anybody.
        session["payment_status"] = "no_payment_required"
    return account.store.put(session)


def check(account: Account, params: Json) -> None:
    """The relations between parameters that Stripe's types do not know; InvalidRequest names the wrong one."""
    _check_served(params)
    _check_addresses(params)
    _check_lines(params)
    _check_expiry(params, account.now())
    _check_lengths(params)


def _check_served(params: Json) -> None:
    if params.get("mode") != "payment":
        raise InvalidRequest("mode must be payment: the sandbox serves no other.", param="mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise InvalidRequest("ui_mode must be hosted_page: the sandbox serves no other.", param="ui_mode")
    if "discounts" in params and "allow_promotion_codes" in params:
        message = "discounts and allow_promotion_codes exclude each other."
        raise InvalidRequest(message, param="allow_promotion_codes")
    if params.get("discounts"):
        raise InvalidRequest("No such coupon or promotion code.", param="discounts", code="resource_missing")
    for name in NOT_SERVED:
        if name in params:
            raise InvalidRequest(f"{name} is not served by the sandbox.", param=name)


def _check_addresses(params: Json) -> None:
    if "success_url" not in params:
        message = "Missing required parameter: success_url. A hosted page needs it."
        raise InvalidRequest(message, param="success_url", code="parameter_missing")
    for name in ("success_url", "cancel_url"):
        address = urlsplit(str(params.get(name, params["success_url"])))
        if address.scheme not in ("http", "https") or not address.netloc:
            raise InvalidRequest(
                f"{name} must be a whole address, with http(s).", param=name, code="url_invalid"
            )
    email = params.get("customer_email", "a@b")
    if "@" not in email.strip("@"):
        raise InvalidRequest(
            "customer_email is no e-mail address.", param="customer_email", code="email_invalid"
        )


def _check_lines(params: Json) -> None:
    lines = params.get("line_items", [])
    if not lines:
        message = "Missing required parameter: line_items. A payment needs at least one."
        raise InvalidRequest(message, param="line_items", code="parameter_missing")
    for index, line in enumerate(lines):
        _check_line(line, f"line_items[{index}]")
    currencies = {line["price_data"]["currency"].lower() for line in lines}
    if (
        len(currencies) > 1
        or params.get("currency", lines[0]["price_data"]["currency"]).lower() not in currencies
    ):
        raise InvalidRequest("All line items must have one currency.", param="line_items")
    _check_total(
        sum(line["price_data"]["unit_amount"] * line["quantity"] for line in lines), currencies.pop()
    )


def _check_line(line: Json, name: str) -> None:
    if "price" in line:
        raise InvalidRequest(
            f"No such price: {line['price']}.", param=f"{name}[price]", code="resource_missing"
        )
    price = _required(line, "price_data", name)
    _required(price, "product_data", f"{name}[price_data]")
    if _required(price, "unit_amount", f"{name}[price_data]") < 0:
        param = f"{name}[price_data][unit_amount]"
        raise InvalidRequest(f"{param} must not be negative.", param=param, code="parameter_invalid_integer")
    if "recurring" in price:
        param = f"{name}[price_data][recurring]"
        raise InvalidRequest("A recurring price needs mode subscription.", param=param)
    if _required(line, "quantity", name) < 1:
        raise InvalidRequest(f"{name}[quantity] must be at least 1.", param=f"{name}[quantity]")


def _required(group: Json, key: str, name: str) -> Any:
    if key not in group:
        param = f"{name}[{key}]"
        raise InvalidRequest(f"Missing required parameter: {param}.", param=param, code="parameter_missing")
    return group[key]


def _check_total(total: int, currency: str) -> None:
    if 0 < total < SMALLEST.get(currency, 0):
        message = f"The total must be 0 or at least {SMALLEST[currency]} minor units of {currency.upper()}."
        raise InvalidRequest(message, code="amount_too_small")


def _check_expiry(params: Json, now: int) -> None:
    if not now + SHORTEST <= params.get("expires_at", now + LONGEST) <= now + LONGEST:
        message = "expires_at must lie between 30 minutes and 24 hours from now."
        raise InvalidRequest(message, param="expires_at")


def _check_lengths(params: Json) -> None:
    check_metadata(params.get("metadata", {}), "metadata")
    check_metadata(params.get("payment_intent_data", {}).get("metadata", {}), "payment_intent_data[metadata]")
    if len(params.get("client_reference_id", "")) > REFERENCE:
        message = f"client_reference_id may have up to {REFERENCE} characters."
        raise InvalidRequest(message, param="client_reference_id", code="parameter_invalid_string_too_long")


def check_metadata(metadata: Json, name: str) -> None:
    """Up to 50 pairs, names of up to 40 characters, values of up to 500."""
    if len(metadata) > METADATA_PAIRS:
        raise InvalidRequest(f"{name} may hold up to {METADATA_PAIRS} pairs.", param=name)
    for key, value in metadata.items():
        if len(key) > METADATA_NAME or len(value) > METADATA_VALUE:
            message = f"{name} takes names of up to 40 and values of up to 500 characters."
            raise InvalidRequest(message, param=f"{name}[{key}]")


def find(account: Account, id: str) -> Json:
    """The session; Missing when there is none."""
    found = account.store.get("checkout.session", id)
    if found is None:
        raise Missing(f"No such checkout.session: {id}.", param="session", code="resource_missing")
    return found


def expire(account: Account, id: str, request: Json | None = None) -> Json:
    """End an open session without payment. Refused when it is open no longer."""
    session = find(account, id)
    if session["status"] != "open":
        raise Refused(
            f"Only an open session can be expired; this one is {session['status']}.", param="session"
        )
    session |= {"status": "expired", "url": None}
    _cancel_intent(account, session)
    account.store.put(session)
    events.emit(account, events.CHECKOUT + "expired", session, request)
    return session


def _cancel_intent(account: Account, session: Json) -> None:
    intent = account.store.get("payment_intent", session["payment_intent"] or "")
    if intent is None:
        return
    intent |= {"status": "canceled", "canceled_at": account.now(), "cancellation_reason": "automatic"}
    account.store.put(intent)
    events.emit(account, "payment_intent.canceled", intent)


def expire_due(account: Account) -> None:
    """End every open session whose time is over."""
    for row in account.store.rows(OVERDUE, account.now()):
        expire(account, row["id"])
