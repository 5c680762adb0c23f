"""What the catalogue, the course page and the front page say of a course."""

from collections import Counter
from dataclasses import dataclass

from markupsafe import Markup

from courses.authors import authors_of
from courses.models import Course
from courses.rules import access_in_words, minutes_in_words
from courses.services import Outline, OutlineModule, OutlineStep, course_outline

PLURALS = {"lesson": "lessons", "quiz": "quizzes", "case": "cases", "assignment": "assignments"}


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
    currency: str


def card(course: Course) -> Card:
    """The course as a card of the catalogue."""
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
        course.currency,
    )


def course_facts(course: Course) -> dict[str, object]:
    """All that a course's own page shows."""
    outline = course_outline(course)
    return {
        **vars(card(course)),
        "body_html": Markup(course.body_html),  # noqa: S704 - stored by the renderer
        "outcomes": course.outcomes,
        "audience": course.audience,
        "not_for": course.not_for,
        "authors": authors_of(course),
        "faq": [(entry["question"], Markup(entry["answer_html"])) for entry in course.faq],  # noqa: S704
        "hours_text": minutes_in_words(_minutes(outline)),
        "has_certificate": course.certificate is not None,
        "modules": [_module(course, module) for module in outline.modules],
        "access_text": access_in_words(course.access_months),
        "preview_url": next((_preview_url(course, step) for step in outline.steps if step.preview), None),
    }


def _module(course: Course, module: OutlineModule) -> dict[str, object]:
    steps = [
        {
            "title": step.title,
            "kind": step.kind,
            "noun": step.noun,
            "minutes": step.minutes,
            "is_optional": not step.required,
            "preview_url": _preview_url(course, step) if step.preview else None,
        }
        for step in module.steps
    ]
    return {"title": module.title, "minutes_text": module.minutes_text, "steps": steps}


def _preview_url(course: Course, step: OutlineStep) -> str:
    return f"/courses/{course.slug}/preview/{step.slug}"


def _minutes(outline: Outline) -> int:
    """What the course asks for; optional steps add nothing, as in contact hours."""
    return sum(step.minutes for step in outline.steps if step.required)


def _lessons_text(outline: Outline) -> str:
    """`7 lessons, 2 quizzes, 1 case`: what is required."""
    counted = Counter(step.noun for step in outline.steps if step.required)
    named = [(counted[noun], noun, plural) for noun, plural in PLURALS.items()]
    words = [f"{count} {noun if count == 1 else plural}" for count, noun, plural in named if count]
    return ", ".join(words) or "0 lessons"
