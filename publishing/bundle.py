"""A bundle: the files of a folder and what they say, each problem with its file, its line and a remedy. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import Problem
from publishing.texts.bibliography import SourceText, read_bibliography
from publishing.texts.course_text import CourseText, read_course
from publishing.texts.front_matter import read_front_matter
from publishing.texts.glossary import TermText, read_glossary
from publishing.texts.legal_texts import LegalDraft, read_legal_text
from publishing.texts.media_files import check_media_file
from publishing.texts.page_texts import (
    ArticleText,
    AuthorText,
    LessonText,
    ToolText,
    read_article,
    read_author,
    read_lesson,
    read_tool,
)
from publishing.texts.quiz_files import QuestionFile, QuizText, read_question_file, read_quiz
from quizzes.questions import Question

BIBLIOGRAPHY = "references.bib"
GLOSSARY = "glossary.md"
SLUG = r"([a-z0-9]+(?:-[a-z0-9]+)*)"
DAY = r"(\d{4}-\d{2}-\d{2})"
PLACES = (
    "courses/<course>/course.md, courses/<course>/{lessons,quizzes,questions,tools}/<slug>.md, "
    "authors/<slug>.md, articles/<slug>.md, legal/<page>/<YYYY-MM-DD>.md, media/…, references.bib, glossary.md"
)


@dataclass(frozen=True)
class Bundle:
    """Everything in a folder, by path and by name. `files` are the bytes as they came."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    courses: Mapping[str, CourseText] = field(default_factory=dict)  # by slug
    lessons: Mapping[str, LessonText] = field(default_factory=dict)  # by full name
    quizzes: Mapping[str, QuizText] = field(default_factory=dict)  # by full name
    question_files: Mapping[str, QuestionFile] = field(default_factory=dict)  # by path
    tools: Mapping[str, ToolText] = field(default_factory=dict)  # by path
    authors: Mapping[str, AuthorText] = field(default_factory=dict)  # by slug
    articles: Mapping[str, ArticleText] = field(default_factory=dict)  # by slug
    legal: Mapping[str, LegalDraft] = field(default_factory=dict)  # by path
    sources: Mapping[str, SourceText] = field(default_factory=dict)  # by key
    terms: tuple[TermText, ...] = ()

    def has_body(self, name: str) -> bool:
        """Whether there is a file for this full name, `course/lessons/slug`, readable or not."""
        return f"courses/{name}.md" in self.files

    def has_course(self, slug: str) -> bool:
        return f"courses/{slug}/course.md" in self.files

    def course_slugs(self) -> set[str]:
        """The slugs of its courses, also those that they had before."""
        return {slug for course in self.courses.values() for slug in (course.slug, *course.formerly)}

    def source_keys(self) -> set[str]:
        """The keys of the bibliography, also of entries that cannot be read."""
        text = self.files.get(BIBLIOGRAPHY, b"").decode("utf-8", "replace")
        return set(re.findall(r"@\w+\s*\{\s*([^,\s}]+)", text))

    def questions(self) -> list[tuple[Question, str]]:
        """Every question with the file that holds it, in the order of the files."""
        files = [(quiz.file, quiz.questions) for quiz in self.quizzes.values()]
        files += [(each.file, each.questions) for each in self.question_files.values()]
        return [(question, file) for file, questions in sorted(files) for question in questions]

    def media(self) -> dict[str, bytes]:
        """Figures, films and what goes with them, by path."""
        return {path: data for path, data in self.files.items() if path.startswith("media/")}

    def explanations(self) -> dict[str, tuple[str, str]]:
        """Each word of the glossary in lower case: the slug of its term and the definition."""
        return {word: (term.slug, term.definition) for term in self.terms for word in term.words}


def course_of(path: str) -> str:
    """The slug of the course in whose folder a file lies, empty for what belongs to the school."""
    return path.split("/")[1] if path.startswith("courses/") else ""


def read_bundle(files: Mapping[str, bytes]) -> tuple[Bundle, list[Problem]]:
    """The bundle and what is wrong with each file by itself."""
    reader = _Reader(files)
    for path in sorted(files):
        reader.read(path)
    return reader.bundle(), sorted(reader.problems)


