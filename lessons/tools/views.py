"""The doors of the practice tools, a page and a PDF: open to whoever may enter a lesson that links the tool."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING

from flask import Blueprint, abort, send_file
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from core.errors import NotFound
from core.limits import require_within
from core.school import current_school
from core.web import ANYONE, Reader, absolute_url, allow, reader, render, sign_in_first
from courses.access import may_look_in
from courses.services import find_course
from lessons.models import Tool
from lessons.tools.pages import ToolPage, Way, find_tool, tool_page, ways_to
from progress.access import Visit, is_in_course, turn_away, visit_of
from progress.reads import learner_in
from sources.rules import sentences
from sources.services import CitedSource

if TYPE_CHECKING:
    from lessons.tools.paper import Sheet

bp = Blueprint("tools", __name__)


@bp.get("/tools/<slug>")
@allow(ANYONE)
def show(slug: str) -> str:
    """A practice tool to read, and to print from the browser."""
    tool = find_tool(slug)
    ways = ways_to(slug)
    _admit(tool, ways, reader())
    page = tool_page(tool, current_school())
    return render("lessons/tool.html", nav="learning", page=page, ways=_shown(ways, reader()))


@bp.get("/tools/<slug>.pdf")
@allow(ANYONE)
def paper(slug: str) -> WerkzeugResponse:
    """The same on A4."""
    from lessons.tools.paper import render_pdf  # typst is loaded by those who print, not by every page

    tool = find_tool(slug)
    _admit(tool, ways_to(slug), reader())
    require_within("60/minute", "tool-pdf")
    data = render_pdf(_sheet(tool_page(tool, current_school())))
    return send_file(BytesIO(data), mimetype="application/pdf", download_name=f"{slug}.pdf")


def _admit(tool: Tool, ways: list[Way], person: Reader | None) -> None:
    """Let in whoever may enter a lesson that links the tool, and who teaches its course; lead the others to what
    opens it, as a closed lesson does."""
    if any(way.is_preview for way in ways):
        return
    if person is None:
        abort(sign_in_first())
    refused: list[Visit] = []
    for here in _visits(ways, person):
        if here.decision.allowed:
            return
        refused.append(here)
    if not _teaches(tool, person):
        raise _refusal(tool, refused)


def _visits(ways: list[Way], person: Reader) -> Iterator[Visit]:
    """What each way says to this person. In a course that is closed to them one way says it for all."""
    for course, group in groupby(ways, key=lambda way: way.course):
        learner = learner_in(course, person.user_id)
        steps = [way.step for way in group]
        told = steps if is_in_course(learner, person) else steps[:1]
        yield from (visit_of(learner, step, "lesson", person) for step in told)


def _refusal(tool: Tool, refused: list[Visit]) -> Exception:
    if not refused:
        return NotFound("No lesson links this practice tool, so nobody has it yet.")
    return HTTPException(response=turn_away(_nearest(refused, tool.title)))


def _teaches(tool: Tool, person: Reader) -> bool:
    return may_look_in(person, find_course(tool.course).id)


def _nearest(visits: list[Visit], title: str) -> Visit:
    """The refusal that is easiest to overcome, of a course that the person is in where there is one; it speaks of
    the tool, not of the lesson."""
    inside = [each for each in visits if each.decision.is_waiting]
    here = (inside or visits)[0]
    return replace(here, step=replace(here.step, title=title))


def _shown(ways: list[Way], person: Reader | None) -> list[tuple[str, str, str]]:
    """Title, course and address of the lessons that speak of a tool; a visitor is shown those they may read."""
    if person is None:
        return [(way.title, way.course_title, way.preview_url) for way in ways if way.is_preview]
    return [(way.title, way.course_title, way.url) for way in ways]


def _sheet(page: ToolPage) -> "Sheet":
    from lessons.tools.paper import Sheet

    school = current_school()
    return Sheet(
        school=school.name,
        colour_primary=school.colour_primary,
        site=absolute_url(""),
        title=page.title,
        summary=page.summary,
        html=str(page.html),
        reviewed=page.reviewed,
        version=page.version,
        disclaimer=page.disclaimer,
        sources=tuple(_in_a_line(source) for source in page.sources),
    )


def _in_a_line(source: CitedSource) -> str:
    where = ", ".join(filter(None, (source.published_in, source.year)))
    return sentences(source.authors, source.title, where, source.design)
