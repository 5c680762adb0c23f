"""An invoice in Stripe's words: whom it is for, what stands on it, and how a bank transfer is taken. Pure."""

from typing import Any

from payments.values import Invoicing

FIELD = 140  # characters that an invoice's own field may have
# How Stripe takes bank transfers of each currency; those of euros go to an account in one of its countries.
TRANSFERS: dict[str, dict[str, Any]] = {
    "USD": {"type": "us_bank_transfer"},
    "GBP": {"type": "gb_bank_transfer"},
    "JPY": {"type": "jp_bank_transfer"},
    "MXN": {"type": "mx_bank_transfer"},
    "EUR": {"type": "eu_bank_transfer", "eu_bank_transfer": {"country": "IE"}},
}


def takes_transfers(currency: str) -> bool:
    """Whether bank transfers of this currency can be taken at all."""
    return currency in TRANSFERS


def customer_params(asked: Invoicing, email: str, marks: dict[str, str]) -> dict[str, Any]:
    """Whom the invoice goes to: the company, at the buyer's address."""
    return {"name": asked.company, "email": email, "metadata": marks}


def invoice_params(asked: Invoicing, currency: str) -> dict[str, Any]:
    """What a session needs to end in an invoice, and to be paid by bank transfer where that was chosen."""
    reference = asked.order_reference[:FIELD]
    shown = [{"name": "Your order", "value": reference}]
    data = {"invoice_data": {"custom_fields": shown}} if reference else {}
    return {
        "invoice_creation": {"enabled": True, **data},
        **(_transfer(currency) if asked.by_transfer else {}),
    }


def _transfer(currency: str) -> dict[str, Any]:
    how = {"funding_type": "bank_transfer", "bank_transfer": TRANSFERS[currency]}
    return {
        "allowed_payment_method_types": ["customer_balance"],
        "payment_method_options": {"customer_balance": how},
    }
