"""The doors of a course's settings, and of new courses."""

from typing import TypeAlias

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from core.database import transaction
from core.errors import Conflict, InvalidInput
from core.permissions import Permission
from core.web import INSTRUCTOR, allow, render, signed_in
from courses.access import courses_of, require
from courses.roles import Deed
from studio.drafts.services import Overtaken, text_of
from studio.outline.rules import slug_of
from studio.outline.services import course_file
from studio.settings import services
from studio.settings.forms import NewForm, SettingsForm, data_of
from studio.settings.rules import Settings, settings_of

bp = Blueprint("course_settings", __name__, url_prefix="/studio/courses")
Answer: TypeAlias = "str | tuple[str, int] | Response"
OVERTAKEN = (
    "Somebody changed the text of this course meanwhile, so nothing was saved. What you entered stands below; saving "
    "again puts it in the place of theirs."
)


@bp.route("/new", methods=["GET", "POST"])
@allow(INSTRUCTOR)
def new() -> Answer:
    """Begin a course, from nothing or from one whose drafts the reader may read."""
    taught = {course.slug: course.title for course, deeds in courses_of(signed_in()) if Deed.WRITE in deeds}
    form = NewForm(origin=request.args.get("from", "")).offer(services.offers(), taught)
    slug = form.slug.data or slug_of(form.title.data or "", (), "course")
    if form.validate_on_submit() and _begun(form, slug):
        flash("The course is begun. Nobody but you sees it before it is published.", "ok")
        return redirect(url_for("outline.show", course=slug), 303)
    html = render("studio/new.html", nav="studio", form=form)
    return (html, 422) if form.errors else html


@bp.route("/<course>/settings", methods=["GET", "POST"])
@allow(INSTRUCTOR)
def edit(course: str) -> Answer:
    """Everything in the course's text but the outline."""
    require(course, Deed.MANAGE)
    number, text = text_of(course_file(course))
    there = settings_of(text)
    form = SettingsForm(**data_of(there)).offer(services.offers(course), there)
    if request.method == "GET":
        return _page(course, form, number, there)
    status = _saved(course, form, there) if form.validate() else 422
    if status == 303:
        flash("The settings are saved in the draft. Learners see them once it is published.", "ok")
        return redirect(url_for("course_settings.edit", course=course), 303)
    wished = form.wished(there, may_price=False)
    return _page(course, form, number, {**there, "faq": wished["faq"], "opens": wished["opens"]}), status


def _begun(form: NewForm, slug: str) -> bool:
    """Begin it, or leave in the form why not."""
    by, title = signed_in().user_id, form.title.data or ""
    try:
        with transaction():
            if form.origin.data:
                services.duplicate(form.origin.data, slug, title, by)
            else:
                of = form.collection.data or "", form.language.data or "", form.authors.data or []
                services.begin(slug, title, *of, by)
    except services.Faulty as refused:
        form.form_errors = [f"{one.message}. {one.remedy}" for one in refused.problems]
        return False
    except (InvalidInput, Conflict) as refused:
        form.slug.errors = [refused.sentence]
        return False
    return True


def _saved(course: str, form: SettingsForm, there: Settings) -> int:
    """Save the settings, or leave in the form why not; the status of the answer."""
    may_price = signed_in().may(Permission.MONEY)
    number = request.form.get("number", -1, type=int)
    try:
        with transaction():
            services.change(course, number, signed_in().user_id, form.wished(there, may_price), may_price)
    except services.Faulty as refused:
        form.form_errors = [f"{one.message}. {one.remedy}" for one in refused.problems]
        return 422
    except InvalidInput as refused:
        form.form_errors = [refused.sentence]
        return 422
    except Overtaken:
        form.form_errors = [OVERTAKEN]
        return 409
    return 303


def _page(course: str, form: SettingsForm, number: int, shown: Settings) -> str:
    return render(
        "studio/settings.html",
        nav="studio",
        course=course,
        form=form,
        number=number,
        shown=shown,
        may_price=signed_in().may(Permission.MONEY),
    )
