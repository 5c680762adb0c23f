"""The board: every session and what may be done to it, every event and what became of it, the faults."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox import control, deliveries, events, faults, passing, refunds, sessions
from sandbox.account import Account
from sandbox.errors import InvalidRequest, Json

SHOWN = 25  # sessions and events, the newest
ACTS = {"open": ("expire",), "processing": ("settle", "fail"), "captured": ("refund", "half")}
LABELS = {
    "expire": "Expire",
    "settle": "Settle",
    "fail": "Let the debit fail",
    "refund": "Refund in full",
    "half": "Refund half",
    "arrive": "Let the refund arrive",
    "fall": "Let the refund fail",
}


def blueprint(account: Account) -> Blueprint:
    board = Blueprint("board", __name__)

    @board.get("/")
    def show() -> str:
        passing.catch_up(account)
        return _show(account)

    @board.post("/board/sessions/<id>/<name>")
    def act_on_session(id: str, name: str) -> Response:
        if name in ("refund", "half"):
            control.refund(account, id, _half(account, id) if name == "half" else None)
        else:
            control.act(account, id, name)
        return redirect(url_for("board.show"), 303)

    @board.post("/board/refunds/<id>/<name>")
    def act_on_refund(id: str, name: str) -> Response:
        control.act_on_refund(account, id, name)
        return redirect(url_for("board.show"), 303)

    @board.post("/board/events/<id>")
    def send_again(id: str) -> Response:
        deliveries.deliver_again(account, id)
        return redirect(url_for("board.show") + "#events", 303)

    @board.post("/board/faults")
    def order_fault() -> Response:
        account.faults.order(faults.Fault.read(_fault(request.form.to_dict())))
        return redirect(url_for("board.show") + "#faults", 303)

    @board.post("/board/faults/clear")
    def clear_faults() -> Response:
        account.faults.clear()
        return redirect(url_for("board.show") + "#faults", 303)

    return board


def _show(account: Account) -> str:
    return render_template(
        "board.html",
        rows=[_row(account, session) for session in account.store.all("checkout.session")[:SHOWN]],
        events=[_event(account, event) for event in account.store.all("event")[:SHOWN]],
        faults=account.faults.listed(),
        replies=faults.REPLIES,
        of_events=faults.EVENTS,
        statuses=faults.STATUSES,
        settings=account.settings,
        labels=LABELS,
        now=account.now(),
    )


def _row(account: Account, session: Json) -> dict[str, Any]:
    intent = sessions.intent_of(account, session) or {}
    charge = account.store.get("charge", intent.get("latest_charge") or "") or {}
    state = _state(session, intent, charge)
    return {
        "session": session,
        "charge": charge,
        "state": state,
        "acts": ACTS.get(state, ACTS["captured"] if state == "refunded in part" else ()),
        "refunds": refunds.of_charge(account, charge["id"]) if charge else [],
    }


def _state(session: Json, intent: Json, charge: Json) -> str:
    """One word for where a payment stands."""
    if session["status"] != "complete":
        return str(session["status"])
    if session["amount_total"] == 0:
        return "free"
    if intent["status"] != "succeeded":
        return "processing" if intent["status"] == "processing" else "failed"
    if charge["refunded"]:
        return "refunded"
    return "refunded in part" if charge["amount_refunded"] else "captured"


def _event(account: Account, event: Json) -> dict[str, Any]:
    return {"event": events.shown(account, event), "deliveries": deliveries.listed(account, event["id"])}


def _half(account: Account, id: str) -> int:
    """Half of the session's total, or what is left where that is less."""
    session = sessions.find(account, id)
    intent = sessions.intent_of(account, session) or {}
    charge = account.store.get("charge", intent.get("latest_charge") or "") or {}
    left = charge.get("amount_captured", 0) - charge.get("amount_refunded", 0)
    return int(min(left, session["amount_total"] // 2))


def _fault(form: dict[str, str]) -> Json:
    """The filled fields of the form, with their types; InvalidRequest where a number is none."""
    given: Json = {name: value for name, value in form.items() if value != ""}
    for name in ("count", "status", "seconds"):
        if name in given:
            given[name] = _number(given[name], name)
    return given | ({"before": True} if "before" in given else {})


def _number(text: str, name: str) -> int:
    if not text.isdecimal():
        raise InvalidRequest(f"{name} must be a whole number.", param=name)
    return int(text)
