"""Every request is checked against Stripe's own types, and against the relations that the types do not know."""

from typing import Any

import pytest
import stripe

from sandbox import parameters
from sandbox.operations import OPERATIONS
from tests.sandbox.conftest import NOON, client_of, course, order
from tests.stripe import Sandbox

LINE = "line_items[0]"
ONE_LINE = {"quantity": 1, "price_data": {"currency": "usd", "unit_amount": 1}}
FIELD = {"key": "order", "label": {"type": "custom", "custom": "Order"}, "type": "text"}
MONTHLY, YEARLY = (course(recurring={"interval": interval}) for interval in ("month", "year"))
MONTH = {"mode": "subscription", "line_items": [MONTHLY]}
NO_CURRENCY = {"quantity": 1, "price_data": {"unit_amount": 1}}


def refusal(client: stripe.StripeClient, params: dict[str, Any]) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as raised:
        client.v1.checkout.sessions.create(params)
    return raised.value


@pytest.mark.parametrize(
    ("changes", "param", "code"),
    [
        ({"colour": "red"}, "colour", "parameter_unknown"),
        ({"line_items": [{**course(), "size": 1}]}, f"{LINE}[size]", "parameter_unknown"),
        ({"line_items": [{**course(), "quantity": "two"}]}, f"{LINE}[quantity]", "parameter_invalid_integer"),
        ({"line_items": "course"}, "line_items", "parameter_invalid_type"),
        ({"metadata": "order"}, "metadata", "parameter_invalid_type"),
        ({"line_items": [NO_CURRENCY]}, f"{LINE}[price_data][currency]", "parameter_missing"),
        ({"allow_promotion_codes": "perhaps"}, "allow_promotion_codes", "parameter_invalid_type"),
        ({"expires_at": "tomorrow"}, "expires_at", "parameter_invalid_integer"),
        ({"customer_email": ""}, "customer_email", "parameter_invalid_empty"),
        ({"mode": "gift"}, "mode", None),
        ({"locale": "xx"}, "locale", None),
    ],
)  # fmt: skip
def test_the_types_refuse_by_name(
    client: stripe.StripeClient, changes: dict[str, Any], param: str, code: str | None
) -> None:
    said = refusal(client, order(**changes))

    assert (said.param, said.code, said.http_status) == (param, code, 400)
    assert said.request_id is not None
    assert said.request_id.startswith("req_")


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"mode": None}, "mode"),
        ({"mode": "setup"}, "mode"),
        ({"mode": "subscription"}, "line_items"),
        ({"mode": "subscription", "line_items": [MONTHLY, YEARLY]}, "line_items"),
        ({**MONTH, "customer_creation": "always"}, "customer_creation"),
        ({**MONTH, "subscription_data": {"trial_end": NOON}}, "subscription_data[trial_end]"),
        ({**MONTH, "allowed_payment_method_types": ["sepa_debit"]}, "allowed_payment_method_types[0]"),
        ({"ui_mode": "embedded_page"}, "ui_mode"),
        ({"success_url": None}, "success_url"),
        ({"success_url": "/return"}, "success_url"),
        ({"cancel_url": "javascript:alert(1)"}, "cancel_url"),
        ({"customer_email": "nobody"}, "customer_email"),
        ({"customer": "cus_1"}, "customer"),
        ({"customer": "cus_1", "customer_email": None}, "customer"),
        ({"subscription_data": {"description": "x"}}, "subscription_data"),
        ({"allowed_payment_method_types": ["card", "klarna"]}, "allowed_payment_method_types[1]"),
        ({"allowed_payment_method_types": ["customer_balance"]}, "customer"),
        ({"custom_fields": [FIELD] * 4}, "custom_fields"),
        ({"custom_fields": [{**FIELD, "key": "order no"}]}, "custom_fields[0][key]"),
        ({"line_items": None}, "line_items"),
        ({"line_items": [{"quantity": 1}]}, f"{LINE}[price_data]"),
        ({"line_items": [{"price": "price_1", "quantity": 1}]}, f"{LINE}[price]"),
        ({"line_items": [{"price_data": course()["price_data"]}]}, f"{LINE}[quantity]"),
        ({"line_items": [{**course(), "quantity": 0}]}, f"{LINE}[quantity]"),
        ({"line_items": [ONE_LINE]}, f"{LINE}[price_data][product_data]"),
        ({"line_items": [{**course(), "adjustable_quantity": {"enabled": True}}]}, f"{LINE}[adjustable_quantity]"),
        ({"line_items": [course(unit_amount=-1)]}, f"{LINE}[price_data][unit_amount]"),
        ({"line_items": [course(recurring={"interval": "month"})]}, f"{LINE}[price_data][recurring]"),
        ({"line_items": [course(), course(currency="eur")]}, "line_items"),
        ({"currency": "eur"}, "line_items"),
        ({"expires_at": NOON + 29 * 60}, "expires_at"),
        ({"expires_at": NOON + 24 * 3600 + 1}, "expires_at"),
        ({"discounts": [{"coupon": "TEN"}], "allow_promotion_codes": True}, "allow_promotion_codes"),
        ({"discounts": [{"coupon": "TEN"}]}, "discounts"),
        ({"metadata": {"note": "x" * 501}}, "metadata[note]"),
        ({"payment_intent_data": {"metadata": {"n" * 41: "x"}}}, f"payment_intent_data[metadata][{'n' * 41}]"),
        ({"metadata": {str(number): "x" for number in range(51)}}, "metadata"),
        ({"client_reference_id": "x" * 201}, "client_reference_id"),
    ],
)  # fmt: skip
def test_relations_refuse_by_name(client: stripe.StripeClient, changes: dict[str, Any], param: str) -> None:
    assert refusal(client, order(**changes)).param == param


@pytest.mark.parametrize("currency", ["usd", "eur"])
def test_a_total_below_the_smallest_is_refused(client: stripe.StripeClient, currency: str) -> None:
    said = refusal(client, order(line_items=[course(49, currency=currency)]))

    assert said.code == "amount_too_small"


def test_lists_check_their_parameters_too(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        client.v1.events.list({"kind": "charge"})
    with pytest.raises(stripe.InvalidRequestError) as ill_typed:
        client.v1.checkout.sessions.list({"status": "lost"})

    assert (unknown.value.param, ill_typed.value.param) == ("kind", "status")


def test_an_unknown_address_is_answered_in_stripes_shape(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as raised:
        client.v1.payouts.list()

    assert raised.value.http_status == 404


@pytest.mark.parametrize("key", ["sk_live_1", "rk_live_1", "something"])
def test_only_test_keys_are_taken(sandbox: Sandbox, key: str) -> None:
    with pytest.raises(stripe.AuthenticationError) as raised:
        client_of(sandbox, key).v1.events.list()

    assert raised.value.http_status == 401
    assert ("live keys" in str(raised.value)) == key.startswith(("sk_live_", "rk_live_"))


def test_types_and_operations_name_the_same() -> None:
    assert set(parameters.operations()) == set(OPERATIONS)


def test_the_types_are_of_the_version_that_the_sdk_speaks() -> None:
    assert parameters.version() == stripe.api_version
