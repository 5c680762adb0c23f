"""What is sold in a checkout session, and how Stripe is asked to sell it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.money import Money
from payments.taxes import price_params, product_params
from payments.values import Invoicing, Taxing


@dataclass(frozen=True)
class PurchaseLine:
    """One line of a checkout: what it is called, the price of one, a note that stands below the name,
    or empty, and how many there are."""

    title: str
    price: Money
    note: str = ""
    quantity: int = 1


@dataclass(frozen=True)
class Purchase:
    """What a checkout session is made of, as our order holds it. `every` is empty for what is paid once, else how
    often it is paid: `month` or `year`; `note` is what stands beside the button that pays, or empty."""

    order_id: int
    number: str
    email: str
    lines: tuple[PurchaseLine, ...]
    attempt: int
    expires_at: datetime
    invoicing: Invoicing | None = None
    every: str = ""
    taxing: Taxing = Taxing()
    note: str = ""


def session_params(purchase: Purchase, base_url: str, marks: dict[str, str]) -> dict[str, Any]:
    """What a session sells and where it leads, without who pays. `marks` tie it and its payment to our order."""
    data = "subscription_data" if purchase.every else "payment_intent_data"
    described = {"description": purchase.note} if purchase.note else {}
    said = {"custom_text": {"submit": {"message": purchase.note}}} if purchase.note else {}
    return {
        "mode": "subscription" if purchase.every else "payment",
        "ui_mode": "hosted_page",
        "line_items": [_line_item(line, purchase) for line in purchase.lines],
        "client_reference_id": purchase.number,
        "metadata": marks,
        data: {"metadata": marks, **described},
        "success_url": f"{base_url}/checkout/return?session_id={{CHECKOUT_SESSION_ID}}",
        "cancel_url": f"{base_url}/checkout/return?order={purchase.number}",
        "expires_at": int(purchase.expires_at.timestamp()),
        **said,
    }


def _line_item(line: PurchaseLine, purchase: Purchase) -> dict[str, Any]:
    described = {"description": line.note} if line.note else {}
    recurring = {"recurring": {"interval": purchase.every}} if purchase.every else {}
    return {
        "quantity": line.quantity,
        "price_data": {
            "currency": line.price.currency.lower(),
            "unit_amount": line.price.minor,
            "product_data": {"name": line.title, **described, **product_params(purchase.taxing)},
            **recurring,
            **price_params(purchase.taxing),
        },
    }
