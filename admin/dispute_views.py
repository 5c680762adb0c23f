"""The admin's disputes: the list, one with its evidence, and handing it in."""

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO

from flask import Blueprint, Response, flash, redirect, send_file, url_for

from accounts.freshness import fresh, sent_or_typed
from admin import disputes, order_words
from admin.disputes import DisputeLine
from admin.forms import EvidenceForm
from admin.listing import Listing, read_listing
from admin.page import Answer, exported, page
from admin.rules import utc_cell
from core.audit import record
from core.clock import now
from core.config import current_config
from core.database import transaction
from core.errors import Unavailable
from core.permissions import Permission
from core.web import allow, signed_in
from payments.values import StripeRefused, StripeSilent
from shop.disputes.evidence import gather
from shop.disputes.pack import fields_of
from shop.disputes.sending import send
from shop.disputes.services import find_dispute

bp = Blueprint("admin_disputes", __name__, url_prefix="/admin/disputes")
HEAD = (
    "Opened (UTC)", "Order", "Address", "State", "Why", "Answer by (UTC)", "Amount", "Currency", "Evidence sent (UTC)",
    "Closed (UTC)", "Stripe's id",
)  # fmt: skip
SILENT = (
    "Stripe gave no answer, so it is not known whether the evidence arrived. It is kept as it was: press the button "
    "again, and Stripe takes it once."
)


@bp.get("")
@allow(Permission.MONEY)
def index() -> Answer:
    """What banks dispute, or ask about."""
    asked = _asked()
    rows, shown = disputes.page_of_disputes(asked)
    return page(
        "disputes", "disputes",
        asked=asked, rows=rows, pager=asked.pager(shown), states=order_words.in_words(disputes.STATES),
    )  # fmt: skip


@bp.get("/file.csv")
@allow(Permission.MONEY)
def export() -> Response:
    """The same list, all pages of it, as a file for a spreadsheet. The trail keeps who took it."""
    asked = _asked()
    return exported("disputes", "dispute", list(_cells(disputes.all_disputes(asked))), asked.hidden())


@bp.get("/<int:dispute_id>")
@allow(Permission.MONEY)
def show(dispute_id: int) -> Answer:
    """One dispute: until when to answer, and with what."""
    line = disputes.find_line(dispute_id)
    form = EvidenceForm(sent_or_typed())
    return page(
        "dispute", "disputes", form,
        line=line, row=line.row, names=disputes.FIELDS, evidence=_texts(line.row.evidence, dispute_id),
        sender=disputes.sender_of(line.row), takes_money=current_config().takes_money,
    )  # fmt: skip


@bp.post("/<int:dispute_id>/evidence")
@allow(Permission.MONEY)
@fresh("admin_disputes.show")
def send_evidence(dispute_id: int) -> Answer:
    """Hand the evidence in to Stripe, once."""
    form = EvidenceForm()
    texts = fields_of(gather(find_dispute(dispute_id)), form.note.data or "")
    if not form.validate_on_submit():
        flash(
            form.errors["note"][0] if "note" in form.errors else "The form had expired. Try again.", "error"
        )
    else:
        flash(*_sent(dispute_id, texts))
    return redirect(url_for("admin_disputes.show", dispute_id=dispute_id), 303)


@bp.get("/<int:dispute_id>/evidence.pdf")
@allow(Permission.MONEY)
def paper(dispute_id: int) -> Response:
    """The evidence on paper, for the school's own file. The trail keeps who took it."""
    from admin.dispute_paper import render_pdf  # typst is loaded by those who print, not by every page

    pack = gather(find_dispute(dispute_id))
    with transaction():
        record("dispute.export", f"order:{pack.number}", actor_id=signed_in().user_id)
    return send_file(
        BytesIO(render_pdf(pack, now())),
        mimetype="application/pdf",
        download_name=f"evidence-{pack.number}.pdf",
    )


def _texts(kept: dict[str, str] | None, dispute_id: int) -> dict[str, str]:
    """What was handed in, or what would be now."""
    return kept if kept is not None else fields_of(gather(find_dispute(dispute_id)))


def _sent(dispute_id: int, texts: dict[str, str]) -> tuple[str, str]:
    """What came of it, as a sentence and its kind."""
    try:
        send(dispute_id, texts, signed_in().user_id)
    except StripeSilent:
        return SILENT, "warn"
    except (Unavailable, StripeRefused) as trouble:
        return f"{trouble.sentence} Nothing was handed in.", "warn"
    return (
        "The evidence is with Stripe, which brings it to the bank. We write to you when it has decided.",
        "success",
    )


def _asked() -> Listing:
    return read_listing("admin_disputes.index", disputes.COLUMNS, "-opened", {"state": disputes.STATES})


def _cells(lines: Iterable[DisputeLine]) -> Iterator[Sequence[object]]:
    yield HEAD
    for line in lines:
        row = line.row
        yield (
            utc_cell(row.opened_at), line.number, line.email, line.word.text, line.reason, utc_cell(row.due_by),
            row.amount.amount, row.currency, utc_cell(row.evidence_sent_at), utc_cell(row.closed_at), row.stripe_id,
        )  # fmt: skip
