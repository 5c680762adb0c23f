"""The pages of what is billed: the portal of a customer, invoices with their PDF, receipts."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox import billing, customers, guard, invoices, money, passing, pdf, portal, subscriptions
from sandbox.account import Account
from sandbox.errors import Json, Missing

CARDS = {"good": 0, "bad": None}  # how many charges to come the new card declines; None is all


def blueprint(account: Account) -> Blueprint:
    pages = Blueprint("billing", __name__)

    @pages.get("/p/session/<id>")
    def portal_page(id: str) -> str:
        passing.catch_up(account)
        return _portal(account, portal.find(account, id))

    @pages.post("/p/session/<id>/card")
    def change_card(id: str) -> Response:
        session = portal.find(account, id)
        card = request.form.get("card")
        if card not in CARDS:
            raise Missing("The page has no such button.")
        with account.store.acting():
            customers.set_card(account, session["customer"], CARDS[card])
        return redirect(portal.after_change(session) or url_for("billing.portal_page", id=id), 303)

    @pages.post("/p/session/<id>/subscriptions/<subscription>")
    def end_subscription(id: str, subscription: str) -> Response:
        session = portal.find(account, id)
        with account.store.acting():
            found = subscriptions.find(account, subscription)
            if session["flow"] or found["customer"] != session["customer"]:
                raise Missing("There is no such subscription.")
            subscriptions.update(account, subscription, {"cancel_at_period_end": True})
        return redirect(url_for("billing.portal_page", id=id), 303)

    @pages.get("/invoices/<id>")
    def invoice(id: str) -> str:
        passing.catch_up(account)
        return render_template("invoice.html", invoice=invoices.find(account, id))

    @pages.post("/invoices/<id>")
    def pay_invoice(id: str) -> Response:
        with account.store.acting():
            if request.form.get("card") == "good":
                customers.set_card(account, invoices.find(account, id)["customer"], CARDS["good"])
            billing.pay(account, id, {})
        return redirect(url_for("billing.invoice", id=id), 303)

    @pages.get("/invoices/<id>/pdf")
    def invoice_pdf(id: str) -> Response:
        found = invoices.find(account, id)
        name = f'inline; filename="{found["number"]}.pdf"'
        body = pdf.page(_lines(found))
        return Response(body, mimetype="application/pdf", headers={"Content-Disposition": name})

    @pages.get("/receipts/<id>")
    def receipt(id: str) -> str:
        charge = account.store.get("charge", id)
        if charge is None:
            raise Missing("There is no such receipt.")
        return render_template("receipt.html", charge=charge)

    return pages


def _portal(account: Account, session: Json) -> str:
    guard.let_forms_lead_to(session["return_url"], portal.after_change(session))
    mine = [each for each in account.store.all("subscription") if each["customer"] == session["customer"]]
    return render_template(
        "portal.html",
        session=session,
        customer=customers.find(account, session["customer"]),
        subscriptions=mine,
        invoices=[each for each in account.store.all("invoice") if each["customer"] == session["customer"]],
    )


def _lines(invoice: Json) -> list[str]:
    """An invoice as lines of text."""
    currency = invoice["currency"]
    return [
        "Sandbox: no money moves.",
        f"Invoice {invoice['number']} ({invoice['status']})",
        f"To {invoice['customer_name'] or invoice['customer_email']}",
        *(f"{each['name']}: {each['value']}" for each in invoice["custom_fields"] or []),
        *(f"{each['quantity']} x {each['description']}" for each in invoice["lines"]["data"]),
        f"Tax {money.written(sum(each['amount'] for each in invoice['total_taxes']), currency)}",
        f"Total {money.written(invoice['total'], currency)}",
    ]
