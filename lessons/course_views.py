"""The doors of the catalogue: all courses, one course, its preview lessons, its cover, and starting a free one."""

from dataclasses import dataclass
from io import BytesIO
from mimetypes import guess_type

from flask import Blueprint, flash, redirect, send_file
from markupsafe import Markup
from werkzeug.wrappers import Response as WerkzeugResponse

from core import storage
from core.database import transaction
from core.errors import NotFound
from core.web import ANYONE, SIGNED_IN, Reader, allow, reader, render, signed_in
from courses.models import Author, Course
from courses.rules import minutes_in_words
from courses.services import (
    Outline,
    OutlineModule,
    authors_of,
    catalogue,
    course_outline,
    find_author,
    find_course,
)
from enrollment.services import is_enrolled, start_free
from lessons.reading import shared_page
from lessons.slots import empty_slot
from lessons.views import send_media

bp = Blueprint("courses", __name__)
Answer = str | WerkzeugResponse


@dataclass(frozen=True)
class Card:
    """A course in the catalogue."""

    title: str
    subtitle: str
    url: str
    cover_url: str
    lessons_text: str
    minutes_text: str
    is_free: bool
    price_text: str


@bp.get("/courses")
@allow(ANYONE)
def index() -> str:
    """All courses, by collection."""
    groups = [{"title": name, "courses": [_card(c) for c in courses]} for name, courses in catalogue()]
    return render("courses/catalogue.html", nav="courses", collections=groups)


@bp.get("/courses/<course>")
@allow(ANYONE)
def show(course: str) -> str:
    """The page that says what a course teaches, to whom, by whom, at what price."""
    found = find_course(course)
    outline = course_outline(found)
    facts = _facts(found, outline)
    return render("courses/show.html", nav="courses", course=facts, enroll=_enroll_state(found, reader()))


@bp.post("/courses/<course>/enroll")
@allow(SIGNED_IN)
def enroll(course: str) -> Answer:
    """Start a free course."""
    person = signed_in()
    found = find_course(course)
    with transaction():
        start_free(person.user_id, found)
    flash(f"You are in. {found.title} is yours to read.", "ok")
    return redirect(f"/learn/{course}", 303)


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


@bp.get("/courses/<course>/preview/<lesson>/media/<name>")
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


def _enroll_state(course: Course, person: Reader | None) -> dict[str, str]:
    if person is not None and is_enrolled(person.user_id, course.id):
        return {"state": "enrolled", "url": f"/learn/{course.slug}"}
    if not course.price.is_free:
        return {"state": "closed", "url": ""}
    return {"state": "can_start" if person else "visitor", "url": f"/courses/{course.slug}/enroll"}


def _card(course: Course) -> Card:
    outline = course_outline(course)
    return Card(
        course.title,
        course.subtitle,
        f"/courses/{course.slug}",
        f"/courses/{course.slug}/cover" if course.cover else "",
        _lessons_text(outline),
        minutes_in_words(_minutes(outline)),
        course.price.is_free,
        str(course.price),
    )


def _facts(course: Course, outline: Outline) -> dict[str, object]:
    return {
        **vars(_card(course)),
        "body_html": Markup(course.body_html),  # noqa: S704 - stored by the renderer
        "outcomes": course.outcomes,
        "audience": course.audience,
        "not_for": course.not_for,
        "authors": [_author(author) for author in authors_of(course)],
        "faq": [(entry["question"], Markup(entry["answer_html"])) for entry in course.faq],  # noqa: S704
        "hours_text": minutes_in_words(_minutes(outline)),
        "has_certificate": course.certificate is not None,
        "modules": [_module(course, module) for module in outline.modules],
    }


def _author(author: Author) -> dict[str, object]:
    return {
        "name": author.name,
        "portrait_url": f"/authors/{author.slug}/portrait",
        "intro": Markup(author.body_html),  # noqa: S704 - stored by the renderer
        "may": author.may,
        "may_not": author.may_not,
    }


def _module(course: Course, module: OutlineModule) -> dict[str, object]:
    steps = [
        {
            "title": step.title,
            "kind": step.kind,
            "minutes": step.minutes,
            "preview_url": f"/courses/{course.slug}/preview/{step.slug}" if step.preview else None,
        }
        for step in module.steps
    ]
    return {"title": module.title, "minutes_text": module.minutes_text, "steps": steps}


def _minutes(outline: Outline) -> int:
    return sum(step.minutes for step in outline.steps)


def _lessons_text(outline: Outline) -> str:
    lessons = sum(step.kind == "lesson" for step in outline.steps)
    quizzes = len(outline.steps) - lessons
    words = [f"{lessons} lesson{'s' * (lessons != 1)}"] + [f"{quizzes} quiz{'zes' * (quizzes != 1)}"] * bool(quizzes)
    return ", ".join(words)
