"""Courses with their lessons and tools, and who learns and teaches in them."""

from itertools import count
from typing import Any

from core.database import db, transaction
from tests.factories.rows import detached

_numbers = count(1)


def make_course(slug: str = "", modules: tuple[str, ...] = ("lesson lesson",), **columns: Any) -> Any:
    """A published course; each of `modules` lists its steps: `lesson`, `quiz`, in brackets when optional,
    `lesson!` for a preview. Lessons are published too; a quiz is a step without a body.

    Steps are named by kind and place: lesson-1, lesson-2, quiz-3. The row comes loaded and detached.
    """
    from courses.models import Course, Module

    name = slug or f"course-{next(_numbers)}"
    defaults: dict[str, Any] = {
        "title": f"Course {name}", "subtitle": "What skin tells", "collection": "Foundations", "language": "en",
        "level": "Introductory", "order": "free", "cover": "", "price_minor": 0, "currency": "USD", "outcomes": [],
        "audience": [], "not_for": [], "authors": [], "faq": [], "body_html": "<p>About it.</p>", "revision": 1,
        "certificate": {"requires": "all"}, "version": 1, "reviewed": None,
    }  # fmt: skip
    with transaction() as session:
        course = Course(slug=name, **{**defaults, **columns})
        session.add(course)
        session.flush()
        for number, steps in enumerate(modules, 1):
            module = Module(course_id=course.id, slug=f"m{number}", title=f"Module {number}", position=number)
            session.add(module)
            session.flush()
            for word in steps.split():
                add_step(course, module, word)
    return detached(course)


def add_step(course: Any, module: Any, word: str) -> Any:
    """One more step at the end of the course, inside the caller's transaction."""
    from sqlalchemy import func, select

    from core.clock import now
    from courses.models import Step

    kind = word.strip("[]!")
    counted = select(func.count()).select_from(Step).where(Step.course_id == course.id)
    position = (db.session.scalar(counted) or 0) + 1
    slug = f"{kind}-{position}"
    folder = "quizzes" if kind == "quiz" else "lessons"
    step = Step(
        course_id=course.id, module_id=module.id, position=position, slug=slug, kind=kind,
        noun=kind, body=f"{course.slug}/{folder}/{slug}", title=f"Step {position}", minutes=10,
        required=not word.startswith("["), preview=word.endswith("!"), added_at=now(), retired_at=None,
    )  # fmt: skip
    db.session.add(step)
    if kind == "lesson":
        add_lesson(step)
    db.session.flush()
    return step


def add_lesson(step: Any, **columns: Any) -> Any:
    """The published body of a lesson step, inside the caller's transaction."""
    from lessons.models import Lesson

    headings = [
        {"id": "first-part", "title": "First part", "level": 2, "minutes": 6},
        {"id": "second-part", "title": "Second part", "level": 2, "minutes": 4},
    ]
    defaults: dict[str, Any] = {
        "name": step.body, "slug": step.slug, "title": step.title, "summary": "A short summary.",
        "objectives": [{"id": "o1", "text": "Name the layers"}], "reviewed": None, "minutes": 10, "words": 2000,
        "parts": [f'<h2 id="first-part">First part</h2><p>Body of {step.slug}.</p>',
                  {"kind": "reflect", "name": "why", "title": "", "html": "<p>Why?</p>"},
                  '<h2 id="second-part">Second part</h2>'],
        "outline": headings, "cited": [], "text": "Body", "revision": 1,
    }  # fmt: skip
    lesson = Lesson(**{**defaults, **columns})
    db.session.add(lesson)
    db.session.flush()
    return lesson


def make_tool(slug: str, course: str, *lessons: str, **columns: Any) -> None:
    """A published practice tool of the course of this slug, linked by the lessons of these full names."""
    from datetime import date

    from lessons.models import Tool, ToolLink
    from lessons.services import find_lesson

    defaults = {
        "title": slug.capitalize(), "summary": "For the evening.", "reviewed": date(2026, 11, 21), "paced": False,
        "html": "<p>Write it down. Call {{emergency_number}}.</p>", "cited": [],
    }  # fmt: skip
    with transaction() as session:
        session.add(Tool(slug=slug, course=course, **{**defaults, **columns}))
        session.add_all(ToolLink(lesson_id=find_lesson(name).id, tool=slug) for name in lessons)


def steps_of(course: Any) -> list[Any]:
    """The steps of a course in order, retired ones too, loaded and detached."""
    from sqlalchemy import select

    from courses.models import Step

    db.session.rollback()
    steps = list(db.session.scalars(select(Step).filter_by(course_id=course.id).order_by(Step.position)))
    for step in steps:
        db.session.expunge(step)
    db.session.rollback()
    return steps


def enroll(user: Any, course: Any, reason: str = "free", source: str = "") -> Any:
    """Let a person into a course; gives the id of the enrollment."""
    from enrollment.rules import GrantKind
    from enrollment.services import enroll as let_in

    with transaction():
        return let_in(user.id, course.id, GrantKind(reason), source=source).id


def complete(user: Any, *steps: Any) -> None:
    """Write steps into a person's ledger, each in a transaction of its own."""
    from progress.services import complete_step

    for step in steps:
        with transaction():
            complete_step(user.id, step)


def teach(user: Any, course: Any, role: str = "owner") -> None:
    """Make a person one of those who teach a course."""
    from courses.models import CourseInstructor
    from courses.roles import CourseRole

    with transaction() as session:
        session.add(CourseInstructor(course_id=course.id, user_id=user.id, role=CourseRole(role)))
