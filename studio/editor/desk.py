"""A lesson as it is written, read through as it would be published: its page, its faults, its figures.

The published bundle is parsed once in a process and kept until something is published; a draft takes the place of
its one file.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup

from core.clock import now
from core.config import current_config
from core.errors import NotFound, Problem
from core.markup.rendered import Rendered
from core.web import form_token
from courses.models import Course
from courses.rules import lesson_minutes
from courses.services import Outline, OutlineStep, course_outline
from lessons.reading import LessonPage
from lessons.slots import Desk, fill_slot
from lessons.tools.pages import with_tools
from publishing.bundle import Bundle, read_bundle, with_file
from publishing.cross_references import text_problems
from publishing.exporting import all_files
from publishing.rendering import parts_of, render
from publishing.rows.filling import cited_in
from publishing.services import edition_mark, published_headings
from publishing.standards.citing import coverage
from publishing.standards.house import LESSON_RULES, advice
from publishing.standards.manuscript import Manuscript
from publishing.standards.reading import smog
from publishing.texts.page_texts import LessonText
from sources.services import cited_sources


@dataclass(frozen=True)
class Published:
    """What is published now. `long_texts` of figures are rendered as previews ask for them."""

    mark: tuple[int, int]
    bundle: Bundle
    headings: dict[str, set[str]]
    long_texts: dict[str, Markup] = field(default_factory=dict)


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


_kept: dict[str, Published] = {}


def path_of(course: str, lesson: str) -> str:
    """Where a lesson lies in the bundle."""
    return f"courses/{course}/lessons/{lesson}.md"


def published() -> Published:
    """The published bundle, from memory while nothing new is published."""
    mark, site = edition_mark(), current_config().database_url
    kept = _kept.get(site)
    if kept is None or kept.mark != mark:
        kept = _kept[site] = Published(mark, read_bundle(all_files())[0], published_headings())
    return kept


def media_file(name: str) -> bytes:
    """A published file of the media by its name. Raises NotFound."""
    data = published().bundle.files.get(f"media/{name}")
    if data is None:
        raise NotFound("There is no such file.")
    return data


def read_through(course: str, lesson: str, written: str) -> Reading:
    """The text in the place of the lesson's file, read, rendered and checked as publishing does."""
    path, record = path_of(course, lesson), published()
    bundle, faults = with_file(record.bundle, path, written.encode())
    text = bundle.lessons.get(f"{course}/lessons/{lesson}")
    if text is None:
        return Reading(faults)
    pages = render(bundle, (path,), record.long_texts)
    record.long_texts.update(pages.long_texts)
    rendered = pages.lessons.get(text.name)
    headings = {**record.headings, text.name: {each.id for each in rendered.outline} if rendered else set()}
    wrong = sorted({*faults, *pages.problems, *text_problems(bundle, headings, path)})
    return _judged(text, rendered, wrong)


def _judged(text: LessonText, rendered: Rendered | None, faults: Sequence[Problem]) -> Reading:
    words = rendered.words if rendered else 0
    manuscript = Manuscript(Bundle(lessons={text.name: text}), {text.name: words})
    blocks = manuscript.blocks[text.file]
    minutes = _minutes(text, rendered) if rendered else 0
    figures = Figures(words, minutes, smog(blocks), *coverage(blocks))
    return Reading(faults, advice(manuscript, LESSON_RULES), figures, text, rendered)


def _minutes(text: LessonText, rendered: Rendered) -> int:
    return lesson_minutes(rendered.words, len(rendered.checks), len(rendered.figures), text.practice_minutes)


def page_of(course: Course, reading: Reading) -> LessonPage | None:
    """What the learner's templates show of the text; None where it could not be rendered."""
    text, rendered = reading.text, reading.rendered
    if text is None or rendered is None:
        return None
    outline = course_outline(course)
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


def context_of(course: Course, reading: Reading) -> dict[str, Any]:
    """What the template of a page needs: the page and its parts."""
    page = page_of(course, reading)
    return {"page": page, "parts": filled(page) if page else []}
