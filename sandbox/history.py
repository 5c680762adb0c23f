"""What was paid before the sandbox began: a demo whose school has a past tells of it, so that it can be refunded, and
compared with the balance. Nothing is delivered of it, for the school knows."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import api, checkout, intents, objects, sessions, sums
from sandbox.account import Account
from sandbox.errors import InvalidRequest, Json, StripeError

TYPES = {
    "session": str, "payment_intent": str, "charge": str, "email": str, "title": str, "currency": str,
    "amount": int, "quantity": int, "paid_at": int, "metadata": dict,
}  # fmt: skip


def tell(account: Account, payments: list[Json]) -> int:
    """Take in the payments whose session is not known yet: how many those were."""
    for payment in payments:
        _check(payment)
    with account.store.acting():
        new = [each for each in payments if account.store.get("checkout.session", each["session"]) is None]
        for payment in sorted(new, key=lambda each: each["paid_at"]):
            with account.at(payment["paid_at"]):
                _take_in(account, payment)
    return len(new)


def blueprint(account: Account) -> Blueprint:
    """The door stays open where the control API is closed: it asks for a key, and changes nothing that is there."""
    history = Blueprint("history", __name__)

    @history.errorhandler(StripeError)
    def refused(refusal: StripeError) -> tuple[Response, int]:
        return jsonify(refusal.body()), refusal.status

    @history.post("/_history")
    def payments() -> Response:
        api.authenticate()
        given: Any = request.get_json(silent=True) if request.is_json else None
        if not isinstance(given, dict) or not isinstance(given.get("payments"), list):
            raise InvalidRequest("Send a JSON object with a list of payments.", param="payments")
        return jsonify(new=tell(account, given["payments"]))

    return history


def _check(payment: Any) -> None:
    for name, type in TYPES.items():
        if not isinstance(payment, dict) or not isinstance(payment.get(name), type):
            raise InvalidRequest(f"Each payment needs {name}, as {type.__name__}.", param=name)


def _take_in(account: Account, payment: Json) -> None:
    now, base_url, email = account.now(), account.settings.base_url, payment["email"]
    session = _session(payment, now, base_url)
    intent = objects.payment_intent(session, payment["amount"], {"metadata": payment["metadata"]}, now)
    intent |= {"id": payment["payment_intent"]}
    charge = objects.charge(intent, "card", email, now, base_url) | {
        "id": payment["charge"],
        "receipt_url": f"{base_url}/receipts/{payment['charge']}",
    }
    intent |= {"latest_charge": charge["id"], "payment_method": charge["payment_method"]}
    intents.take_money(account, intent, charge)
    account.store.put(session | {"payment_intent": intent["id"], "_intent": intent["id"]})


def _session(payment: Json, now: int, base_url: str) -> Json:
    price = {
        "currency": payment["currency"], "unit_amount": payment["amount"] // payment["quantity"],
        "product_data": {"name": payment["title"]},
    }  # fmt: skip
    params = {
        "mode": "payment", "success_url": base_url, "customer_email": payment["email"],
        "metadata": payment["metadata"],
    }  # fmt: skip
    session = checkout.session(params, [checkout.line_item(price, payment["quantity"], now)], now, base_url)
    session["_coupon"] = None
    sessions.price(session, sums.NO_TAX)
    done = {"status": "complete", "payment_status": "paid", "url": None}
    return session | done | {"id": payment["session"]}
