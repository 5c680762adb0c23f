"""The doors for bundles: bring a zip, look at what it would do, take it over; take a course out."""

from collections.abc import Mapping
from functools import partial
from io import BytesIO

from flask import Blueprint, flash, redirect, request, send_file, url_for
from werkzeug.wrappers import Response

from accounts.freshness import fresh
from core.clock import time_in
from core.database import transaction
from core.errors import Conflict, Forbidden, InvalidInput, NotFound, Problem
from core.permissions import Permission
from core.web import ADMIN, INSTRUCTOR, allow, render, signed_in
from courses.access import course_for, courses_of
from courses.roles import Deed
from publishing.archive import write_zip
from publishing.entries import Side
from publishing.exporting import all_files, course_files
from publishing.services import BrokenBundle
from publishing.three_way import Fate, is_text
from studio.transfer import services
from studio.transfer.forms import ZipForm
from studio.transfer.models import BroughtZip
from studio.transfer.rules import Bringer
from studio.transfer.services import Plan

bp = Blueprint("studio_transfer", __name__, url_prefix="/studio")
Answer = str | tuple[str, int] | Response
MOST_PROBLEMS = 50  # shown at once
FATES: Mapping[Fate, tuple[str, str]] = {
    Fate.CONFLICT: ("Conflict", "bad"),
    Fate.TAKEN_OUT: ("Taken out", "warn"),
    Fate.MERGED: ("Merged", "info"),
    Fate.CHANGED: ("Changed", "info"),
    Fate.ADDED: ("Added", "ok"),
    Fate.KEPT: ("Kept as the studio has it", ""),
}  # in this order; what does not change is only counted


def bringer_here() -> Bringer:
    """The reader as one who brings files. Raises NotFound for who may bring none."""
    reader = signed_in()
    owned = frozenset(course.slug for course, deeds in courses_of(reader) if Deed.MANAGE in deeds)
    if not (owned or ADMIN in reader.roles):
        raise NotFound("Files are brought in by admins, and by the owners of a course.")
    return Bringer(ADMIN in reader.roles, owned, reader.may(Permission.MONEY))


@bp.route("/import", methods=["GET", "POST"])
@allow(INSTRUCTOR)
def bring() -> Answer:
    """Upload a zip; nothing is changed before it was looked at."""
    bringer_here()
    form, problems, status = ZipForm(), list[Problem](), 200
    if form.validate_on_submit():
        try:
            file, by = form.file.data, signed_in().user_id
            key = services.store(file.read(), by)
            with transaction():
                found = services.keep(file.filename or "", key, by).id
            return redirect(url_for("studio_transfer.show", zip_id=found), 303)
        except BrokenBundle as broken:
            problems = broken.problems
            form.file.errors = ["This bundle has faults, so it cannot be read. They are named below."]
        except (InvalidInput, Conflict) as refused:
            form.file.errors = [refused.sentence]
    if form.errors or form.file.errors:
        status = 422
    waiting = services.zips_of(signed_in().user_id)
    return _page("import", status, form=form, problems=problems, waiting=waiting, most=MOST_PROBLEMS)


@bp.get("/import/<int:zip_id>")
@allow(INSTRUCTOR)
def show(zip_id: int) -> Answer:
    """What the zip would do to each file."""
    bringer = bringer_here()
    row = services.find_zip(zip_id, signed_in().user_id)
    try:
        return _plan_page(row, services.plan_of(row, bringer))
    except BrokenBundle as broken:
        return _page("import", 422, form=ZipForm(), problems=broken.problems, waiting=[], most=MOST_PROBLEMS)


@bp.post("/import/<int:zip_id>/take")
@allow(INSTRUCTOR)
@fresh("studio_transfer.show")
def take(zip_id: int) -> Answer:
    """Publish it, as it was looked at."""
    by, bringer = signed_in().user_id, bringer_here()
    row = services.find_zip(zip_id, by)
    plan = services.plan_of(row, bringer, _choices())
    try:
        edition = services.prepare(plan, request.form.get("seen", ""))
        with transaction():
            services.take_over(row, plan, edition, by)
    except BrokenBundle as broken:
        return _plan_page(row, plan, problems=broken.problems)
    except (Conflict, Forbidden) as refused:
        return _plan_page(row, plan, refusal=refused.sentence)
    flash(f"Taken over: {plan.arrival.summary}.", "ok")
    return redirect(url_for("studio_transfer.bring"), 303)


@bp.post("/import/<int:zip_id>/drop")
@allow(INSTRUCTOR)
def drop(zip_id: int) -> Answer:
    """Put the zip away; nothing is changed."""
    with transaction():
        services.put_away(services.find_zip(zip_id, signed_in().user_id))
    flash("The zip was put away. Nothing was changed.", "info")
    return redirect(url_for("studio_transfer.bring"), 303)


@bp.get("/courses/<course>/export")
@allow(INSTRUCTOR)
def export(course: str) -> Answer:
    """What the zip of a course holds, and what it leans on besides."""
    found = course_for(course, Deed.READ_DRAFTS)
    return _page("export", 200, course=found, taken=course_files(found.slug), most=MOST_PROBLEMS)


@bp.get("/courses/<course>/export.zip")
@allow(INSTRUCTOR)
def export_zip(course: str) -> Answer:
    """The course as a bundle."""
    found = course_for(course, Deed.READ_DRAFTS)
    return _zip(course_files(found.slug).files, f"{found.slug}.zip")


@bp.get("/export.zip")
@allow(Permission.ADMIN)
def export_all() -> Answer:
    """Everything that is published as a bundle."""
    return _zip(all_files(), "content.zip")


def _choices() -> dict[str, Side]:
    """Whose text was chosen, by path; each field is named for its path."""
    sides = {str(side): side for side in Side}
    found = [
        (name.removeprefix("side:"), text) for name, text in request.form.items() if name.startswith("side:")
    ]
    return {path: sides[text] for path, text in found if text in sides}


def _plan_page(
    row: BroughtZip, plan: Plan, problems: list[Problem] | None = None, refusal: str = ""
) -> Answer:
    order = list(FATES)
    shown = sorted(
        (change for change in plan.arrival.changes if change.fate in FATES),
        key=lambda change: (change.path not in plan.refused, order.index(change.fate), change.path),
    )
    return _page(
        "import_plan", 409 if problems or refusal else 200,
        row=row, plan=plan, shown=shown, fates=FATES, refusal=refusal, problems=problems or [], most=MOST_PROBLEMS,
        is_text=is_text,
    )  # fmt: skip


def _page(name: str, status: int, **context: object) -> Answer:
    moment = partial(time_in, signed_in().time_zone)
    return render(f"studio/{name}.html", nav="studio", moment=moment, **context), status


def _zip(files: Mapping[str, bytes], name: str) -> Response:
    data = BytesIO(write_zip(files))
    return send_file(data, mimetype="application/zip", as_attachment=True, download_name=name)
