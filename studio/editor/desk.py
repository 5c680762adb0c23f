"""A lesson as it is written, read through as it would be published: its page, its faults, its figures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup
from sqlalchemy import select

from core.clock import now
from core.database import db
from core.errors import NotFound, Problem
from core.markup.rendered import Rendered
from core.web import form_token
from courses.models import Course
from courses.rules import lesson_minutes
from courses.services import Outline, OutlineStep, course_outline
from lessons.reading import LessonPage
from lessons.slots import Desk, fill_slot
from lessons.tools.pages import with_tools
from publishing.bundle import Bundle
from publishing.rendering import parts_of
from publishing.rows.filling import cited_in
from publishing.standards.citing import coverage
from publishing.standards.house import LESSON_RULES, advice
from publishing.standards.manuscript import Manuscript
from publishing.standards.reading import smog
from publishing.texts.page_texts import LessonText
from sources.services import cited_sources
from studio.record import look_at


@dataclass(frozen=True)
class Figures:
    """A lesson in figures: SMOG's grade, None without a sentence; how many of its claims say what they stand on."""

    words: int = 0
    minutes: int = 0
    grade: float | None = None
    sourced: int = 0
    claims: int = 0


@dataclass(frozen=True)
class Reading:
    """A text read through. `faults` keep it from being published, `advice` does not; `text` and `rendered` are None
    where it could not be read so far."""

    faults: Sequence[Problem]
    advice: Sequence[Problem] = ()
    figures: Figures = Figures()
    text: LessonText | None = None
    rendered: Rendered | None = None


def path_of(course: str, lesson: str) -> str:
    """Where a lesson lies in the bundle."""
    return f"courses/{course}/lessons/{lesson}.md"


def read_through(course: str, lesson: str, written: str) -> Reading:
    """The text in the place of the lesson's file, read, rendered and checked as publishing does."""
    look = look_at({path_of(course, lesson): written})
    text = look.bundle.lessons.get(f"{course}/lessons/{lesson}")
    if text is None:
        return Reading(look.faults)
    return _judged(text, look.pages.lessons.get(text.name), look.faults)


def _judged(text: LessonText, rendered: Rendered | None, faults: Sequence[Problem]) -> Reading:
    words = rendered.words if rendered else 0
    manuscript = Manuscript(Bundle(lessons={text.name: text}), {text.name: words})
    blocks = manuscript.blocks[text.file]
    minutes = _minutes(text, rendered) if rendered else 0
    figures = Figures(words, minutes, smog(blocks), *coverage(blocks))
    return Reading(faults, advice(manuscript, LESSON_RULES), figures, text, rendered)


def _minutes(text: LessonText, rendered: Rendered) -> int:
    return lesson_minutes(rendered.words, len(rendered.checks), len(rendered.figures), text.practice_minutes)


def page_of(course: str, reading: Reading) -> LessonPage | None:
    """What the learner's templates show of the text; None where it could not be rendered."""
    text, rendered = reading.text, reading.rendered
    if text is None or rendered is None:
        return None
    outline = _outline(course)
    return LessonPage(
        lesson_id=0,
        name=text.name,
        summary=text.summary,
        reviewed=text.reviewed,
        objectives=[{"id": key, "text": words} for key, words, _ in text.objectives],
        parts=with_tools(parts_of(rendered)),
        headings=[{"id": each.id, "title": each.title} for each in rendered.outline if each.level == 2],
        sources=cited_sources(cited_in(rendered)),
        outline=outline,
        step=_step(outline, text, reading.figures.minutes),
    )


def _outline(slug: str) -> Outline:
    """The course as learners see it; of one that was never published an outline without a step."""
    course = db.session.scalar(select(Course).filter_by(slug=slug))
    return course_outline(course) if course else Outline(0, slug, slug, "free", 0, ())


def _step(outline: Outline, text: LessonText, minutes: int) -> OutlineStep:
    """The step as the draft would have it. What the outline does not hold yet has no place in it."""
    try:
        known = outline.find(text.slug, "lesson")
    except NotFound:
        url = f"/learn/{outline.slug}/{text.slug}"
        known = OutlineStep(
            id=0, slug=text.slug, kind="lesson", noun="lesson", body=text.name, title="", minutes=0,
            required=True, preview=False, number=0, position=0, module_number=0, added_at=now(), url=url,
            opens_days=None, opens_on=None,
        )  # fmt: skip
    return replace(known, title=text.title, minutes=minutes, preview=text.preview)


def filled(page: LessonPage) -> list[Markup]:
    """The parts with their slots as a learner meets them who has written nothing yet."""
    desk = Desk(page.step.url, form_token(), (page.outline.course_id, page.outline.version))
    return [
        fill_slot(part, desk, None) if isinstance(part, dict) else Markup(part)  # noqa: S704 - made by the renderer
        for part in page.parts
    ]


def context_of(course: str, reading: Reading) -> dict[str, Any]:
    """What the template of a page needs: the page and its parts."""
    page = page_of(course, reading)
    return {"page": page, "parts": filled(page) if page else []}
