"""Lessons, tools, articles and authors as they are written: front matter and a body in Markdown. Pure."""

from dataclasses import dataclass
from datetime import date

from core.errors import Problem
from publishing.texts.fields import Fields, read_faq
from publishing.texts.front_matter import FrontMatter
from publishing.texts.placeholders import placeholder_problems

TOOL_PLACES = ("emergency_number", "crisis_line", "school")


@dataclass(frozen=True)
class LessonText:
    """`name` is `course/lessons/slug`; `objectives` are (id, text, line) in order."""

    name: str
    file: str
    title: str
    summary: str
    practice_minutes: int
    objectives: tuple[tuple[str, str, int], ...]
    preview: bool
    reviewed: date | None
    formerly: tuple[str, ...]
    formerly_line: int
    body: str
    body_line: int

    @property
    def slug(self) -> str:
        return self.name.rpartition("/")[2]

    @property
    def course(self) -> str:
        return self.name.partition("/")[0]


@dataclass(frozen=True)
class ToolText:
    """A practice tool to print; `paced` ones are shown with the breathing pacer."""

    course: str
    slug: str
    file: str
    title: str
    summary: str
    reviewed: date | None
    paced: bool
    body: str
    body_line: int


@dataclass(frozen=True)
class AuthorText:
    """Who teaches, and what the author may and may not do."""

    slug: str
    file: str
    name: str
    portrait: str
    portrait_line: int
    may: tuple[str, ...]
    may_not: tuple[str, ...]
    publications: tuple[str, ...]
    body: str
    body_line: int


@dataclass(frozen=True)
class ArticleText:
    """A public article; `related` are courses, `faq` (question, answer in Markdown, line of the answer)."""

    slug: str
    file: str
    title: str
    summary: str
    authors: tuple[str, ...]
    published: date | None
    reviewed: date | None
    related: tuple[str, ...]
    faq: tuple[tuple[str, str, int], ...]
    body: str
    body_line: int
    lines: tuple[tuple[str, int], ...]

    def line_of(self, key: str) -> int:
        return dict(self.lines).get(key, 1)


def read_lesson(front: FrontMatter, name: str) -> tuple[LessonText, list[Problem]]:
    """The lesson and what is wrong with its front matter."""
    problems: list[Problem] = []
    fields = Fields.of(front, problems)
    fields.only("title", "summary", "practice_minutes", "objectives", "preview", "reviewed", "formerly")
    fields.require("title")
    lesson = LessonText(
        name=name,
        file=front.file,
        title=fields.text("title"),
        summary=fields.text("summary"),
        practice_minutes=fields.whole("practice_minutes", 0, 600) or 0,
        objectives=tuple(_objectives(fields)),
        preview=fields.yes_no("preview", False),
        reviewed=fields.day("reviewed"),
        formerly=fields.slugs("formerly"),
        formerly_line=fields.line_of("formerly"),
        body=front.body,
        body_line=front.body_line,
    )
    return lesson, problems + _empty_body(front)


def _objectives(fields: Fields) -> list[tuple[str, str, int]]:
    node = fields.values.get("objectives")
    if node is None:
        return []
    inner = fields.inside(node, "objectives")
    for key, value in inner.values.items():
        inner.check_slug(key, value.line, f"objectives: “{key}” cannot be an id")
        inner.require(key)
    return [(key, inner.text(key), inner.line_of(key)) for key in inner.values]


def _empty_body(front: FrontMatter) -> list[Problem]:
    if front.body.strip():
        return []
    return [Problem(front.file, front.body_line, "the text is missing", "Write it below the front matter.")]


def read_tool(front: FrontMatter, course: str, slug: str) -> tuple[ToolText, list[Problem]]:
    """The tool and what is wrong with its front matter."""
    problems: list[Problem] = []
    fields = Fields.of(front, problems)
    fields.only("title", "summary", "reviewed", "paced")
    fields.require("title")
    tool = ToolText(
        course=course,
        slug=slug,
        file=front.file,
        title=fields.text("title"),
        summary=fields.text("summary"),
        reviewed=fields.day("reviewed"),
        paced=fields.yes_no("paced", False),
        body=front.body,
        body_line=front.body_line,
    )
    places = placeholder_problems(tool.body, tool.file, tool.body_line, TOOL_PLACES, TOOL_PLACES[0])
    return tool, [*problems, *_empty_body(front), *places]


def read_author(front: FrontMatter, slug: str) -> tuple[AuthorText, list[Problem]]:
    """The author and what is wrong with the front matter."""
    problems: list[Problem] = []
    fields = Fields.of(front, problems)
    fields.only("name", "portrait", "may", "may_not", "publications")
    fields.require("name")
    author = AuthorText(
        slug=slug,
        file=front.file,
        name=fields.text("name"),
        portrait=fields.text("portrait"),
        portrait_line=fields.line_of("portrait"),
        may=fields.texts("may"),
        may_not=fields.texts("may_not"),
        publications=fields.texts("publications"),
        body=front.body,
        body_line=front.body_line,
    )
    return author, problems


def read_article(front: FrontMatter, slug: str) -> tuple[ArticleText, list[Problem]]:
    """The article and what is wrong with its front matter."""
    problems: list[Problem] = []
    fields = Fields.of(front, problems)
    fields.only("title", "summary", "authors", "published", "reviewed", "related", "faq")
    fields.require("title", "summary", "authors", "published")
    article = ArticleText(
        slug=slug,
        file=front.file,
        title=fields.text("title"),
        summary=fields.text("summary"),
        authors=fields.slugs("authors"),
        published=fields.day("published"),
        reviewed=fields.day("reviewed"),
        related=fields.slugs("related"),
        faq=read_faq(fields),
        body=front.body,
        body_line=front.body_line,
        lines=tuple((key, node.line) for key, node in front.values.items()),
    )
    return article, problems + _empty_body(front)
