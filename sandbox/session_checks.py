"""What may be asked of a new Checkout Session: the relations between parameters that Stripe's types do not know."""

from typing import Any
from urllib.parse import urlsplit

from sandbox.account import Account
from sandbox.errors import InvalidRequest, Json
from sandbox.metadata import check_metadata

MINUTE = 60
SHORTEST, LONGEST = 30 * MINUTE, 24 * 60 * MINUTE
SMALLEST = {"usd": 50, "eur": 50}  # minor units
REFERENCE = 200  # characters
MOST_INTERVALS = 36
MOST_FIELDS, FIELD_LABEL = 3, 50
METHODS = ("card", "us_bank_account", "sepa_debit", "customer_balance")
NOT_SERVED = ("customer_account", "optional_items", "shipping_options")
LINE_NOT_SERVED = ("adjustable_quantity", "dynamic_tax_rates", "tax_rates")  # They would change the sum.
SUBSCRIPTION_DATA = ("description", "metadata")
# The customers here have no address, so automatic tax needs leave to write one.
NEEDS_UPDATE = (("automatic_tax", "address"), ("tax_id_collection", "name"))
# What belongs to one mode alone.
OF_MODE = {
    "payment": ("customer_creation", "invoice_creation", "payment_intent_data", "submit_type"),
    "subscription": ("subscription_data",),
}
EXCLUDING = (
    ("discounts", "allow_promotion_codes"),
    ("customer_email", "customer"),
    ("customer_creation", "customer"),
)


def check(account: Account, params: Json) -> None:
    """The relations between parameters that Stripe's types do not know; InvalidRequest names the wrong one."""
    _check_served(params)
    _check_addresses(params)
    _check_lines(params)
    _check_methods(params)
    _check_customer_update(params)
    _check_fields(params)
    _check_expiry(params, account)
    _check_lengths(params)


