"""The doors of a course's team."""

from typing import TypeAlias

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from accounts.freshness import fresh, sent_or_typed
from core.database import transaction
from core.errors import Conflict, InvalidInput
from core.web import INSTRUCTOR, allow, render, signed_in
from courses.access import course_for
from courses.models import Course
from courses.roles import CourseRole, Deed
from studio.team import services
from studio.team.forms import MemberForm
from studio.team.rules import MEANINGS

bp = Blueprint("course_team", __name__, url_prefix="/studio/courses/<course>/team")
Answer: TypeAlias = "str | tuple[str, int] | Response"


@bp.get("")
@allow(INSTRUCTOR)
def index(course: str) -> Answer:
    """Who teaches the course."""
    return _page(course_for(course, Deed.MANAGE), MemberForm(sent_or_typed()))


@bp.post("")
@allow(INSTRUCTOR)
@fresh("course_team.index")
def add(course: str) -> Answer:
    """Somebody more."""
    found, form = course_for(course, Deed.MANAGE), MemberForm()
    if form.validate_on_submit():
        try:
            with transaction():
                services.add(found, form.email.data or "", CourseRole(form.role.data), signed_in().user_id)
        except InvalidInput as refused:
            form.email.errors = [refused.sentence]
    return _done(found, form, "They teach the course now.")


@bp.post("/<int:user_id>")
@allow(INSTRUCTOR)
@fresh("course_team.index")
def change(course: str, user_id: int) -> Answer:
    """Another role."""
    found, form, by = course_for(course, Deed.MANAGE), MemberForm(), signed_in().user_id
    asked = request.form.get("role", "")
    if asked not in set(CourseRole):
        raise InvalidInput("Choose one of the roles.")
    try:
        with transaction():
            services.change(found, user_id, CourseRole(asked), by)
    except Conflict as refused:
        form.form_errors = [refused.sentence]
    return _done(found, form, "The role is changed.")


@bp.post("/<int:user_id>/remove")
@allow(INSTRUCTOR)
@fresh("course_team.index")
def remove(course: str, user_id: int) -> Answer:
    """Somebody less."""
    found, form, by = course_for(course, Deed.MANAGE), MemberForm(), signed_in().user_id
    try:
        with transaction():
            services.remove(found, user_id, by)
    except Conflict as refused:
        form.form_errors = [refused.sentence]
    return _done(found, form, "They do not teach the course any more.")


def _done(course: Course, form: MemberForm, said: str) -> Answer:
    """Back to the list, or the page with what is wrong."""
    if form.errors:
        return _page(course, form), 422
    flash(said, "ok")
    return redirect(url_for("course_team.index", course=course.slug), 303)


def _page(course: Course, form: MemberForm) -> str:
    return render(
        "studio/team.html",
        nav="studio",
        course=course,
        form=form,
        members=services.members(course.id),
        roles=MEANINGS,
    )
