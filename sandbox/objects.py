"""The shapes of Stripe's objects in the served API version. Names that begin with `_` never leave the sandbox."""

import secrets
import string
from typing import Any

from sandbox.errors import Json

ALPHABET = string.ascii_letters + string.digits
NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def new_id(prefix: str, length: int = 24) -> str:
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(length))


def public(thing: Json) -> Json:
    """An object as the API shows it."""
    return {name: value for name, value in thing.items() if not name.startswith("_")}


def payment_intent(payer: Json, amount: int, data: Json, now: int) -> Json:
    """A payment intent of a session or an invoice (`payer`), with what the school gave along."""
    id = new_id("pi_")
    return {
        "id": id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": f"{id}_secret_{new_id('', 25)}",
        "confirmation_method": "automatic",
        "created": now,
        "currency": payer["currency"],
        "customer": payer["customer"],
        "customer_account": None,
        "description": data.get("description"),
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "managed_payments": {"enabled": False},
        "metadata": data.get("metadata", {}),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": payer.get("payment_method_types", ["card"]),
        "processing": None,
        "receipt_email": data.get("receipt_email"),
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": data.get("statement_descriptor"),
        "statement_descriptor_suffix": data.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": data.get("transfer_group"),
    }


def charge(intent: Json, method: str, email: str | None, now: int, base_url: str) -> Json:
    """A charge on its way: `status` pending, nothing captured."""
    id = new_id("ch_")
    return {
        "id": id,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": {
            "address": NO_ADDRESS, "email": email, "name": None, "phone": None, "tax_id": None,
        },
        "calculated_statement_descriptor": "SANDBOX" if method == "card" else None,
        "captured": False,
        "created": now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": None,
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": new_id("pm_"),
        "payment_method_details": {"type": method, method: METHOD_DETAILS[method]},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": f"{base_url}/receipts/{id}",
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "pending",
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
    }  # fmt: skip


METHOD_DETAILS: dict[str, dict[str, Any]] = {
    "card": {
        "brand": "visa", "checks": {"cvc_check": "pass"},
        "country": "US", "exp_month": 12, "exp_year": 2034, "fingerprint": "SandboxFingerpr1", "funding": "credit",
        "last4": "4242", "network": "visa", "three_d_secure": None, "wallet": None,
    },
    "us_bank_account": {
        "account_holder_type": "individual", "account_type": "checking", "bank_name": "SANDBOX BANK",
        "fingerprint": "SandboxFingerpr2", "last4": "6789", "routing_number": "110000000",
    },
    "sepa_debit": {
        "bank_code": "37040044", "branch_code": "", "country": "DE", "fingerprint": "SandboxFingerpr3",
        "last4": "3000", "mandate": None,
    },
    "customer_balance": {},
}  # fmt: skip


def debit_method(currency: str) -> str:
    """The kind of bank debit that fits a currency."""
    return "us_bank_account" if currency == "usd" else "sepa_debit"


def refund(charge: Json, amount: int, params: Json, status: str, now: int) -> Json:
    return {
        "id": new_id("re_"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "destination_details": {"type": charge["payment_method_details"]["type"]},
        "metadata": params.get("metadata", {}),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": status,
        "transfer_reversal": None,
    }
