"""The hosted checkout page. It works without JavaScript, for there is none."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox import buyers, guard, objects, passing, payments, sessions, subscriptions, taxes
from sandbox.account import Account
from sandbox.buyers import Buyer
from sandbox.errors import Json, Missing, Refused

BUTTONS = {
    "pay": payments.pay,
    "decline": payments.decline,
    "debit": payments.debit,
    "transfer": payments.transfer,
}
COUNTRIES = ("US", "DE", "FR", "GB", "NL", "AT", "CH", "CA", "AU", "JP")
TYPED = ("email", "name", "business_name", "tax_id")


def blueprint(account: Account) -> Blueprint:
    pages = Blueprint("pages", __name__)

    @pages.get("/c/pay/<id>")
    def checkout(id: str) -> str:
        passing.catch_up(account)
        return _checkout(account, sessions.find(account, id))

    @pages.post("/c/pay/<id>")
    def choose(id: str) -> Response | tuple[str, int]:
        passing.catch_up(account)
        session = sessions.find(account, id)
        if request.form.get("action") == "cancel" and session["cancel_url"]:
            return redirect(session["cancel_url"], 303)
        buyer = _buyer(session)
        mistake = buyers.mistake(session, buyer, "terms" in request.form)
        if session["status"] == "open" and mistake:
            return _checkout(account, session, mistake), 400
        return _act(account, session, buyer)

    return pages


def _buyer(session: Json) -> Buyer:
    """What the form says of its buyer."""
    typed = {name: request.form.get(name, "").strip() for name in TYPED}
    country = request.form.get("country", "")
    fields = {
        each["key"]: request.form.get(f"field-{each['key']}", "").strip() for each in session["custom_fields"]
    }
    known = {name: value for name, value in typed.items() if value}
    return Buyer(**known, country=country if country in COUNTRIES else COUNTRIES[0], fields=fields)


def _checkout(account: Account, session: Json, mistake: str | None = None) -> str:
    guard.let_forms_lead_to(session["success_url"], session["cancel_url"])
    intent = sessions.intent_of(account, session)
    return render_template(
        "checkout.html",
        session=session,
        intent=intent,
        back=success_url(session) if session["status"] == "complete" else session["cancel_url"],
        mistake=mistake,
        typed=request.form,
        email=buyers.known_email(session),
        countries=COUNTRIES,
        renewal=subscriptions.renewal(session),
        tax_percent=taxes.percent(account, session),
        debit=objects.debit_method(session["currency"]) in session["payment_method_types"],
    )


def _act(account: Account, session: Json, buyer: Buyer) -> Response:
    """Do what the button says; a session that has ended meanwhile shows its end."""
    button = BUTTONS.get(request.form.get("action", ""))
    if button is None:
        raise Missing("The page has no such button.")
    try:
        with account.store.acting():
            session = button(account, session["id"], buyer)
    except Refused:
        return redirect(url_for("pages.checkout", id=session["id"]), 303)
    if session["status"] == "complete":
        return redirect(success_url(session), 303)
    return redirect(url_for("pages.checkout", id=session["id"]), 303)


def success_url(session: Json) -> str:
    """Where the buyer goes after paying, the session's id written in."""
    address: str = session["success_url"]
    return address.replace("{CHECKOUT_SESSION_ID}", session["id"])
