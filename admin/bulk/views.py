"""The doors of enrolling many: upload, look, apply, see what came out."""

from collections import Counter

from flask import Blueprint, flash, redirect, request, url_for

from admin.bulk import services
from admin.bulk.rules import MOST_BYTES, MOST_LINES, Fate
from admin.forms import BulkForm
from admin.listing import Pager
from admin.page import Answer, page
from admin.rules import PageOf, page_of
from core.database import transaction
from core.errors import Conflict, InvalidInput
from core.permissions import Permission
from core.web import allow, signed_in

bp = Blueprint("admin_bulk", __name__, url_prefix="/admin/enrollments/bulk")
FATES = {
    Fate.ERROR: ("Wrong", "bad"),
    Fate.INVITED: ("New person, invited", "info"),
    Fate.ENROLLED: ("Enrolled", "ok"),
    Fate.ALREADY: ("In already", ""),
}  # what is wrong stands first


@bp.route("", methods=["GET", "POST"])
@allow(Permission.ENROLLMENTS)
def upload() -> Answer:
    """Bring a file; nobody is enrolled before it was looked at."""
    form = BulkForm()
    if form.validate_on_submit():
        file = form.file.data
        try:
            with transaction():
                data = file.read(MOST_BYTES + 1)
                found = services.look_at(file.filename or "file.csv", data, signed_in().user_id).id
        except InvalidInput as problem:
            form.file.errors = [problem.sentence]
        else:
            return redirect(url_for("admin_bulk.show", upload_id=found), 303)
    return page("bulk", "enrollments", form, most=MOST_LINES)


@bp.get("/<int:upload_id>")
@allow(Permission.ENROLLMENTS)
def show(upload_id: int) -> Answer:
    """What would become of each line, or what came out."""
    found = services.find_upload(upload_id)
    order = list(FATES)
    judged = sorted(services.judged_lines(found), key=lambda each: order.index(each.fate))
    shown = page_of(request.args.get("page", 1, type=int), len(judged))
    return page(
        "bulk_upload", "enrollments",
        upload=found, rows=judged[shown.offset : shown.last], fates=FATES,
        counts=Counter(each.fate for each in judged), pager=_pager(upload_id, shown),
    )  # fmt: skip


@bp.post("/<int:upload_id>/apply")
@allow(Permission.ENROLLMENTS)
def apply(upload_id: int) -> Answer:
    """Enroll them, once; the worker does it."""
    try:
        with transaction():
            services.begin(services.find_upload(upload_id), signed_in().user_id)
    except Conflict as problem:
        flash(problem.sentence, "error")
    return redirect(url_for("admin_bulk.show", upload_id=upload_id), 303)


def _pager(upload_id: int, shown: PageOf) -> Pager:
    def address(number: int) -> str | None:
        return (
            url_for("admin_bulk.show", upload_id=upload_id, page=number)
            if 0 < number <= shown.pages
            else None
        )

    return Pager(shown, address(shown.number - 1), address(shown.number + 1))
