"""The bills of a subscription at Stripe: read, given up, given back."""

from datetime import UTC, datetime
from typing import Any

from core.money import Money
from payments.billing import Invoice
from payments.gateway import _call, _once, _pages, money_of
from payments.taxes import taxed_invoice
from payments.values import Payment, StripeRefused

MOST = 400  # of one subscription: monthly bills of more than thirty years


def invoices_of(subscription_id: str, customer_id: str) -> tuple[Invoice, ...]:
    """All bills of a subscription, the oldest first, each with the money that settled it."""
    asked: Any = {"subscription": subscription_id, "limit": 100, "expand": ["data.payments"]}
    found = list(_pages(lambda stripe, more: stripe.v1.invoices.list(asked | more), MOST))
    payments = _payments(customer_id)
    return tuple(_invoice(each, payments) for each in reversed(found))


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


def _payments(customer_id: str) -> dict[str, Payment]:
    """What each payment of a customer brought, by its id, with what went back of it."""
    asked: Any = {"customer": customer_id, "limit": 100, "expand": ["data.refunds"]}
    charges = _pages(lambda stripe, more: stripe.v1.charges.list(asked | more), MOST)
    return {each.payment_intent: money_of(each) for each in charges if each.paid}


def _invoice(given: Any, payments: dict[str, Payment]) -> Invoice:
    payment_id, paid_at = _payment_id(given), given.status_transitions.paid_at
    return Invoice(
        id=given.id,
        is_paid=given.status == "paid",
        is_open=given.status == "open",
        total=Money(given.total, given.currency.upper()),
        drawn_at=datetime.fromtimestamp(given.created, UTC),
        until=datetime.fromtimestamp(max(line.period.end for line in given.lines.data), UTC),
        paid_at=datetime.fromtimestamp(paid_at, UTC) if paid_at else None,
        payment_id=payment_id,
        payment=payments.get(payment_id),
        tax=taxed_invoice(given),
        url=given.hosted_invoice_url or "",
    )


def _payment_id(given: Any) -> str:
    """The payment that settled the bill, or that tries to."""
    found = [each.payment.payment_intent for each in given.payments.data if each.payment.payment_intent]
    return str(found[0]) if found else ""
