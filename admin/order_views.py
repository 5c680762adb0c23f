"""The admin's orders, the events of Stripe and the reconciler: pages, the export, and asking Stripe again."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, request, url_for

from accounts.freshness import fresh
from admin import disputes, order_words, orders, overview, refund_words, refunds, seats, stripe_records
from admin.enrollments import course_choices
from admin.forms import ButtonForm
from admin.listing import Listing, read_listing
from admin.order_words import Verdict
from admin.page import Answer, exported, page
from admin.plans import payments_of, term_of
from admin.rules import mode_cell, utc_cell
from core.audit import record
from core.config import current_config
from core.database import transaction
from core.errors import Conflict, Unavailable
from core.permissions import Permission
from core.web import allow, signed_in
from payments.values import Session, StripeSilent
from shop import checkout, reconcile
from shop.taxes import Tax
from shop.turns import accept as accept_order

bp = Blueprint("admin_orders", __name__, url_prefix="/admin")
HEAD = (
    "Order", "Ordered", "Name", "Email address", "Company", "Its order number", "Course", "State",
    "Amount", "Refunded", "Currency", "Mode",
    "Paid", "Refunded on", "Paid by", "Stripe session", "Stripe payment",
    "Net", "Tax", "Tax in refunded", "Tax country", "Tax number",
)  # fmt: skip
SILENT = (
    "Stripe does not answer at the moment. What stands here is what the school knows. Try again in a minute."
)
NO_CHECKOUT = "Stripe has never heard of this order: its buyer did not get as far as the checkout."
NOT_OURS = "Stripe does not hold this session as one of this school's, so nothing was changed."


@dataclass(frozen=True)
class StripeNow:
    """What Stripe says of an order at this moment, or why it says nothing (`trouble`)."""

    session: Session | None
    trouble: str = ""


@bp.get("/orders")
@allow(Permission.MONEY)
def index() -> Answer:
    """What was ordered, and what became of it."""
    courses = course_choices()
    asked = _asked(courses)
    rows, shown = orders.page_of_orders(asked)
    return page(
        "orders", "orders",
        asked=asked, rows=rows, shown=shown, courses=courses,
        states=order_words.in_words(order_words.STATES),
    )  # fmt: skip


@bp.get("/orders.csv")
@allow(Permission.MONEY)
def export() -> Response:
    """The same list, all pages of it, as a file for a spreadsheet. The trail keeps who took it."""
    asked = _asked(course_choices())
    return exported("orders", "order", _cells(orders.all_rows(asked)), asked.hidden())


@bp.get("/orders/<number>")
@allow(Permission.MONEY)
def show(number: str) -> Answer:
    """One order. Stripe is asked only on request, so that the page never waits for it."""
    stripe = _ask_stripe(number) if request.args.get("stripe") == "now" else None
    file = orders.find_file(number)
    verdict, facts = _compared(file, stripe)
    return page(
        "order", "orders", ButtonForm(),
        file=file, order=file.order, stripe=stripe, verdict=verdict, facts=facts, fates=order_words.FATES,
        takes_money=current_config().takes_money, refund_word=refunds.word_of, refund_reason=refunds.reason_of,
        entry_words=refund_words.ENTRIES, dispute_words=disputes.STATES, plan=term_of(file.order),
        payments=payments_of(file.order, file.refunds) if file.order.rhythm else [],
        gift=file.gift, seats=seats.counted(file.order),
    )  # fmt: skip


@bp.post("/orders/<number>/read")
@allow(Permission.MONEY)
def read_again(number: str) -> Answer:
    """Make the order what Stripe says it is, as the webhook would have."""
    before, session_id = orders.state_of(number)
    if session_id is None:
        flash(NO_CHECKOUT, "warn")
    else:
        flash(*_read_again(number, session_id, before))
    return redirect(url_for("admin_orders.show", number=number), 303)


@bp.post("/orders/<number>/accept")
@allow(Permission.MONEY)
@fresh("admin_orders.show")
def accept(number: str) -> Answer:
    """Let in the buyer of an order that was paid otherwise than it was ordered."""
    with transaction():
        accept_order(number, signed_in().user_id)
    flash("The order is accepted, and its buyer is in.", "success")
    return redirect(url_for("admin_orders.show", number=number), 303)


@bp.get("/events")
@allow(Permission.MONEY)
def events() -> Answer:
    """What Stripe told, and what became of it."""
    kinds = stripe_records.kinds()
    allowed = {"fate": order_words.FATES, "kind": kinds}
    asked = read_listing("admin_orders.events", stripe_records.EVENTS.orders, "-received", allowed)
    rows, shown = stripe_records.page_of_events(asked)
    return page(
        "events", "events",
        asked=asked, rows=rows, shown=shown, kinds=[(kind, kind) for kind in kinds],
        fates=order_words.in_words(order_words.FATES),
    )  # fmt: skip


@bp.get("/reconcile")
@allow(Permission.MONEY)
def runs() -> Answer:
    """What the reconciler did."""
    asked = read_listing("admin_orders.runs", stripe_records.RUN_COLUMNS, "-started", {})
    rows, shown = stripe_records.page_of_runs(asked)
    return page(
        "reconcile", "reconcile", ButtonForm(),
        rows=rows, pager=asked.pager(shown), worker=overview.worker_state(),
        takes_money=current_config().takes_money,
    )  # fmt: skip


@bp.post("/reconcile")
@allow(Permission.MONEY)
def reconcile_now() -> Answer:
    """Have the worker reconcile."""
    with transaction():
        reconcile.ring("admin")
        record("stripe.reconcile", "stripe", actor_id=signed_in().user_id)
    flash("The worker was asked to reconcile. Load this page again in a moment to see its report.", "info")
    return redirect(url_for("admin_orders.runs"), 303)


def _ask_stripe(number: str) -> StripeNow:
    try:
        session = checkout.look_up(number)
    except StripeSilent:
        return StripeNow(None, SILENT)
    except (Unavailable, Conflict) as trouble:
        return StripeNow(None, trouble.sentence)
    return StripeNow(session, "" if session else NO_CHECKOUT)


def _compared(
    file: orders.OrderFile, stripe: StripeNow | None
) -> tuple[Verdict | None, list[tuple[str, str]]]:
    if stripe is None or stripe.session is None:
        return None, []
    # Of a plan the session tells of the first payment alone; its bills are read by reading again.
    if file.order.rhythm:
        return None, order_words.facts_of(stripe.session)
    verdict = order_words.compare(stripe.session, file.order.state, file.order.price, file.order.refunded)
    return verdict, order_words.facts_of(stripe.session)


def _read_again(number: str, session_id: str, before: str) -> tuple[str, str]:
    """What came of it, as a sentence and its kind. The trail keeps who asked."""
    try:
        found = checkout.fulfill(session_id, "admin")
    except StripeSilent:
        return SILENT, "warn"
    except (Unavailable, Conflict) as trouble:
        return trouble.sentence, "warn"
    after, _ = orders.state_of(number)
    with transaction():
        turn = {"state": [before, after]}
        record("order.read", f"order:{number}", turn, actor_id=signed_in().user_id)
    if found is None:
        return NOT_OURS, "warn"
    old, new = order_words.STATES[before].text, order_words.STATES[after].text
    if after == before:
        return f"Stripe was asked, and nothing changed: the order is “{new}”.", "info"
    return f"The order was “{old}” and is “{new}” now.", "success"


def _asked(courses: list[tuple[str, str]]) -> Listing:
    allowed = {"state": order_words.STATES, "course": dict(courses)}
    return read_listing("admin_orders.index", orders.ORDERS.orders, "-ordered", allowed)


def _cells(rows: Iterator[orders.OrderRow]) -> Iterator[tuple[object, ...]]:
    yield HEAD
    for row in rows:
        yield (
            row.number, utc_cell(row.created_at), row.name or "", row.email, row.company, row.order_reference,
            row.title, row.word.text,
            row.amount.amount, row.refunded.amount, row.amount.currency, mode_cell(row.livemode),
            utc_cell(row.paid_at), utc_cell(row.refunded_at), row.payment_method, row.session_id or "",
            row.payment_id or "", *_tax_cells(row.tax), row.tax_country, row.tax_number,
        )  # fmt: skip


def _tax_cells(tax: Tax | None) -> tuple[object, ...]:
    return ("", "", "") if tax is None else (tax.net.amount, tax.amount.amount, tax.returned.amount)
