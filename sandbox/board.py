"""The board: every payment and subscription and what may be done to it, the clock, every event, the faults."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox import board_rows, charges, control, deliveries, faults, passing, subscriptions, taxes
from sandbox.account import Account
from sandbox.errors import InvalidRequest, Json, Missing

SHOWN = 25  # sessions, subscriptions and events, the newest
DAY = 24 * 3600
LEAPS = {"day": DAY, "week": 7 * DAY, "month": 31 * DAY, "year": 366 * DAY}  # by which the clock may be moved
LABELS = {
    "expire": "Expire",
    "settle": "Let the money arrive",
    "fail": "Let it fail",
    "dispute": "Dispute",
    "inquiry": "Inquire",
    "won": "Decide for the school",
    "lost": "Decide for the buyer",
    "warning_closed": "Close the inquiry",
    "escalate": "Make it a dispute",
    "accepted": "Accept the card from now on",
    "declined": "Decline the card from now on",
    "once": "Decline the card once",
    "end": "Cancel at the period's end",
    "cancel": "Cancel now",
    "refund": "Refund in full",
    "half": "Refund half",
    "arrive": "Let the refund arrive",
    "fall": "Let the refund fail",
}


# What the board does to a session beyond what the control API does under the same names.
ACTS: dict[str, Callable[[Account, str], Json]] = {
    "refund": control.refund,
    "half": lambda account, id: control.refund(account, id, _half(account, id)),
    "dispute": control.dispute,
    "inquiry": lambda account, id: control.dispute(account, id, status="warning_needs_response"),
}
SUBSCRIPTION_ACTS: dict[str, Callable[[Account, str], Json]] = {
    "accepted": lambda account, id: control.set_card(account, id, 0),
    "declined": lambda account, id: control.set_card(account, id, None),
    "once": lambda account, id: control.set_card(account, id, 1),
    "end": lambda account, id: subscriptions.update(account, id, {"cancel_at_period_end": True}),
    "cancel": subscriptions.cancel,
}


def blueprint(account: Account) -> Blueprint:
    board = Blueprint("board", __name__)

    @board.get("/")
    def show() -> str:
        passing.catch_up(account)
        return _show(account)

    @board.post("/board/sessions/<id>/<name>")
    def act_on_session(id: str, name: str) -> Response:
        if name in ACTS:
            ACTS[name](account, id)
        else:
            control.act(account, id, name)
        return redirect(url_for("board.show"), 303)

    @board.post("/board/disputes/<id>/<name>")
    def act_on_dispute(id: str, name: str) -> Response:
        control.decide_dispute(account, id, name)
        return redirect(url_for("board.show"), 303)

    @board.post("/board/subscriptions/<id>/<name>")
    def act_on_subscription(id: str, name: str) -> Response:
        if name not in SUBSCRIPTION_ACTS:
            raise Missing("The board has no such button.")
        with account.store.acting():
            SUBSCRIPTION_ACTS[name](account, id)
        return redirect(url_for("board.show") + "#subscriptions", 303)

    @board.post("/board/clock")
    def move_clock() -> Response:
        account.advance_clock(LEAPS.get(request.form.get("leap", ""), 0))
        passing.catch_up(account)
        return redirect(url_for("board.show") + "#subscriptions", 303)

    @board.post("/board/clock/back")
    def set_clock_back() -> Response:
        account.set_clock(None)
        return redirect(url_for("board.show") + "#settings", 303)

    @board.post("/board/tax")
    def set_tax() -> Response:
        taxes.set_rate(account, request.form.get("percent", ""))
        return redirect(url_for("board.show") + "#settings", 303)

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
        rows=board_rows.payments(account, SHOWN),
        subscriptions=board_rows.subscriptions(account, SHOWN),
        events=board_rows.events(account, SHOWN),
        faults=account.faults.listed(),
        replies=faults.REPLIES,
        of_events=faults.EVENTS,
        statuses=faults.STATUSES,
        settings=account.settings,
        labels=LABELS,
        leaps=LEAPS,
        tax=account.store.setting("tax", "0"),
        now=account.now(),
        is_moved=account.is_moved(),
    )


def _half(account: Account, id: str) -> int:
    """Half of the session's payment, or what is left where that is less."""
    charge = charges.behind(account, id)
    left = charge["amount_captured"] - charge["amount_refunded"]
    return int(min(left, charge["amount"] // 2))


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
