"""The hosted checkout page."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response as Answer

from sandbox import payments, sessions
from sandbox.account import Account
from sandbox.errors import Json


def blueprint(account: Account) -> Blueprint:
    pages = Blueprint("pages", __name__)

    @pages.get("/c/pay/<id>")
    def show(id: str) -> str:
        sessions.find(account, id)
        return "This is a sandbox: no money moves."

    @pages.post("/c/pay/<id>")
    def choose(id: str) -> Answer:
        with account.store.acting():
            session = payments.pay(account, id)
        return redirect(success_url(session), 303)

    return pages


def success_url(session: Json) -> str:
    address: str = session["success_url"]
    return address.replace("{CHECKOUT_SESSION_ID}", session["id"])
