"""The bills of a subscription at Stripe: read, given up, given back."""

from datetime import UTC, datetime
from typing import Any

from core.money import Money
from payments.billing import Invoice
from payments.gateway import _call, _once, _pages
from payments.taxes import taxed_invoice
from payments.values import StripeRefused

MOST = 400  # of one subscription: monthly bills of more than thirty years


def invoices_of(subscription_id: str, customer_id: str) -> tuple[Invoice, ...]:
    """All bills of a subscription, the oldest first, each with what went back of it."""
    asked: Any = {"subscription": subscription_id, "limit": 100, "expand": ["data.payments"]}
    found = list(_pages(lambda stripe, more: stripe.v1.invoices.list(asked | more), MOST))
    returned = _returned(customer_id)
    return tuple(_invoice(each, returned) for each in reversed(found))


def give_up(invoice_id: str, key: str) -> None:
    """Let an open bill be due no more; one that is open no more is left as it is."""
    try:
        _call(lambda stripe: stripe.v1.invoices.void_invoice(invoice_id, {}, _once(key)))
    except StripeRefused:
        return


def give_back(payment_id: str, key: str) -> None:
    """Give back all that is left of a bill's payment. `key` is our name for this refund."""
    params: Any = {"payment_intent": payment_id, "reason": "duplicate"}
    try:
        _call(lambda stripe: stripe.v1.refunds.create(params, _once(key)))
    except StripeRefused as refusal:
        if refusal.code != "charge_already_refunded":
            raise


def _returned(customer_id: str) -> dict[str, int]:
    """How much went back of each payment of a customer that was refunded at all."""
    asked: Any = {"customer": customer_id, "limit": 100}
    charges = _pages(lambda stripe, more: stripe.v1.charges.list(asked | more), MOST)
    return {each.payment_intent: _went_back(each.id) for each in charges if each.amount_refunded}


def _went_back(charge_id: str) -> int:
    asked: Any = {"charge": charge_id, "limit": 100}
    refunds = _pages(lambda stripe, more: stripe.v1.refunds.list(asked | more), MOST)
    return sum(each.amount for each in refunds if each.status == "succeeded")


def _invoice(given: Any, returned: dict[str, int]) -> Invoice:
    payment_id, paid_at = _payment_id(given), given.status_transitions.paid_at
    return Invoice(
        id=given.id,
        is_paid=given.status == "paid",
        is_open=given.status == "open",
        total=Money(given.total, given.currency.upper()),
        until=datetime.fromtimestamp(max(line.period.end for line in given.lines.data), UTC),
        paid_at=datetime.fromtimestamp(paid_at, UTC) if paid_at else None,
        payment_id=payment_id,
        refunded=returned.get(payment_id, 0),
        tax=taxed_invoice(given),
    )


def _payment_id(given: Any) -> str:
    """The payment that settled the bill, or that tries to."""
    found = [each.payment.payment_intent for each in given.payments.data if each.payment.payment_intent]
    return str(found[0]) if found else ""
