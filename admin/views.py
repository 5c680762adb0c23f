"""The admin's front page, its mail and its audit trail."""

from flask import Blueprint, flash, redirect, request, url_for

from admin import disputes, figures, overview, records, services, stripe_records
from admin.forms import ButtonForm
from admin.listing import read_listing
from admin.mail_kinds import may_read
from admin.models import Figure
from admin.page import Answer, page
from admin.periods import LENGTHS, read_period, refusal, stretches
from core.config import current_config
from core.database import transaction
from core.outbox import MailState
from core.permissions import Permission
from core.web import ADMIN, allow, signed_in

bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.get("")
@allow(Permission.OVERVIEW)
def index() -> Answer:
    """The school's figures of a period, and what waits for somebody."""
    period, length = read_period(request.args, figures.school_day())
    sums = figures.sums_of(period, stretches(period))
    return page(
        "overview", "overview",
        period=period, length=length, lengths=LENGTHS, refusal=refusal(request.args, period, length),
        sums=sums, Figure=Figure,
        cards=overview.cards(sums, with_money=signed_in().may(Permission.MONEY)),
        monies=sums.taken(current_config().is_live), learners=overview.mean_learners(sums),
        waiting=overview.waiting(), worker=overview.worker_state(),
        last_run=stripe_records.last_run(), takes_money=current_config().takes_money,
        disputed=disputes.waiting() if signed_in().may(Permission.MONEY) else None,
    )  # fmt: skip


@bp.get("/mail")
@allow(Permission.MAIL)
def mails() -> Answer:
    """The outbox."""
    asked = read_listing("admin.mails", records.MAILS.orders, "-created", {"state": records.MAIL_STATES})
    rows, shown = records.page_of_mails(asked)
    return page(
        "mails", "mail", ButtonForm(),
        asked=asked, rows=rows, shown=shown, states=records.MAIL_STATES, dead=MailState.DEAD,
        undelivered=records.undelivered(),
    )  # fmt: skip


@bp.get("/mail/<int:mail_id>")
@allow(Permission.MAIL)
def mail(mail_id: int) -> Answer:
    """One mail as it was, or will be, sent; links that open an account are hidden, and so is what is about money to
    who may not see any."""
    found, text = records.find_mail(mail_id)
    is_open = may_read(found.kind, signed_in().may(Permission.MONEY))
    return page(
        "mail", "mail", ButtonForm(),
        mail=found, text=text if is_open else None, states=records.MAIL_STATES, dead=MailState.DEAD,
    )  # fmt: skip


@bp.post("/mail/<int:mail_id>/again")
@allow(Permission.MAIL)
def send_again(mail_id: int) -> Answer:
    """Try a mail once more that was given up on."""
    with transaction():
        services.send_again(mail_id, signed_in().user_id)
    flash("The mail is on its way again.", "success")
    return redirect(url_for("admin.mails"), 303)


@bp.get("/audit")
@allow(ADMIN)
def audit() -> Answer:
    """Who did what."""
    kinds = records.actions()
    asked = read_listing("admin.audit", records.DEEDS.orders, "-at", {"action": kinds})
    rows, shown = records.page_of_deeds(asked)
    return page(
        "audit", "audit",
        asked=asked, rows=rows, shown=shown, kinds=[(kind, kind) for kind in kinds],
    )  # fmt: skip
