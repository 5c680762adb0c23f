"""Practice tools: who may open one, its page, its printed sheet, and the list of a course's tools."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup
from sqlalchemy import bindparam, func, select

from core.database import db
from core.errors import NotFound
from core.icons import icon
from core.reads import HotRead
from core.school import School, fill_places
from courses.models import Course, Step
from lessons.models import Lesson, Tool, ToolLink
from sources.services import CitedSource, cited_sources

INLINE = Markup('<a href="/tools/{name}">{title}</a>')
ALONE = Markup(
    '<p class="notice">{icon}<span><a href="/tools/{name}">{title}</a>, a practice tool to print</span></p>'
)
_linked_in_course = HotRead(
    select(Tool.slug, Tool.title, Tool.summary)
    .join(ToolLink, ToolLink.tool == Tool.slug)
    .join(Lesson, Lesson.id == ToolLink.lesson_id)
    .join(Step, Step.body == Lesson.name)
    .where(Step.course_id == bindparam("course_id"), Step.retired_at.is_(None))
    .group_by(Tool.id)
    .order_by(func.min(Step.position), Tool.title)
)
EMERGENCY, CRISIS = "your local emergency number", "a local crisis line"


@dataclass(frozen=True)
class Way:
    """A step whose lesson links a tool, in one of the courses that it is in."""

    course: str
    course_title: str
    step: str
    title: str
    is_preview: bool

    @property
    def url(self) -> str:
        return f"/learn/{self.course}/{self.step}"

    @property
    def preview_url(self) -> str:
        return f"/courses/{self.course}/preview/{self.step}"


@dataclass(frozen=True)
class ToolPage:
    """A tool as it is shown: its places filled with the school's own words."""

    slug: str
    title: str
    summary: str
    reviewed: date | None
    is_paced: bool
    html: Markup
    disclaimer: str
    sources: list[CitedSource]

    @property
    def version(self) -> str:
        return f"Version of {self.reviewed.day} {self.reviewed:%B %Y}" if self.reviewed else ""


def find_tool(slug: str) -> Tool:
    """The published tool of this address. Raises NotFound."""
    tool = db.session.scalar(select(Tool).filter_by(slug=slug))
    if tool is None:
        raise NotFound("There is no practice tool at this address. The lessons link those there are.")
    return tool


def ways_to(slug: str) -> list[Way]:
    """The steps that lead to a tool, those of the cheapest course first."""
    query = (
        select(Course.slug, Course.title, Step.slug, Step.title, Step.preview)
        .join(Step, Step.course_id == Course.id)
        .join(Lesson, Lesson.name == Step.body)
        .join(ToolLink, ToolLink.lesson_id == Lesson.id)
        .where(ToolLink.tool == slug, Step.retired_at.is_(None))
        .order_by(Course.price_minor, Course.title, Step.position)
    )
    return [Way(*row) for row in db.session.execute(query)]


def tools_in(course_id: int) -> Sequence[tuple[str, str, str]]:
    """Slug, title and summary of the tools that a course's lessons link, in the order of the lessons."""
    return _linked_in_course(course_id=course_id)


def tool_page(tool: Tool, school: School) -> ToolPage:
    """The tool in the school's words."""
    return ToolPage(
        slug=tool.slug,
        title=tool.title,
        summary=tool.summary,
        reviewed=tool.reviewed,
        is_paced=tool.paced,
        html=fill_places(tool.html, _words(school)),
        disclaimer=disclaimer(school),
        sources=cited_sources(tool.cited),
    )


def _words(school: School) -> dict[str, str]:
    """What stands in a tool's places; where a setting is blank, words that still read well."""
    return {
        "school": school.name,
        "emergency_number": school.emergency_number or EMERGENCY,
        "crisis_line": school.crisis_line or CRISIS,
    }


def disclaimer(school: School) -> str:
    """What every tool says of itself, with the emergency number of the school's country."""
    return (
        "A help for learning and for talking with a client. It makes no diagnosis and is no treatment. Take any worry "
        "to a health professional; in an emergency call "
        f"{school.emergency_number or EMERGENCY}. Once it is filled in it holds health data, and the practitioner who "
        "keeps it is responsible for them."
    )


def with_tools(parts: Iterable[Any]) -> list[Any]:
    """A lesson's parts with its tools linked by their titles; one that is not published stays a slot."""
    parts = list(parts)
    names = {part["name"] for part in parts if isinstance(part, dict) and part["kind"] == "tool"}
    if not names:
        return parts
    titles = select(Tool.slug, Tool.title).where(Tool.slug.in_(names))
    found = dict(db.session.execute(titles).all())
    return [_linked(part, found) for part in parts]


def _linked(part: Any, titles: dict[str, str]) -> Any:
    if not isinstance(part, dict) or part["kind"] != "tool" or part["name"] not in titles:
        return part
    name, title = part["name"], titles[part["name"]]
    return (INLINE if part["inline"] else ALONE).format(name=name, title=title, icon=icon("file-text"))
