"""Paying an invoice when the school asks, out of turn."""

from sandbox import intents, invoices, renewals, subscriptions
from sandbox.account import Account
from sandbox.errors import Declined, InvalidRequest, Json, Refused

TAKEN = ("expand", "off_session", "paid_out_of_band")


def pay(account: Account, id: str, params: Json) -> Json | Declined:
    """Try the customer's card for an open invoice, or take it as paid elsewhere; Declined is an outcome."""
    for name in params:
        if name not in TAKEN:
            raise InvalidRequest(f"{name} is not served by the sandbox.", param=name)
    invoice = invoices.find(account, id)
    if invoice["status"] != "open":
        code = "invoice_already_paid" if invoice["status"] == "paid" else None
        raise Refused(f"The invoice is {invoice['status']}.", code=code)
    if params.get("paid_out_of_band"):
        invoices.settle(account, invoice)
    is_paid = invoice["status"] == "paid" or renewals.collect(account, invoice, is_automatic=False)
    subscriptions.follow(account, invoice)
    return invoice if is_paid else Declined(intents.DECLINED["message"], code="card_declined")
