"""What the standard reads: a bundle, its texts cut into blocks once, and the words that minutes count. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from core.markup.proofreading import mentions
from quizzes.questions import Question
from studio.bundle import Bundle
from studio.pools import pool_of
from studio.standards.blocks import Block, blocks_of
from studio.texts.page_texts import ArticleText, LessonText

PAGES = ("lesson", "article", "course", "tool", "author")


class Page(Protocol):
    """A file with a body in Markdown."""

    @property
    def file(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def body_line(self) -> int: ...


@dataclass(frozen=True)
class Text:
    """One text in Markdown and where it stands. `kind` is one of PAGES, or question, case, faq or media."""

    kind: str
    file: str
    body: str
    line: int


@dataclass(frozen=True)
class Manuscript:
    """A bundle as an editor reads it. `words` are those of each lesson by full name, as its minutes count them."""

    bundle: Bundle
    words: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Every text in Markdown, answers of FAQs and long texts of figures among them."""
        return tuple(_texts(self.bundle))

    @cached_property
    def blocks(self) -> dict[str, tuple[Block, ...]]:
        """The blocks of lessons, articles, course pages, tools and authors, by file."""
        pages = (text for text in self.texts if text.kind in PAGES)
        return {page.file: blocks_of(page.body, page.line) for page in pages}

    @cached_property
    def lessons(self) -> tuple[tuple[LessonText, tuple[Block, ...]], ...]:
        """The lessons with their blocks, in the order of their files."""
        found = sorted(self.bundle.lessons.values(), key=lambda lesson: lesson.file)
        return tuple((lesson, self.blocks[lesson.file]) for lesson in found)

    @cached_property
    def articles(self) -> tuple[tuple[ArticleText, tuple[Block, ...]], ...]:
        found = sorted(self.bundle.articles.values(), key=lambda article: article.file)
        return tuple((article, self.blocks[article.file]) for article in found)

    @cached_property
    def questions(self) -> tuple[tuple[Question, str], ...]:
        return tuple(self.bundle.questions())

    @cached_property
    def asked(self) -> frozenset[str]:
        """The ids of the questions that some quiz or some lesson asks."""
        quizzes = {item for quiz in self.bundle.quizzes.values() for item in pool_of(self.bundle, quiz)}
        checks = {
            found.name
            for lesson in self.bundle.lessons.values()
            for found in mentions(lesson.body)
            if found.kind == "check"
        }
        return frozenset(quizzes | checks)

    @cached_property
    def cited(self) -> frozenset[str]:
        """The keys that some text cites."""
        found = (each for text in self.texts for each in mentions(text.body))
        return frozenset(each.name for each in found if each.kind == "cite")


def _texts(bundle: Bundle) -> Iterator[Text]:
    rooms: tuple[tuple[str, Mapping[str, Page]], ...] = (
        ("lesson", bundle.lessons),
        ("article", bundle.articles),
        ("course", bundle.courses),
        ("tool", bundle.tools),
        ("author", bundle.authors),
        ("question", bundle.question_files),
    )
    for kind, room in rooms:
        yield from (Text(kind, page.file, page.body, page.body_line) for page in room.values())
    for quiz in bundle.quizzes.values():
        yield Text("question" if quiz.case is None else "case", quiz.file, quiz.body, quiz.body_line)
    yield from _answers(bundle)
    for path, data in bundle.media().items():
        if path.endswith(".md"):
            yield Text("media", path, data.decode("utf-8-sig", "replace"), 1)


def _answers(bundle: Bundle) -> Iterator[Text]:
    faqs = [(article.file, article.faq) for article in bundle.articles.values()]
    faqs += [(course.file, course.faq) for course in bundle.courses.values()]
    yield from (Text("faq", file, answer, line) for file, faq in faqs for _, answer, line in faq)
