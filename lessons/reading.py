"""The lesson page: prerendered once for each version of the course, filled with what differs between readers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from types import MappingProxyType, SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from flask import get_flashed_messages, render_template
from markupsafe import Markup, escape
from sqlalchemy import String, bindparam, cast, literal, select, union_all

from core.clock import now
from core.config import current_config
from core.icons import icon
from core.prerender import Shelf, hole
from core.reads import HotRead
from core.school import current_school
from core.web import Reader, form_token
from courses.services import Outline, OutlineModule, OutlineStep
from enrollment.refusals import day_of
from enrollment.rules import closed_by_day
from lessons.models import CheckAnswer, Reflection
from lessons.services import find_lesson, slots
from lessons.slots import Desk, Written, fill_slot
from lessons.tools.pages import with_tools
from progress import rules
from progress.access import Visit
from progress.reads import Learner
from sources.services import CitedSource, cited_sources

WELCOME_BACK_AFTER = timedelta(minutes=30)
DONE = icon("circle-check", "ok") + Markup('<span class="vh">Complete: </span>')
OPEN, HERE = icon("circle"), icon("circle-dot")
LATER = icon("clock") + Markup('<span class="vh">Opens on {}: </span>')
BARS = tuple(
    Markup(f'<progress max="100" value="{n}" aria-label="Course progress">{n}%</progress>')  # noqa: S704 - a number
    for n in range(101)
)
_pages = Shelf(size=400)
_shared: dict[tuple[str, int, int], "LessonPage"] = {}
_written = HotRead(
    union_all(
        select(literal("reflect"), Reflection.prompt, Reflection.text, literal(0)).where(
            Reflection.user_id == bindparam("user_id"), Reflection.lesson_id == bindparam("lesson_id")
        ),
        select(
            literal("check"), CheckAnswer.question, cast(CheckAnswer.answer, String), CheckAnswer.revision_id
        ).where(CheckAnswer.user_id == bindparam("user_id"), CheckAnswer.lesson_id == bindparam("lesson_id")),
    )
)


@dataclass(frozen=True)
class LessonPage:
    """What all readers of one version share. `parts` is markup and slots in order; a slot is a dict."""

    lesson_id: int
    name: str
    summary: str
    reviewed: date | None
    objectives: list[dict[str, str]]
    parts: list[Any]
    headings: list[dict[str, Any]]
    sources: list[CitedSource]
    outline: Outline
    step: OutlineStep
    clarification: str = ""
    clarified_at: datetime | None = None

    @property
    def module(self) -> OutlineModule:
        return self.outline.modules[self.step.module_number - 1]

    @property
    def previous(self) -> OutlineStep | None:
        return self.outline.neighbours(self.step)[0]

    @property
    def next(self) -> OutlineStep | None:
        return self.outline.neighbours(self.step)[1]


def lesson_page(visit: Visit, reader: Reader) -> bytes:
    """The lesson as this reader sees it: two or three reads, and a join of pieces."""
    page = shared_page(visit.outline, visit.step)
    school = current_school()
    key = (current_config().database_url, visit.step.id, visit.outline.version, school.version, reader.roles)
    template = _pages.page(key, lambda: _prerender(page, reader.roles))
    return template.fill_encoded(_values(page, visit, reader))


def shared_page(outline: Outline, step: OutlineStep) -> LessonPage:
    """The shared part of a lesson's page, from memory while the course's version stands."""
    key = (current_config().database_url, outline.course_id, step.id)
    kept = _shared.get(key)
    if kept is None or kept.outline.version != outline.version:
        kept = _shared[key] = _read(outline, step)
    return kept


def minutes_left(page: LessonPage, heading: str) -> int:
    """The minutes from a heading to the end of the lesson; from the top where the heading is unknown."""
    minutes = [entry["minutes"] for entry in page.headings]
    ids = [entry["id"] for entry in page.headings]
    return sum(minutes[ids.index(heading) :]) if heading in ids else page.step.minutes


def _read(outline: Outline, step: OutlineStep) -> LessonPage:
    lesson = find_lesson(step.body)
    return LessonPage(
        lesson_id=lesson.id,
        name=lesson.name,
        summary=lesson.summary,
        reviewed=lesson.reviewed,
        objectives=lesson.objectives,
        parts=with_tools(lesson.parts),
        headings=[entry for entry in lesson.outline if entry["level"] == 2],
        sources=cited_sources(lesson.cited),
        outline=outline,
        step=step,
        clarification=lesson.clarification,
        clarified_at=lesson.clarified_at,
    )


def _prerender(page: LessonPage, roles: frozenset[str]) -> str:
    return render_template(
        "lessons/show.html",
        page=page,
        parts=[hole(f"slot:{i}") if isinstance(p, dict) else Markup(p) for i, p in enumerate(page.parts)],  # noqa: S704 - stored by the renderer
        reader=SimpleNamespace(initials=hole("initials"), roles=roles),
        school=current_school(),
        is_demo=current_config().is_demo,
        nav="learning",
        csrf_token=lambda: hole("csrf"),
        hole=hole,
        mark=lambda step_id: hole(f"mark:{step_id}"),
        module_mark=lambda number: hole(f"module:{number}"),
    )


def _values(page: LessonPage, visit: Visit, reader: Reader) -> dict[str, object]:
    csrf = form_token()
    return {
        "csrf": escape(csrf),
        "initials": reader.initials,
        "notices": _notices(page, visit, reader),
        **outline_values(
            visit.outline,
            visit.learner.done,
            visit.learner.completed_at,
            page.step,
            days_to_come(visit.outline, visit.learner, reader.time_zone),
        ),
        **_slot_values(page, visit, csrf),
    }


def days_to_come(outline: Outline, learner: Learner, time_zone: str) -> dict[int, str]:
    """The steps that wait for a day, each with that day by the reader's clock."""
    zone = ZoneInfo(time_zone or "UTC")
    days = closed_by_day(outline.steps, learner.done, learner.schedule, now())
    return {step: day_of(day, zone) for step, day in days.items()}


