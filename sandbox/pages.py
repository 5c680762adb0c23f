"""The hosted checkout page and the receipt. They work without JavaScript, for there is none."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox import guard, payments, sessions
from sandbox.account import Account
from sandbox.errors import Json, Missing, Refused

BUTTONS = {"pay": payments.pay, "decline": payments.decline, "debit": payments.debit}


def blueprint(account: Account) -> Blueprint:
    pages = Blueprint("pages", __name__)

    @pages.get("/c/pay/<id>")
    def checkout(id: str) -> str:
        with account.store.acting():
            sessions.expire_due(account)
        return _checkout(account, sessions.find(account, id))

    @pages.post("/c/pay/<id>")
    def choose(id: str) -> Response | tuple[str, int]:
        with account.store.acting():
            sessions.expire_due(account)
        session = sessions.find(account, id)
        if request.form.get("action") == "cancel" and session["cancel_url"]:
            return redirect(session["cancel_url"], 303)
        email = session["customer_email"] or request.form.get("email", "").strip()
        if session["status"] == "open" and "@" not in email.strip("@"):
            return _checkout(account, session, "Write an e-mail address, such as name@example.org."), 400
        return _act(account, session, email)

    @pages.get("/receipts/<id>")
    def receipt(id: str) -> str:
        charge = account.store.get("charge", id)
        if charge is None:
            raise Missing("There is no such receipt.")
        return render_template("receipt.html", charge=charge)

    return pages


def _checkout(account: Account, session: Json, mistake: str | None = None) -> str:
    guard.let_forms_lead_to(session["success_url"], session["cancel_url"])
    intent = account.store.get("payment_intent", session["payment_intent"] or "")
    return render_template(
        "checkout.html",
        session=session,
        intent=intent,
        back=success_url(session) if session["status"] == "complete" else session["cancel_url"],
        mistake=mistake,
        typed=request.form.get("email", ""),
    )


def _act(account: Account, session: Json, email: str) -> Response:
    """Do what the button says; a session that has ended meanwhile shows its end."""
    button = BUTTONS.get(request.form.get("action", ""))
    if button is None:
        raise Missing("The page has no such button.")
    try:
        with account.store.acting():
            session = button(account, session["id"], email)
    except Refused:
        return redirect(url_for("pages.checkout", id=session["id"]), 303)
    if session["status"] == "complete":
        return redirect(success_url(session), 303)
    return redirect(url_for("pages.checkout", id=session["id"]), 303)


def success_url(session: Json) -> str:
    """Where the buyer goes after paying, the session's id written in."""
    address: str = session["success_url"]
    return address.replace("{CHECKOUT_SESSION_ID}", session["id"])
