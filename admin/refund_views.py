"""The admin's refunds: the list, giving an order's money back, and what learners ask for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from flask import Blueprint, Response, flash, redirect, request, url_for

from accounts.freshness import fresh, sent_or_typed
from admin import refund_words, refunds
from admin.forms import ButtonForm, DeclineForm, RefundForm
from admin.listing import Listing, read_listing
from admin.order_access import access_by
from admin.order_words import STARTERS, in_words
from admin.page import Answer, exported, page
from admin.refunds import RefundLine
from admin.rules import mode_cell, utc_cell
from core.database import transaction
from core.errors import Conflict, InvalidInput, NotFound, Unavailable
from core.money import Money
from core.permissions import Permission
from core.web import allow, signed_in
from payments import gateway
from payments.values import RefundState
from shop.disputes import services as disputes
from shop.models import Order
from shop.orders import find_order
from shop.refunds import requests, sending, services
from shop.refunds.models import RefundRow
from shop.refunds.requests import ANSWERED
from shop.refunds.rules import RequestState
from teams.seats import use_of

bp = Blueprint("admin_refunds", __name__, url_prefix="/admin")
HEAD = (
    "Written down (UTC)", "Order", "Address", "State", "Why", "Note", "Amount", "Currency", "Mode", "Settled (UTC)",
    "Stripe's id",
)  # fmt: skip
UNANSWERED = (
    "The refund is written down, and the payment service has not answered yet. The reconciler goes on with it: it is "
    "made once, whatever happens."
)


@bp.get("/refunds")
@allow(Permission.MONEY)
def index() -> Answer:
    """What went back, or is to go back, of which order."""
    asked = _asked()
    rows, shown = refunds.page_of_refunds(asked)
    return page(
        "refunds", "refunds",
        asked=asked, rows=rows, shown=shown, states=in_words(refund_words.STATES),
    )  # fmt: skip


@bp.get("/refunds.csv")
@allow(Permission.MONEY)
def export() -> Response:
    """The same list, all pages of it, as a file for a spreadsheet. The trail keeps who took it."""
    asked = _asked()
    return exported("refunds", "refund", list(_cells(refunds.all_refunds(asked))), asked.hidden())


@bp.route("/orders/<number>/refund", methods=["GET", "POST"])
@allow(Permission.MONEY)
@fresh()
def refund(number: str) -> Answer:
    """Give the money of an order back, wholly or in part, after a page that says what follows."""
    order, payment_id = find_order(number), request.args.get("payment", "")
    left = services.left_of(order, payment_id)
    in_all = services.left_beside(order, services.refunds_of(order))
    why_not = _why_not(order, left)
    use, price = use_of(order.id), partial(services.price_of_seats, order)
    form = RefundForm(left, in_all, use.free, price, formdata=sent_or_typed())
    preview: list[str] = []
    if not why_not and not form.is_changed and form.validate_on_submit():
        wish = replace(form.wish(), payment_id=payment_id)
        if form.is_confirmed:
            return _give_back(number, wish)
        preview = list(refund_words.consequences(order.state, wish, in_all, use, access_by(order.id)))
    return page(
        "refund", "orders", form,
        order=order, left=left, why_not=why_not, preview=preview, wish=form.wish() if preview else None,
        address=url_for("admin_refunds.refund", number=number, payment=payment_id or None),
    )  # fmt: skip


@bp.get("/refund-requests")
@allow(Permission.MONEY)
def asked() -> Answer:
    """What learners ask for."""
    wanted = read_listing(
        "admin_refunds.asked", refunds.REQUESTS_MADE.orders, "-asked", {"state": refund_words.REQUESTS}
    )
    rows, shown = refunds.page_of_requests(wanted)
    return page(
        "refund_requests", "refunds", ButtonForm(),
        asked=wanted, rows=rows, shown=shown, states=in_words(refund_words.REQUESTS),
    )  # fmt: skip


@bp.post("/refund-requests/<int:request_id>/approve")
@allow(Permission.MONEY)
@fresh("admin_refunds.asked")
def approve(request_id: int) -> Answer:
    """Give all of it back, as the learner asked."""
    with transaction():
        refund_id = requests.approve(request_id, signed_in().user_id)
    try:
        with gateway.patience():
            sending.send(refund_id, "refund")
    except Unavailable:
        flash(UNANSWERED, "warn")
    else:
        flash(*_told(services.find_refund(refund_id)))
    return redirect(url_for("admin_refunds.asked", state="open"), 303)


@bp.route("/refund-requests/<int:request_id>/decline", methods=["GET", "POST"])
@allow(Permission.MONEY)
@fresh()
def decline(request_id: int) -> Answer:
    """Say no, with a sentence that the learner gets by mail."""
    found = refunds.request_line(request_id)
    if found is None:
        raise NotFound("There is no such request.")
    if found.row.state is not RequestState.OPEN:
        raise Conflict(ANSWERED)
    form = DeclineForm(formdata=sent_or_typed())
    if not form.validate_on_submit():
        return page("decline_refund", "refunds", form, line=found)
    with transaction():
        requests.decline(request_id, form.sentence.data or "", signed_in().user_id)
    flash("The learner has your answer by mail.", "success")
    return redirect(url_for("admin_refunds.asked", state="open"), 303)


@bp.get("/ledger")
@allow(Permission.MONEY)
def ledger() -> Answer:
    """The nightly comparisons of the ledger with Stripe."""
    wanted = read_listing("admin_refunds.ledger", refunds.REPORT_COLUMNS, "-day", {})
    rows, shown = refunds.page_of_reports(wanted)
    return page(
        "ledger", "reconcile", rows=rows, pager=wanted.pager(shown), faults=refund_words.FAULTS,
        verdicts=refund_words.VERDICTS, money=Money, starters=STARTERS,
    )  # fmt: skip


def _why_not(order: Order, left: Money) -> str:
    """Why nothing of the order can go back now; empty where something can."""
    if not left.minor:
        return "There is nothing of this order that could go back."
    return services.DISPUTED if disputes.is_disputed(order.id) else ""


def _give_back(number: str, wish: services.Wish) -> Answer:
    try:
        flash(*_told(sending.give_back(number, wish, signed_in().user_id)))
    except Unavailable:
        flash(UNANSWERED, "warn")
    except (Conflict, InvalidInput) as problem:  # Somebody else was quicker.
        flash(problem.sentence, "warn")
    return redirect(url_for("admin_orders.show", number=number), 303)


def _told(row: RefundRow) -> tuple[str, str]:
    """What became of a refund, as a sentence and its kind."""
    if row.state is RefundState.SUCCEEDED:
        return f"{row.amount} went back.", "success"
    if row.state is RefundState.FAILED:
        return f"{row.amount} did not go back. {row.failure}", "warn"
    return f"{row.amount} is on its way back. What follows from it follows when it has arrived.", "info"


def _asked() -> Listing:
    return read_listing(
        "admin_refunds.index", refunds.REFUNDS.orders, "-made", {"state": refund_words.STATES}
    )


def _cells(lines: Iterable[RefundLine]) -> Iterator[Sequence[object]]:
    yield HEAD
    for line in lines:
        row = line.row
        yield (
            utc_cell(row.created_at), line.number, line.email, line.word.text, line.reason, row.note,
            row.amount.amount, row.currency, mode_cell(line.livemode), utc_cell(row.settled_at),
            row.stripe_id or "",
        )  # fmt: skip