def _check_served(params: Json) -> None:
    if params.get("mode") not in OF_MODE:
        message = f"mode must be {' or '.join(OF_MODE)}: the sandbox serves no other."
        raise InvalidRequest(message, param="mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise InvalidRequest("ui_mode must be hosted_page: the sandbox serves no other.", param="ui_mode")
    for one, other in EXCLUDING:
        if one in params and other in params:
            raise InvalidRequest(f"{one} and {other} exclude each other.", param=other)
    not_served = [name for name in NOT_SERVED if name in params]
    not_served += [f"subscription_data[{name}]" for name in _strange_subscription_data(params)]
    for name in not_served:
        raise InvalidRequest(f"{name} is not served by the sandbox.", param=name)
    _check_mode(params)


def _strange_subscription_data(params: Json) -> list[str]:
    return [name for name in params.get("subscription_data", {}) if name not in SUBSCRIPTION_DATA]


def _check_mode(params: Json) -> None:
    for mode, names in OF_MODE.items():
        for name in names:
            if name in params and params["mode"] != mode:
                raise InvalidRequest(f"{name} belongs to mode {mode}.", param=name)


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
        _check_line(line, f"line_items[{index}]", params["mode"])
    currencies = {line["price_data"]["currency"].lower() for line in lines}
    if (
        len(currencies) > 1
        or params.get("currency", lines[0]["price_data"]["currency"]).lower() not in currencies
    ):
        raise InvalidRequest("All line items must have one currency.", param="line_items")
    if params["mode"] == "subscription":
        _check_periods(lines)


def _check_periods(lines: list[Json]) -> None:
    """Every period is the same: Stripe bills a subscription in one rhythm."""
    recurring = [line["price_data"]["recurring"] for line in lines if "recurring" in line["price_data"]]
    if not recurring:
        raise InvalidRequest("A subscription needs a recurring price.", param="line_items")
    if len({(each["interval"], each.get("interval_count", 1)) for each in recurring}) > 1:
        raise InvalidRequest("All recurring prices must have one period.", param="line_items")


def _check_line(line: Json, name: str, mode: str) -> None:
    for each in LINE_NOT_SERVED:
        if each in line:
            raise InvalidRequest(f"{name}[{each}] is not served by the sandbox.", param=f"{name}[{each}]")
    if "price" in line:
        raise InvalidRequest(
            f"No such price: {line['price']}.", param=f"{name}[price]", code="resource_missing"
        )
    price = _required(line, "price_data", name)
    _required(price, "product_data", f"{name}[price_data]")
    if _required(price, "unit_amount", f"{name}[price_data]") < 0:
        param = f"{name}[price_data][unit_amount]"
        raise InvalidRequest(f"{param} must not be negative.", param=param, code="parameter_invalid_integer")
    param = f"{name}[price_data][recurring]"
    if "recurring" in price and mode == "payment":
        raise InvalidRequest("A recurring price needs mode subscription.", param=param)
    if not 1 <= price.get("recurring", {}).get("interval_count", 1) <= MOST_INTERVALS:
        raise InvalidRequest(f"{param}[interval_count] is out of bounds.", param=f"{param}[interval_count]")
    if _required(line, "quantity", name) < 1:
        raise InvalidRequest(f"{name}[quantity] must be at least 1.", param=f"{name}[quantity]")


def _required(group: Json, key: str, name: str) -> Any:
    if key not in group:
        param = f"{name}[{key}]"
        raise InvalidRequest(f"Missing required parameter: {param}.", param=param, code="parameter_missing")
    return group[key]


def check_total(total: int, currency: str) -> None:
    """Nothing to pay, or enough that a bank would take it."""
    if 0 < total < SMALLEST.get(currency, 0):
        message = f"The total must be 0 or at least {SMALLEST[currency]} minor units of {currency.upper()}."
        raise InvalidRequest(message, code="amount_too_small")


def _check_methods(params: Json) -> None:
    methods = params.get("allowed_payment_method_types", [])
    for index, method in enumerate(methods):
        if method not in METHODS or (params["mode"] == "subscription" and method != "card"):
            param = f"allowed_payment_method_types[{index}]"
            raise InvalidRequest(f"{method} is not served by the sandbox in this mode.", param=param)
    if "customer_balance" in methods:
        _check_transfer(params)


def _check_transfer(params: Json) -> None:
    if "customer" not in params:
        message = "Missing required parameter: customer. A bank transfer is matched with one."
        raise InvalidRequest(message, param="customer", code="parameter_missing")
    options = params.get("payment_method_options", {}).get("customer_balance", {})
    if options.get("funding_type") != "bank_transfer" or "bank_transfer" not in options:
        param = "payment_method_options[customer_balance]"
        message = f"{param} needs funding_type bank_transfer, and a bank_transfer with its type."
        raise InvalidRequest(message, param=param, code="parameter_missing")


def _check_customer_update(params: Json) -> None:
    """What the buyer types for the sake of tax goes into a customer only where the school lets it."""
    update = params.get("customer_update", {})
    if update and "customer" not in params:
        raise InvalidRequest("customer_update belongs to a customer.", param="customer_update")
    for asked, part in NEEDS_UPDATE:
        if "customer" in params and params.get(asked, {}).get("enabled") and update.get(part) != "auto":
            message = f"{asked} for an existing customer needs customer_update[{part}] auto."
            raise InvalidRequest(message, param=asked)


def _check_fields(params: Json) -> None:
    asked = params.get("custom_fields") or []
    if len(asked) > MOST_FIELDS:
        raise InvalidRequest(f"There may be up to {MOST_FIELDS} custom_fields.", param="custom_fields")
    for index, each in enumerate(asked):
        name = f"custom_fields[{index}]"
        if not each["key"].isalnum() or [other["key"] for other in asked].count(each["key"]) > 1:
            raise InvalidRequest(f"{name}[key] must be alphanumeric and unique.", param=f"{name}[key]")
        if len(each["label"]["custom"]) > FIELD_LABEL:
            message = f"{name}[label][custom] may have up to {FIELD_LABEL} characters."
            raise InvalidRequest(message, param=f"{name}[label][custom]")


def _check_expiry(params: Json, account: Account) -> None:
    now = account.now()
    if not now + SHORTEST <= params.get("expires_at", now + LONGEST) <= now + LONGEST:
        message = "expires_at must lie between 30 minutes and 24 hours from now."
        if account.is_moved():
            message += " The sandbox's clock is moved: its board sets it back."
        raise InvalidRequest(message, param="expires_at")


def _check_lengths(params: Json) -> None:
    check_metadata(params.get("metadata", {}), "metadata")
    for name in ("payment_intent_data", "subscription_data"):
        check_metadata(params.get(name, {}).get("metadata", {}), f"{name}[metadata]")
    if len(params.get("client_reference_id", "")) > REFERENCE:
        message = f"client_reference_id may have up to {REFERENCE} characters."
        raise InvalidRequest(message, param="client_reference_id", code="parameter_invalid_string_too_long")
