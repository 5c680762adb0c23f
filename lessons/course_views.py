"""The doors of the catalogue: all courses, one course, its preview lessons, its cover."""

from io import BytesIO
from mimetypes import guess_type

from flask import Blueprint, send_file
from markupsafe import Markup
from werkzeug.wrappers import Response as WerkzeugResponse

from core import storage
from core.errors import NotFound
from core.web import ANYONE, allow, reader, render
from courses.authors import find_author
from courses.services import catalogue, course_outline, find_course
from lessons.course_page import card, course_facts
from lessons.enroll_card import enroll_card
from lessons.reading import shared_page
from lessons.slots import empty_slot
from lessons.views import send_media

bp = Blueprint("courses", __name__)
Answer = str | WerkzeugResponse


@bp.get("/courses")
@allow(ANYONE)
def index() -> str:
    """All courses, by collection."""
    groups = [{"title": name, "courses": [card(c) for c in courses]} for name, courses in catalogue()]
    return render("courses/catalogue.html", nav="courses", collections=groups)


@bp.get("/courses/<course>")
@allow(ANYONE)
def show(course: str) -> str:
    """The page that says what a course teaches, to whom, by whom, at what price."""
    found = find_course(course)
    facts = course_facts(found)
    return render("courses/show.html", nav="courses", course=facts, enroll=enroll_card(found, reader()))


@bp.get("/courses/<course>/preview/<lesson>")
@allow(ANYONE)
def preview(course: str, lesson: str) -> str:
    """A lesson that anyone may read. Nothing is kept, so its questions and private answers are closed."""
    outline = course_outline(find_course(course))
    step = outline.find(lesson, "lesson")
    if not step.preview:
        raise NotFound("This lesson is part of the course. Its page says how to get in.")
    page = shared_page(outline, step)
    parts = [empty_slot(p) if isinstance(p, dict) else Markup(p) for p in page.parts]  # noqa: S704 - stored by the renderer
    return render("lessons/preview.html", nav="courses", page=page, parts=parts)


@bp.get("/courses/<course>/preview/<lesson>/media/<path:name>")
@allow(ANYONE)
def preview_media(course: str, lesson: str, name: str) -> Answer:
    """A file of a preview lesson."""
    step = course_outline(find_course(course)).find(lesson, "lesson")
    if not step.preview:
        raise NotFound("This file is part of the course.")
    return send_media(step, name)


@bp.get("/courses/<course>/cover")
@allow(ANYONE)
def cover(course: str) -> Answer:
    """The picture of a course."""
    return _picture(find_course(course).cover)


@bp.get("/authors/<author>/portrait")
@allow(ANYONE)
def portrait(author: str) -> Answer:
    """The picture of an author."""
    return _picture(find_author(author).portrait)


def _picture(path: str) -> Answer:
    if not path or not storage.media().exists(path):
        raise NotFound("There is no picture here.")
    kind = guess_type(path)[0] or "application/octet-stream"
    answer = send_file(BytesIO(storage.media().read(path)), mimetype=kind, max_age=3600)
    # A drawing may hold styles of its own, and nothing else.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return answer
