"""The admin's enrollments: the list, its export, enrolling by hand and revoking."""

from collections.abc import Iterator

from flask import Blueprint, Response, flash, redirect, request, url_for

from admin import enrollments, services
from admin.aftermath import aftermath_of
from admin.enrollments import course_choices
from admin.forms import ButtonForm, EnrollForm
from admin.listing import Listing, read_listing
from admin.page import Answer, exported, page, way_back
from admin.rules import utc_cell
from core.database import transaction
from core.errors import Conflict, InvalidInput
from core.permissions import Permission
from core.web import allow, signed_in
from enrollment.services import revoke as revoke_enrollment

bp = Blueprint("admin_enrollments", __name__, url_prefix="/admin")
HEAD = (
    "Name", "Email address", "Course", "State", "Progress in percent", "How", "Enrolled", "Ended", "Finished",
    "Certificate",
)  # fmt: skip


@bp.get("/enrollments")
@allow(Permission.ENROLLMENTS)
def index() -> Answer:
    """Who is in which course, and how far."""
    courses = course_choices()
    asked = _asked(courses)
    rows, shown = enrollments.page_of_enrollments(asked)
    return page(
        "enrollments", "enrollments",
        asked=asked, rows=rows, shown=shown, courses=courses, states=enrollments.STATES,
    )  # fmt: skip


@bp.get("/enrollments.csv")
@allow(Permission.ENROLLMENTS)
def export() -> Response:
    """The same list, all pages of it, as a file for a spreadsheet. The trail keeps who took it."""
    asked = _asked(course_choices())
    return exported("enrollments", "enrollment", cells(enrollments.all_rows(asked)), asked.hidden())


@bp.route("/enrollments/new", methods=["GET", "POST"])
@allow(Permission.ENROLLMENTS)
def enroll() -> Answer:
    """Let somebody into a course by hand."""
    form = EnrollForm(course_choices(), **_given())
    if form.validate_on_submit():
        try:
            with transaction():
                user, course = services.enroll_by_hand(
                    form.email.data or "",
                    form.course.data,
                    signed_in().user_id,
                    form.note.data or "",
                    form.last_day.data,
                )
                said, address = f"{user.name or user.email} is enrolled in {course.title}.", user.email
        except (InvalidInput, Conflict) as problem:
            form.email.errors = [problem.sentence]
        else:
            flash(said, "success")
            return redirect(url_for("admin_enrollments.index", q=address), 303)
    return page("enroll", "enrollments", form)


@bp.route("/enrollments/<int:enrollment_id>/revoke", methods=["GET", "POST"])
@allow(Permission.ENROLLMENTS)
def revoke(enrollment_id: int) -> Answer:
    """End somebody's access, after a page that says what that means."""
    found, form = enrollments.find_row(enrollment_id), ButtonForm()
    list_url = way_back("admin_enrollments.index")
    if not form.validate_on_submit():
        goes_on = aftermath_of([enrollment_id]).get(enrollment_id, [])
        return page("revoke", "enrollments", form, row=found, aftermath=goes_on, list_url=list_url)
    with transaction():
        revoke_enrollment(enrollment_id, signed_in().user_id)
    flash(f"{found.name or found.email} no longer has access to {found.course_title}.", "success")
    return redirect(list_url, 303)


def _asked(courses: list[tuple[str, str]]) -> Listing:
    allowed = {"course": dict(courses), "state": enrollments.STATES}
    return read_listing("admin_enrollments.index", enrollments.ENROLLMENTS.orders, "-started", allowed)


def _given() -> dict[str, str]:
    """What a link to the form already knows."""
    return {name: request.args[name] for name in ("email", "course") if name in request.args}


def cells(rows: Iterator[enrollments.EnrollmentRow]) -> Iterator[tuple[object, ...]]:
    """The lines of a file of enrollments, the names of its columns first."""
    yield HEAD
    for row in rows:
        yield (
            row.name, row.email, row.course_title, row.state_text, row.percent, row.reason_text,
            utc_cell(row.started_at), utc_cell(row.ended_at), utc_cell(row.completed_at), row.certificate or "",
        )  # fmt: skip
