"""The shapes of invoices, of their lines, and of the payments that settle them."""

from dataclasses import dataclass, field
from typing import Any

from sandbox import objects
from sandbox.errors import Json

ZEROS = (
    "amount_overpaid", "amount_paid_off_stripe", "amount_shipping", "ending_balance",
    "post_payment_credit_notes_amount", "pre_payment_credit_notes_amount", "starting_balance",
)  # fmt: skip
NOTHINGS = (
    "account_country", "account_name", "account_tax_ids", "application", "automatically_finalizes_at",
    "confirmation_secret", "customer_account", "default_payment_method", "default_source", "due_date",
    "from_invoice", "last_finalization_error", "latest_revision", "on_behalf_of", "receipt_number",
    "rendering", "shipping_cost", "shipping_details", "statement_descriptor", "test_clock",
)  # fmt: skip


@dataclass(frozen=True)
class Bill:
    """What an invoice is drawn from: `items` are lines of a checkout, `period` is what they are for.

    `past` is the period that ended with it, which Stripe puts on the invoice itself. `asked` is what the school
    wants to stand on it: custom_fields, description, footer, metadata. `subscription` None is a bill of one purchase.
    """

    items: list[Json]
    currency: str
    customer: str | None
    details: Json
    reason: str
    period: tuple[int, int]
    past: tuple[int, int]
    is_taxed: bool
    asked: Json = field(default_factory=dict)
    subscription: Json | None = None


def invoice(bill: Bill, number: str, now: int, base_url: str) -> Json:
    """An invoice that is open: everything on it is due."""
    id = objects.new_id("in_")
    lines = [_line(item, bill, id) for item in bill.items]
    return {
        "id": id,
        "object": "invoice",
        **dict.fromkeys(NOTHINGS),
        **dict.fromkeys(ZEROS, 0),
        **_sums(bill.items),
        **_of_customer(bill),
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": bill.subscription is not None,
        "automatic_tax": _automatic_tax(bill),
        "billing_reason": bill.reason,
        "collection_method": "charge_automatically",
        "created": now,
        "currency": bill.currency,
        "default_tax_rates": [],
        "custom_fields": bill.asked.get("custom_fields"),
        "description": bill.asked.get("description"),
        "discounts": [],
        "effective_at": now,
        "footer": bill.asked.get("footer"),
        "hosted_invoice_url": f"{base_url}/invoices/{id}",
        "invoice_pdf": f"{base_url}/invoices/{id}/pdf",
        "issuer": {"type": "self"},
        "lines": {"object": "list", "data": lines, "has_more": False, "url": f"/v1/invoices/{id}/lines"},
        "livemode": False,
        "metadata": bill.asked.get("metadata") or {},
        "next_payment_attempt": None,
        "number": number,
        "parent": _parent(bill.subscription),
        "payment_settings": dict.fromkeys(
            ("default_mandate", "payment_method_options", "payment_method_types")
        ),
        "period_end": bill.past[1],
        "period_start": bill.past[0],
        "status": "open",
        "status_transitions": {
            "finalized_at": now, "marked_uncollectible_at": None, "paid_at": None, "voided_at": None,
        },
        "webhooks_delivered_at": now,
    }  # fmt: skip


def _sums(items: list[Json]) -> Json:
    subtotal = sum(item["amount_subtotal"] for item in items)
    total = sum(item["amount_total"] for item in items)
    tax = sum(item["amount_tax"] for item in items)
    off = sum(item["amount_discount"] for item in items)
    inside = sum(item["amount_tax"] for item in items if item["price"]["tax_behavior"] == "inclusive")
    return {
        "amount_due": total,
        "amount_paid": 0,
        "amount_remaining": total,
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal - inside,
        "total": total,
        "total_pretax_credit_amounts": [],
        "total_discount_amounts": [{"amount": off, "discount": objects.new_id("di_")}] if off else [],
        "total_excluding_tax": total - tax,
        "total_taxes": [each for item in items for each in _taxes(item)],
    }


def _automatic_tax(bill: Bill) -> Json:
    known = {"liability": {"type": "self"}, "provider": "stripe", "status": "complete"}
    nothing = dict.fromkeys(("liability", "provider", "status"))
    return {"disabled_reason": None, "enabled": bill.is_taxed, **(known if bill.is_taxed else nothing)}


def _taxes(item: Json) -> list[Json]:
    if not item["amount_tax"]:
        return []
    inclusive = item["price"]["tax_behavior"] == "inclusive"
    taxed = item["amount_total"] - item["amount_tax"]
    return [
        {
            "amount": item["amount_tax"],
            "tax_behavior": "inclusive" if inclusive else "exclusive",
            "tax_rate_details": {"tax_rate": "txr_sandbox"},
            "taxability_reason": "standard_rated",
            "taxable_amount": taxed,
            "type": "tax_rate_details",
        }
    ]


def _of_customer(bill: Bill) -> Json:
    return {
        "customer": bill.customer,
        "customer_address": bill.details["address"],
        "customer_email": bill.details["email"],
        "customer_name": bill.details["name"],
        "customer_phone": bill.details["phone"],
        "customer_shipping": None,
        "customer_tax_exempt": bill.details["tax_exempt"],
        "customer_tax_ids": bill.details.get("tax_ids", []),
    }


def _parent(subscription: Json | None) -> Json | None:
    """How an invoice names its subscription in this version of the API."""
    if subscription is None:
        return None
    details = {
        "metadata": subscription["metadata"],
        "subscription": subscription["id"],
        "subscription_proration_date": None,
    }
    return {"quote_details": None, "subscription_details": details, "type": "subscription_details"}


def _line(item: Json, bill: Bill, invoice: str) -> Json:
    off = item["amount_discount"]
    price = {"price": item["price"]["id"], "product": item["price"]["product"]}
    pricing = {"price_details": price, "type": "price_details"}
    return {
        "id": objects.new_id("il_"),
        "object": "line_item",
        "amount": item["amount_subtotal"],
        "currency": bill.currency,
        "description": item["description"],
        "discount_amounts": [{"amount": off, "discount": objects.new_id("di_")}] if off else [],
        "discountable": True,
        "discounts": [],
        "invoice": invoice,
        "livemode": False,
        "metadata": {},
        "parent": _line_parent(item, bill.subscription),
        "period": {"end": bill.period[1], "start": bill.period[0]},
        "pretax_credit_amounts": [],
        "pricing": {**pricing, "unit_amount_decimal": item["price"]["unit_amount_decimal"]},
        "quantity": item["quantity"],
        "subscription": bill.subscription["id"] if bill.subscription else None,
        "subtotal": item["amount_subtotal"],
        "taxes": _taxes(item),
    }


def _line_parent(item: Json, subscription: Json | None) -> Json:
    shared: dict[str, Any] = {"proration": False, "proration_details": None}
    if subscription is None:
        details = {**shared, "invoice_item": objects.new_id("ii_"), "subscription": None}
        return {
            "invoice_item_details": details,
            "subscription_item_details": None,
            "type": "invoice_item_details",
        }
    details = {**shared, "invoice_item": None, "subscription": subscription["id"]}
    details["subscription_item"] = item.get("_subscription_item")
    return {
        "invoice_item_details": None,
        "subscription_item_details": details,
        "type": "subscription_item_details",
    }


def payment(invoice: Json, intent: str, now: int) -> Json:
    """How an invoice names what settles it in this version of the API: open until the intent succeeds."""
    return {
        "id": objects.new_id("inpay_"),
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": invoice["amount_due"],
        "created": now,
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": True,
        "livemode": False,
        "payment": {"payment_intent": intent, "type": "payment_intent"},
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
    }
