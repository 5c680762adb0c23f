"""The admin's cohorts: the list, making and changing one, its members."""

from flask import Blueprint, Response, flash, redirect, request, url_for

from accounts.models import User
from admin import cohorts, services
from admin.cohorts import CohortRow
from admin.enrollments import course_choices
from admin.forms import CohortForm, EntryForm, MemberForm
from admin.listing import Listing, read_listing
from admin.page import Answer, exported, page
from core.database import db, transaction
from core.errors import Conflict, InvalidInput
from core.permissions import Permission
from core.web import allow, signed_in
from courses.models import Course
from courses.services import find_course
from enrollment.cohorts.making import add_cohort, change_cohort, take_out
from enrollment.cohorts.services import find_cohort

bp = Blueprint("admin_cohorts", __name__, url_prefix="/admin/cohorts")
HEAD = (
    "Cohort", "Course", "First day", "Last day", "Takes members from", "Takes members until", "Places", "Taken",
    "Members", "Waiting",
)  # fmt: skip


@bp.get("")
@allow(Permission.ENROLLMENTS)
def index() -> Answer:
    """All cohorts, with who is in and who waits."""
    courses = course_choices()
    asked = _asked(courses)
    return page(
        "cohorts", "cohorts", rows=cohorts.all_cohorts(asked.filters["course"]), courses=courses, asked=asked
    )


@bp.get("/file.csv")
@allow(Permission.ENROLLMENTS)
def export() -> Response:
    """The same list as a file for a spreadsheet. The trail keeps who took it."""
    asked = _asked(course_choices())
    lines = [HEAD, *map(_cells, cohorts.all_cohorts(asked.filters["course"]))]
    return exported("cohorts", "cohort", lines, asked.hidden())


@bp.route("/new", methods=["GET", "POST"])
@allow(Permission.ENROLLMENTS)
def new() -> Answer:
    """Make a cohort."""
    form = CohortForm(course_choices(), **request.args.to_dict())
    if form.validate_on_submit():
        try:
            with transaction():
                course = find_course(form.course.data)
                cohort_id = add_cohort(course.id, form.values(), signed_in().user_id).id
        except Conflict as problem:
            form.name.errors = [problem.sentence]
        else:
            flash("The cohort is made.", "success")
            return redirect(url_for("admin_cohorts.show", cohort_id=cohort_id), 303)
    return page("cohort_new", "cohorts", form)


@bp.route("/<int:cohort_id>", methods=["GET", "POST"])
@allow(Permission.ENROLLMENTS)
def show(cohort_id: int) -> Answer:
    """One cohort: its days and places, its members and its line."""
    course = _course_of(cohort_id)
    form = CohortForm([(course.slug, course.title)], obj=find_cohort(cohort_id), course=course.slug)
    if form.validate_on_submit():
        try:
            with transaction():
                change_cohort(find_cohort(cohort_id), form.values(), signed_in().user_id)
        except (Conflict, InvalidInput) as problem:
            field = form.places if isinstance(problem, InvalidInput) else form.name
            field.errors = [problem.sentence]
        else:
            flash("The cohort is changed.", "success")
            return redirect(url_for("admin_cohorts.show", cohort_id=cohort_id), 303)
    return _page(cohort_id, form)


@bp.post("/<int:cohort_id>/members")
@allow(Permission.ENROLLMENTS)
def add(cohort_id: int) -> Answer:
    """Let somebody into the course and the cohort by hand. Where that could close the course to them, a page asks."""
    form = EntryForm()
    if not form.validate_on_submit():
        return _back(cohort_id, "Enter the learner's email address.", "error")
    try:
        put_out = services.put_out_by(form.email.data or "", find_cohort(cohort_id))
        if put_out is not None and "entry" not in request.form:
            return _entry_page(cohort_id, form, put_out)
        _add(cohort_id, form)
    except (InvalidInput, Conflict) as problem:
        return _back(cohort_id, problem.sentence, "error")
    return _back(cohort_id, f"{form.email.data} is in the cohort.", "success")


@bp.post("/<int:cohort_id>/members/<int:place_id>/remove")
@allow(Permission.ENROLLMENTS)
def remove(cohort_id: int, place_id: int) -> Answer:
    """Take somebody out of the cohort, or of its line; their enrollment stays."""
    with transaction():
        take_out(cohort_id, place_id, signed_in().user_id)
    return _back(cohort_id, "They are out of the cohort. A free place was offered to who waits.", "success")


def _asked(courses: list[tuple[str, str]]) -> Listing:
    return read_listing("admin_cohorts.index", (), "", {"course": dict(courses)})


def _cells(row: CohortRow) -> tuple[object, ...]:
    cohort = row.cohort
    places = "" if cohort.places is None else cohort.places
    days = (cohort.starts_on, cohort.ends_on or "", cohort.opens_on or "", cohort.closes_on or "")
    return cohort.name, row.course_title, *days, places, cohort.taken, row.members, row.waiting


def _course_of(cohort_id: int) -> Course:
    return db.session.get_one(Course, find_cohort(cohort_id).course_id)


def _add(cohort_id: int, form: EntryForm) -> None:
    with transaction():
        cohort, slug = find_cohort(cohort_id), _course_of(cohort_id).slug
        services.enroll_in_cohort(form.email.data or "", slug, cohort, signed_in().user_id, form.stays_open)


def _back(cohort_id: int, said: str, kind: str) -> Answer:
    flash(said, kind)
    return redirect(url_for("admin_cohorts.show", cohort_id=cohort_id), 303)


def _entry_page(cohort_id: int, form: EntryForm, person: User) -> Answer:
    return page(
        "cohort_add", "cohorts", form,
        cohort=find_cohort(cohort_id), course=_course_of(cohort_id), person=person,
    )  # fmt: skip


def _page(cohort_id: int, form: CohortForm) -> Answer:
    return page(
        "cohort", "cohorts", form,
        cohort=find_cohort(cohort_id), course=_course_of(cohort_id), members=cohorts.members_of(cohort_id),
        adding=MemberForm(),
    )  # fmt: skip
