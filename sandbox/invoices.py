"""Invoices: drawn for what was bought, and settled by payment intents."""

from sandbox import bills, events
from sandbox.account import Account
from sandbox.bills import Bill
from sandbox.errors import Json, Missing, Refused


def draw(account: Account, bill: Bill) -> Json:
    """A new invoice, finalised: its sum is fixed and due."""
    count = account.store.setting("invoices", 0) + 1
    account.store.set("invoices", count)
    invoice = bills.invoice(bill, f"SANDBOX-{count:04d}", account.now(), account.settings.base_url)
    account.store.put(invoice)
    events.emit(account, "invoice.finalized", invoice)
    return invoice


def of_session(account: Account, session: Json) -> Json:
    """The invoice of a purchase that has been paid."""
    now, asked = account.now(), session["invoice_creation"]["invoice_data"]
    bill = Bill(
        session["_items"],
        session["currency"],
        session["customer"],
        session["customer_details"],
        "manual",
        (now, now),
        (now, now),
        session["automatic_tax"]["enabled"],
        asked,
    )
    invoice = draw(account, bill)
    if session["_intent"]:
        ask(account, invoice, session["_intent"])
    return settle(account, invoice)


def find(account: Account, id: str) -> Json:
    found = account.store.get("invoice", id)
    if found is None:
        raise Missing(f"No such invoice: {id}.", param="invoice", code="resource_missing")
    return found


def void(account: Account, id: str, request: Json | None = None) -> Json:
    """Give up an invoice that is due: nobody is to pay it any more."""
    invoice = find(account, id)
    if invoice["status"] != "open":
        raise Refused(
            f"Only an open invoice can be voided; this one is {invoice['status']}.", param="invoice"
        )
    invoice |= {"status": "void", "next_payment_attempt": None, "amount_remaining": 0}
    invoice["status_transitions"]["voided_at"] = account.now()
    account.store.put(invoice)
    events.emit(account, "invoice.voided", invoice, request)
    return invoice


def subscription_of(invoice: Json) -> str | None:
    """The id of the subscription that an invoice is of; None for a bill of one purchase."""
    details = (invoice["parent"] or {}).get("subscription_details")
    return details and str(details["subscription"])


def open_of(account: Account, subscription: str) -> list[Json]:
    """A subscription's invoices that are due, the oldest first."""
    found = [each for each in account.store.all("invoice") if each["status"] == "open"]
    return [each for each in reversed(found) if subscription_of(each) == subscription]


def payments(account: Account, id: str) -> list[Json]:
    """What settles an invoice, the newest first."""
    return [each for each in account.store.all("invoice_payment") if each["invoice"] == id]


def ask(account: Account, invoice: Json, intent: str) -> Json:
    """Tie a payment intent to an invoice."""
    return account.store.put(bills.payment(invoice, intent, account.now()))


def settle(account: Account, invoice: Json) -> Json:
    """The invoice is paid."""
    now = account.now()
    for each in payments(account, invoice["id"]):
        paid = {"status": "paid", "amount_paid": invoice["amount_due"]}
        account.store.put(each | paid | {"status_transitions": {"canceled_at": None, "paid_at": now}})
    invoice |= {"status": "paid", "amount_paid": invoice["amount_due"], "amount_remaining": 0}
    invoice |= {"attempted": True, "next_payment_attempt": None}
    invoice["status_transitions"]["paid_at"] = now
    account.store.put(invoice)
    events.emit(account, "invoice.paid", invoice)
    return invoice
