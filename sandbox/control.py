"""The handles that tests pull: JSON in, JSON out, no key. Can be closed by an option."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import (
    charges,
    customers,
    deliveries,
    disputes,
    objects,
    payments,
    refunds,
    renewals,
    sessions,
    taxes,
)
from sandbox.account import Account
from sandbox.buyers import Buyer
from sandbox.errors import InvalidRequest, Json, Missing, StripeError
from sandbox.faults import Fault

ACTS = {
    "settle": payments.settle,
    "fail": payments.fail,
    "expire": sessions.expire,
}
BUYERS_ACTS = {
    "pay": payments.pay,
    "decline": payments.decline,
    "debit": payments.debit,
    "transfer": payments.transfer,
}
REFUND_ACTS = {"arrive": refunds.arrive, "fall": refunds.fall}
DISPUTE_PARAMETERS = ("reason", "status", "amount", "due_by")


def act(account: Account, id: str, name: str, /, **buyer: Any) -> Json:
    """Do to a session what a buyer, a bank or time does; Refused where its state forbids it.

    `buyer` is what a buyer types: email, name, business_name, country, tax_id, fields.
    """
    if name not in {**ACTS, **BUYERS_ACTS}:
        raise Missing(f"No such act: {name}. There are {', '.join([*BUYERS_ACTS, *ACTS])}.")
    with account.store.acting():
        if name in BUYERS_ACTS:
            return BUYERS_ACTS[name](account, id, Buyer.read(buyer))
        return ACTS[name](account, id)


def act_on_refund(account: Account, id: str, name: str) -> Json:
    """Let a refund arrive, or fall back."""
    if name not in REFUND_ACTS:
        raise Missing(f"No such act: {name}. There are {', '.join(REFUND_ACTS)}.")
    with account.store.acting():
        return REFUND_ACTS[name](account, id)


def refund(account: Account, id: str, amount: int | None = None, status: str | None = None) -> Json:
    """Refund a payment as the owner would in Stripe's dashboard; `amount` None is what is left.

    `id` is of the session, the payment intent or the charge.
    """
    if status not in (None, *refunds.STATUSES):
        raise InvalidRequest(f"status must be one of {', '.join(refunds.STATUSES)}.", param="status")
    with account.store.acting():
        params: Json = {"charge": charges.behind(account, id)["id"]}
        return refunds.create(account, params | ({} if amount is None else {"amount": amount}), status=status)


def dispute(account: Account, id: str, **how: Any) -> Json:
    """A bank disputes a payment: `reason`, `status`, `amount`, `due_by` as `disputes.open` has them."""
    for name in how:
        if name not in DISPUTE_PARAMETERS:
            raise InvalidRequest(f"Unknown parameter: {name}.", param=name)
    with account.store.acting():
        return disputes.open(account, charges.behind(account, id), **how)


def decide_dispute(account: Account, id: str, verdict: str) -> Json:
    """What a bank decides of a dispute."""
    if verdict not in disputes.VERDICTS:
        raise Missing(f"No such act: {verdict}. There are {', '.join(disputes.VERDICTS)}.")
    with account.store.acting():
        return disputes.decide(account, id, verdict)


def set_card(account: Account, id: str, declines: int | None) -> Json:
    """How many charges to come a customer's card declines; None is all of them, until it is changed.

    `id` is of the customer or of a subscription.
    """
    with account.store.acting():
        subscription = account.store.get("subscription", id)
        return customers.set_card(account, subscription["customer"] if subscription else id, declines)


def let_time_pass(account: Account) -> None:
    """Let subscriptions go on to the account's time."""
    with account.store.acting():
        renewals.run_due(account)


def blueprint(account: Account) -> Blueprint:
    control = Blueprint("control", __name__, url_prefix="/_control")

    @control.errorhandler(StripeError)
    def refused(refusal: StripeError) -> tuple[Response, int]:
        return jsonify(refusal.body()), refusal.status

    @control.before_request
    def check() -> None:
        if request.method == "POST":
            _given()

    @control.post("/sessions/<id>/<name>")
    def act_on_session(id: str, name: str) -> Response:
        return _json(objects.public(act(account, id, name, **_given())))

    @control.post("/payments/<id>/disputes")
    def open_dispute(id: str) -> Response:
        return _json(dispute(account, id, **_given()))

    @control.post("/disputes/<id>/<name>")
    def change_dispute(id: str, name: str) -> Response:
        return _json(decide_dispute(account, id, name))

    @control.post("/payments/<id>/refunds")
    @control.post("/sessions/<id>/refunds")
    def refund_payment(id: str) -> Response:
        given = _given()
        return _json(refund(account, id, given.get("amount"), given.get("status")))

    @control.post("/refunds/<id>/<name>")
    def change_refund(id: str, name: str) -> Response:
        return _json(act_on_refund(account, id, name))

    @control.post("/deliveries")
    def deliver() -> Response:
        given = _given()
        if "event" in given:
            done = deliveries.deliver_again(account, given["event"])
        else:
            done = deliveries.deliver_due(account, bool(given.get("early")))
        return _json({"delivered": [asdict(each) for each in done]})

    @control.get("/deliveries")
    def list_deliveries() -> Response:
        return _json({"deliveries": deliveries.listed(account)})

    @control.route("/faults", methods=["GET", "POST", "DELETE"])
    def faults() -> Response:
        if request.method == "POST":
            account.faults.order(Fault.read(_given()))
        elif request.method == "DELETE":
            account.faults.clear()
        return _json({"faults": account.faults.listed()})

    @control.route("/clock", methods=["GET", "POST"])
    def clock() -> Response:
        if request.method == "POST":
            _set_clock(account, _given())
        return _json({"now": account.now()})

    @control.post("/customers/<id>/card")
    def card(id: str) -> Response:
        return _json(objects.public(set_card(account, id, _given().get("declines"))))

    @control.post("/tax")
    def tax() -> Response:
        taxes.set_rate(account, _given().get("percent", 0))
        return _json({"percent": account.store.setting("tax")})

    @control.get("/requests")
    def requests() -> Response:
        return _json({"requests": [asdict(each) for each in account.received]})

    @control.post("/reset")
    def reset() -> Response:
        account.reset()
        return _json({})

    return control


def _set_clock(account: Account, given: Json) -> None:
    """`fixed` holds the clock, null lets it run; `advance` moves it on by seconds."""
    if "fixed" in given:
        account.set_clock(given["fixed"])
    if "advance" in given:
        account.advance_clock(int(given["advance"]))
    let_time_pass(account)


def _given() -> Json:
    """The JSON of the request. Other types are refused, for a strange site's form can send them unasked."""
    given: Any = request.get_json(silent=True) if request.is_json else None
    if not isinstance(given, dict):
        raise InvalidRequest("Send a JSON object, as application/json.")
    return given


def _json(body: Json) -> Response:
    return jsonify(body)