def outline_values(
    outline: Outline,
    done: frozenset[int],
    completed_at: datetime | None,
    current: OutlineStep | None,
    days: Mapping[int, str] = MappingProxyType({}),
) -> dict[str, object]:
    """What a reader's outline shows: a mark for each step and module, the count, the percent, the bar."""
    percent = rules.percent(outline.required, done, completed_at is not None)
    count = len(outline.required & done)
    marks = {f"mark:{step.id}": DONE if step.id in done else OPEN for step in outline.steps}
    marks |= {f"mark:{step}": LATER.format(day) for step, day in days.items()}
    if current is not None and current.id not in done:
        marks[f"mark:{current.id}"] = HERE
    modules = {f"module:{m.number}": _module_mark(m, done, current) for m in outline.modules}
    return {
        "done": f"{count} of {len(outline.required)} steps",
        "percent": percent,
        "bar": BARS[percent],
        **marks,
        **modules,
    }


def _module_mark(module: OutlineModule, done: frozenset[int], current: OutlineStep | None) -> Markup:
    if all(step.id in done for step in module.steps if step.required):
        return DONE
    return HERE if current is not None and module.number == current.module_number else OPEN


def _slot_values(page: LessonPage, visit: Visit, csrf: str) -> dict[str, object]:
    if not slots(page.parts):
        return {}
    rows = _written(user_id=visit.learner.user_id, lesson_id=page.lesson_id)
    written = {(kind, name): Written(text, revision) for kind, name, text, revision in rows}
    if visit.is_seen:  # What somebody wrote for themselves is shown to nobody else.
        written = {key: text for key, text in written.items() if key[0] != "reflect"}
    desk = Desk(page.step.url, csrf, (visit.outline.course_id, visit.outline.version))
    return {
        f"slot:{i}": fill_slot(part, desk, written.get((part["kind"], part["name"])))
        for i, part in enumerate(page.parts)
        if isinstance(part, dict)
    }


def _notices(page: LessonPage, visit: Visit, reader: Reader) -> Markup | str:
    messages = get_flashed_messages(with_categories=True)
    resume = _resume(page, visit, reader)
    is_done = page.step.id in visit.learner.done
    if messages or resume:
        return _render_notices(messages, resume, is_done)
    return _done_notice() if is_done else ""


@cache
def _done_notice() -> Markup:
    return _render_notices([], None, True)


def _render_notices(messages: Sequence[object], resume: dict[str, object] | None, is_done: bool) -> Markup:
    page = render_template("lessons/_notices.html", messages=messages, resume=resume, is_done=is_done)
    return Markup(page)  # noqa: S704 - a template of ours


def _resume(page: LessonPage, visit: Visit, reader: Reader) -> dict[str, object] | None:
    learner = visit.learner
    found = next((entry for entry in page.headings[1:] if entry["id"] == learner.heading), None)
    if learner.place != page.step.id or found is None or learner.seen_at is None:
        return None
    if now() - learner.seen_at < WELCOME_BACK_AFTER:
        return None
    when = learner.seen_at.astimezone(ZoneInfo(reader.time_zone or "UTC"))
    return {
        "id": found["id"],
        "title": found["title"],
        "when": f"{when:%A}" if now() - learner.seen_at < timedelta(days=6) else f"{when.day} {when:%B}",
        "minutes_left": minutes_left(page, learner.heading),
    }
