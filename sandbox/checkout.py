"""The shape of a Checkout Session and of its lines."""

from typing import Any

from sandbox import buyers, objects
from sandbox.errors import Json

TEXTS = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")


def session(params: Json, items: list[Json], now: int, base_url: str) -> Json:
    """A Checkout Session of a hosted page, open, its sums not yet drawn."""
    id = objects.new_id("cs_test_a1", 56)
    email = params.get("customer_email")
    currency = items[0]["currency"]
    return {
        "id": id,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "allowed_payment_method_types": params.get("allowed_payment_method_types"),
        "allow_promotion_codes": params.get("allow_promotion_codes"),
        "automatic_tax": _automatic_tax(params),
        "billing_address_collection": params.get("billing_address_collection"),
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": _consent_collection(params),
        "created": now,
        "currency": currency,
        "currency_conversion": None,
        "custom_fields": [_custom_field(each) for each in params.get("custom_fields") or []],
        "custom_text": {**dict.fromkeys(TEXTS), **params.get("custom_text", {})},
        "customer": params.get("customer"),
        "customer_account": None,
        "customer_creation": _customer_creation(params),
        "customer_details": buyers.details_of(email) if email else None,
        "customer_email": email,
        "discounts": [],
        "excluded_payment_method_types": params.get("excluded_payment_method_types"),
        "expires_at": params.get("expires_at", now + 24 * 3600),
        "integration_identifier": params.get("integration_identifier"),
        "invoice": None,
        "invoice_creation": _invoice_creation(params),
        "livemode": False,
        "locale": params.get("locale"),
        "managed_payments": {"enabled": False},
        "metadata": params.get("metadata", {}),
        "mode": params["mode"],
        "origin_context": params.get("origin_context"),
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": None,
        "payment_method_options": params.get("payment_method_options", {}),
        "payment_method_types": _methods(params, currency),
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": params.get("submit_type"),
        "subscription": None,
        "success_url": params["success_url"],
        "tax_id_collection": {"enabled": False, "required": "never"} | params.get("tax_id_collection", {}),
        "ui_mode": "hosted_page",
        "url": f"{base_url}/c/pay/{id}",
        "wallet_options": None,
        "_intent": None,
        "_items": items,
        "_intent_data": params.get("payment_intent_data", {}),
        "_subscription_data": params.get("subscription_data", {}),
    }


def _automatic_tax(params: Json) -> Json:
    if not params.get("automatic_tax", {}).get("enabled"):
        return {"enabled": False, "liability": None, "provider": None, "status": None}
    liability = {"type": "self"}
    return {
        "enabled": True,
        "liability": liability,
        "provider": "stripe",
        "status": "requires_location_inputs",
    }


def _consent_collection(params: Json) -> Json | None:
    nothing = dict.fromkeys(("payment_method_reuse_agreement", "promotions", "terms_of_service"))
    return {**nothing, **params["consent_collection"]} if "consent_collection" in params else None


def _custom_field(given: Json) -> Json:
    nothing: dict[str, dict[str, Any]] = {
        "text": dict.fromkeys(("default_value", "maximum_length", "minimum_length", "value")),
        "numeric": dict.fromkeys(("default_value", "maximum_length", "minimum_length", "value")),
        "dropdown": {"default_value": None, "options": [], "value": None},
    }
    kind = given["type"]
    asked = {"key": given["key"], "label": given["label"], "optional": given.get("optional", False)}
    return {**asked, "type": kind, kind: {**nothing[kind], **given.get(kind, {})}}


def _customer_creation(params: Json) -> str | None:
    if params["mode"] != "payment" or "customer" in params:
        return None
    return str(params.get("customer_creation", "if_required"))


def _invoice_creation(params: Json) -> Json:
    nothing = dict.fromkeys(
        (
            "account_tax_ids",
            "custom_fields",
            "description",
            "footer",
            "issuer",
            "metadata",
            "rendering_options",
        )
    )
    given = params.get("invoice_creation", {"enabled": False})
    data = {**nothing, **given.get("invoice_data", {})}
    return {"enabled": given["enabled"], "invoice_data": data}


def _methods(params: Json, currency: str) -> list[str]:
    """The ways to pay that the school allows, or else the usual ones, less those it excludes."""
    usual = ["card", objects.debit_method(currency)] if params["mode"] == "payment" else ["card"]
    allowed = params.get("allowed_payment_method_types") or usual
    return [each for each in allowed if each not in params.get("excluded_payment_method_types", [])]


def line_item(price_data: Json, quantity: int, now: int) -> Json:
    """A line before discount and tax."""
    amount = price_data["unit_amount"] * quantity
    return {
        "id": objects.new_id("li_"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price_data["currency"].lower(),
        "description": price_data["product_data"]["name"],
        "metadata": {},
        "price": _price(price_data, now),
        "quantity": quantity,
    }


def _price(price_data: Json, now: int) -> Json:
    recurring = price_data.get("recurring")
    return {
        "id": objects.new_id("price_"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": now,
        "currency": price_data["currency"].lower(),
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": objects.new_id("prod_", 14),
        "recurring": recurring and _recurring(recurring),
        "tax_behavior": price_data.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring" if recurring else "one_time",
        "unit_amount": price_data["unit_amount"],
        "unit_amount_decimal": str(price_data["unit_amount"]),
    }


def _recurring(given: Json) -> Json:
    return {
        "interval": given["interval"],
        "interval_count": given.get("interval_count", 1),
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }
