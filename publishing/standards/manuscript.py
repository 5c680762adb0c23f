"""What the standard reads: a bundle, its texts cut into blocks once, and the words that minutes count. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from core.markup.proofreading import mentions
from publishing.bundle import Bundle
from publishing.bundle_texts import Text, texts_of
from publishing.pools import pool_of
from publishing.standards.blocks import Block, blocks_of
from publishing.texts.page_texts import ArticleText, LessonText
from quizzes.questions import Question

PAGES = ("lesson", "article", "course page", "tool", "author")


@dataclass(frozen=True)
class Manuscript:
    """A bundle as an editor reads it. `words` are those of each lesson by full name, as its minutes count them."""

    bundle: Bundle
    words: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Every text in Markdown, answers of FAQs and long texts of figures among them."""
        return tuple(texts_of(self.bundle))

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
