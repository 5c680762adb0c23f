"""The admin's payments: all money that moved, in and out, and the same as a file."""

from collections.abc import Iterable, Iterator, Sequence

from flask import Blueprint, Response

from admin import payments
from admin.listing import Listing, read_listing
from admin.page import Answer, exported, page
from admin.payments import PaymentLine
from admin.refund_words import ENTRIES
from admin.rules import mode_cell, utc_cell
from core.permissions import Permission
from core.web import allow

bp = Blueprint("admin_payments", __name__, url_prefix="/admin")
HEAD = "When (UTC)", "Order", "Address", "What", "Amount", "Currency", "Mode", "Stripe's id"


@bp.get("/payments")
@allow(Permission.MONEY)
def index() -> Answer:
    """What came and what went, the newest first."""
    asked = _asked()
    rows, shown = payments.page_of_payments(asked)
    return page("payments", "payments", asked=asked, rows=rows, shown=shown, kinds=ENTRIES)


@bp.get("/payments.csv")
@allow(Permission.MONEY)
def export() -> Response:
    """The same list, all pages of it, as a file for a spreadsheet. The trail keeps who took it."""
    asked = _asked()
    return exported("payments", "payment", _cells(payments.all_rows(asked)), asked.hidden())


def _asked() -> Listing:
    return read_listing("admin_payments.index", payments.PAYMENTS.orders, "-at", {"kind": ENTRIES})


def _cells(rows: Iterable[PaymentLine]) -> Iterator[Sequence[object]]:
    yield HEAD
    for row in rows:
        money = row.amount.amount, row.currency, mode_cell(row.livemode)
        yield utc_cell(row.at), row.number, row.email, row.what, *money, row.source_id
