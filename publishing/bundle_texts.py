"""The texts in Markdown that a bundle holds, each with the word for its kind and where it stands. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from publishing.bundle import Bundle
from publishing.texts.media_files import ending
from quizzes.quiz_settings import QuizKind


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
    """One text in Markdown. `kind` is a word for messages: lesson, article, course page, FAQ, question, …"""

    kind: str
    file: str
    body: str
    line: int
    folded: bool = False  # YAML has joined its lines, so that all of it stands at `line`


def texts_of(bundle: Bundle) -> Iterator[Text]:
    """Every text, answers of FAQs and long texts of figures among them."""
    rooms: tuple[tuple[str, Mapping[str, Page]], ...] = (
        ("lesson", bundle.lessons),
        ("article", bundle.articles),
        ("course page", bundle.courses),
        ("tool", bundle.tools),
        ("author", bundle.authors),
        ("legal page", bundle.legal),
        ("question", bundle.question_files),
    )
    for kind, room in rooms:
        yield from (Text(kind, page.file, page.body, page.body_line) for page in room.values())
    for quiz in bundle.quizzes.values():
        kind = "question" if quiz.settings.kind == QuizKind.QUIZ else str(quiz.settings.kind)
        yield Text(kind, quiz.file, quiz.body, quiz.body_line)
    yield from _answers(bundle)
    yield from _long_texts(bundle)


def _answers(bundle: Bundle) -> Iterator[Text]:
    pages: Iterable[tuple[str, tuple[tuple[str, str, int], ...]]] = (
        *((article.file, article.faq) for article in bundle.articles.values()),
        *((course.file, course.faq) for course in bundle.courses.values()),
    )
    for file, faq in pages:
        yield from (Text("FAQ", file, answer, line, folded=True) for _, answer, line in faq)


def _long_texts(bundle: Bundle) -> Iterator[Text]:
    for path, data in bundle.media().items():
        if ending(path) == "md":
            yield Text("figure or film", path, data.decode("utf-8-sig", "replace"), 1)