def with_file(bundle: Bundle, path: str, data: bytes) -> tuple[Bundle, list[Problem]]:
    """The bundle with this file in the place of the one that it holds, or beside the others; and what is wrong with
    the file by itself. Only this one is read anew."""
    reader = _Reader({path: data})
    reader.read(path)
    rooms = {
        room: {key: page for key, page in getattr(bundle, room).items() if page.file != path} | found
        for room, found in reader.found.items()
    }
    sources = reader.sources if path == BIBLIOGRAPHY else bundle.sources
    terms = reader.terms if path == GLOSSARY else bundle.terms
    files = {**bundle.files, path: data}
    return Bundle(files=files, sources=sources, terms=terms, **rooms), sorted(reader.problems)


class _Reader:
    """Sorts files by their place; each kind of place has a reader."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.problems: list[Problem] = []
        rooms = ("courses", "lessons", "quizzes", "question_files", "tools", "authors", "articles", "legal")
        self.found: dict[str, dict[str, Any]] = {name: {} for name in rooms}
        self.sources: dict[str, SourceText] = {}
        self.terms: tuple[TermText, ...] = ()

    def read(self, path: str) -> None:
        for pattern, reader in PLACE_READERS:
            if place := re.fullmatch(pattern, path):
                reader(self, path, *place.groups())
                return
        remedy = f"A bundle holds {PLACES}; slugs are a-z, 0-9 and single hyphens."
        self.problems.append(Problem(path, 0, "this file has no place in a bundle", remedy))

    def keep(self, room: str, key: str, read: tuple[Any, list[Problem]]) -> None:
        self.found[room][key] = read[0]
        self.problems += read[1]

    def page(self, room: str, key: str, path: str, reader: Callable[..., Any], *names: str) -> None:
        """A file with front matter. What cannot be taken apart is reported once and read no further."""
        front, problems = read_front_matter(self.files[path], path, required=room != "question_files")
        self.problems += problems
        if not problems:
            self.keep(room, key, reader(front, *names))

    def course(self, path: str, slug: str) -> None:
        self.page("courses", slug, path, read_course, slug)

    def lesson(self, path: str, course: str, slug: str) -> None:
        name = f"{course}/lessons/{slug}"
        self.page("lessons", name, path, read_lesson, name)

    def quiz(self, path: str, course: str, slug: str) -> None:
        name = f"{course}/quizzes/{slug}"
        self.page("quizzes", name, path, read_quiz, name)

    def question_file(self, path: str, course: str, slug: str) -> None:
        self.page("question_files", path, path, read_question_file, course, slug)

    def tool(self, path: str, course: str, slug: str) -> None:
        self.page("tools", path, path, read_tool, course, slug)

    def author(self, path: str, slug: str) -> None:
        self.page("authors", slug, path, read_author, slug)

    def article(self, path: str, slug: str) -> None:
        self.page("articles", slug, path, read_article, slug)

    def legal_text(self, path: str, page: str, version: str) -> None:
        self.page("legal", path, path, read_legal_text, page, version)

    def media(self, path: str) -> None:
        self.problems += check_media_file(path, self.files[path])

    def bibliography(self, path: str) -> None:
        sources, problems = read_bibliography(self.files[path], path)
        self.sources = {source.key: source for source in sources}
        self.problems += problems

    def glossary(self, path: str) -> None:
        self.terms, problems = read_glossary(self.files[path], path)
        self.problems += problems

    def bundle(self) -> Bundle:
        return Bundle(files=self.files, sources=self.sources, terms=self.terms, **self.found)


PLACE_READERS: tuple[tuple[str, Callable[..., None]], ...] = (
    (rf"courses/{SLUG}/course\.md", _Reader.course),
    (rf"courses/{SLUG}/lessons/{SLUG}\.md", _Reader.lesson),
    (rf"courses/{SLUG}/quizzes/{SLUG}\.md", _Reader.quiz),
    (rf"courses/{SLUG}/questions/{SLUG}\.md", _Reader.question_file),
    (rf"courses/{SLUG}/tools/{SLUG}\.md", _Reader.tool),
    (rf"authors/{SLUG}\.md", _Reader.author),
    (rf"articles/{SLUG}\.md", _Reader.article),
    (rf"legal/{SLUG}/{DAY}\.md", _Reader.legal_text),
    (r"media/.+", _Reader.media),
    (r"references\.bib", _Reader.bibliography),
    (r"glossary\.md", _Reader.glossary),
)
