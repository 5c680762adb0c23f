"""What is done with several enrollments at once: a page that says whom it concerns, and the deed."""

from flask import Blueprint, Response, flash, redirect, request, url_for

from admin import enrollments
from admin.aftermath import aftermath_of
from admin.enrollment_views import cells
from admin.enrollments import REVOKED, EnrollmentRow
from admin.forms import ButtonForm
from admin.page import Answer, exported, page, way_back
from admin.rules import PAGE_SIZE
from admin.selected import outsiders
from core.database import db, transaction
from core.permissions import Permission
from core.web import allow, signed_in
from enrollment.reopening import reopen_access
from enrollment.services import revoke as revoke_enrollment

bp = Blueprint("admin_selected", __name__, url_prefix="/admin/enrollments/selected")
STAYS = " For {number} it stays ended: below stands why."


@bp.get("")
@allow(Permission.ENROLLMENTS)
def show() -> Answer:
    """Those that were ticked: who has access, and may lose it, and who has lost it, and may have it back."""
    rows = _rows(request.args.getlist("id"))
    if not rows:
        flash("Tick the enrollments that you mean first.", "warn")
        return redirect(_list_url(), 303)
    inside, outside = [row for row in rows if row.state != REVOKED], outsiders(rows)
    return page(
        "selected", "enrollments", ButtonForm(),
        rows=rows, list_url=_list_url(), inside=inside, aftermath=aftermath_of([row.id for row in inside]),
        back=[each for each in outside if each.comes_back], gone=[each for each in outside if not each.comes_back],
    )  # fmt: skip


@bp.get("/file.csv")
@allow(Permission.ENROLLMENTS)
def export() -> Response:
    """Those that were ticked, as a file. The trail keeps who took it."""
    rows = _rows(request.args.getlist("id"))
    return exported("enrollments", "enrollment", cells(iter(rows)), {"ids": [row.id for row in rows]})


@bp.post("/revoke")
@allow(Permission.ENROLLMENTS)
def revoke() -> Answer:
    """End the access of those who have it, all or none."""
    ids, by = request.form.getlist("id"), signed_in().user_id
    with transaction():
        rows = [row for row in _rows(ids) if row.state != REVOKED]
        for row in rows:
            revoke_enrollment(row.id, by)
    flash(f"Access ended: {len(rows)}. Below it can be given back.", "success")
    return redirect(url_for("admin_selected.show", id=ids, next=_list_url()), 303)


@bp.post("/restore")
@allow(Permission.ENROLLMENTS)
def restore() -> Answer:
    """Take back what the school did: what it ended stands again where its fact does, all or none."""
    ids, by = request.form.getlist("id"), signed_in().user_id
    with transaction():
        rows = [row for row in _rows(ids) if row.state == REVOKED]
        opened = sum(1 for row in rows if reopen_access(row.id, by).standing)
    stays = STAYS.format(number=len(rows) - opened) if opened < len(rows) else ""
    flash(f"Access given back: {opened}.{stays}", "warn" if stays else "success")
    return redirect(url_for("admin_selected.show", id=ids, next=_list_url()), 303)


def _list_url() -> str:
    return way_back("admin_enrollments.index")


def _rows(asked: list[str]) -> list[EnrollmentRow]:
    """No more than stand on a page of the list; what names none is left out."""
    ids = [int(each) for each in asked if each.isdecimal() and int(each) < 2**31]
    return enrollments.read(list(dict.fromkeys(ids))[:PAGE_SIZE], db.session)
