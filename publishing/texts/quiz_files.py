"""Files that hold questions, cases and assignments, read by the pure readers of the quizzes' room. Pure."""

from dataclasses import dataclass

from core.errors import Problem
from publishing.texts.fields import Fields
from publishing.texts.front_matter import FrontMatter
from quizzes.assignment_text import Assignment, parse_assignment
from quizzes.cases.case import Case
from quizzes.cases.text import parse_case
from quizzes.questions import Question
from quizzes.quiz_settings import QuizKind, QuizSettings
from quizzes.quiz_text import introduction, parse_questions


@dataclass(frozen=True)
class QuizText:
    """A quiz, case or assignment. `name` is `course/quizzes/slug`; of the last three one is filled by its kind."""

    name: str
    file: str
    settings: QuizSettings
    lines: tuple[tuple[str, int], ...]  # key of the front matter, its line
    body: str
    body_line: int
    questions: tuple[Question, ...] = ()
    case: Case | None = None
    assignment: Assignment | None = None

    @property
    def slug(self) -> str:
        return self.name.rpartition("/")[2]

    @property
    def course(self) -> str:
        return self.name.partition("/")[0]

    def line_of(self, key: str) -> int:
        return dict(self.lines).get(key, 1)


@dataclass(frozen=True)
class QuestionFile:
    """Questions that belong to no single quiz."""

    course: str
    slug: str
    file: str
    body: str
    body_line: int
    questions: tuple[Question, ...]


def read_quiz(front: FrontMatter, name: str) -> tuple[QuizText, list[Problem]]:
    """The quiz and what is wrong with it, as far as the file alone tells."""
    settings, problems = QuizSettings.from_front(front.plain(), front.file, front.line_of)
    lines = tuple((key, node.line) for key, node in front.values.items())
    body, at = front.body, front.body_line
    if settings.kind == QuizKind.CASE:
        case, faults = parse_case(body, front.file, at, settings)
        return QuizText(name, front.file, settings, lines, body, at, case=case), problems + faults
    if settings.kind == QuizKind.ASSIGNMENT:
        assignment, faults = parse_assignment(body, front.file, at)
        return QuizText(name, front.file, settings, lines, body, at, assignment=assignment), problems + faults
    questions, faults = parse_questions(body, front.file, at)
    faults += _stray_text(body, front.file, at)
    return QuizText(name, front.file, settings, lines, body, at, tuple(questions)), problems + faults


def read_question_file(front: FrontMatter, course: str, slug: str) -> tuple[QuestionFile, list[Problem]]:
    """The questions and what is wrong with them; front matter may be absent."""
    problems: list[Problem] = []
    Fields.of(front, problems).only("title")
    questions, faults = parse_questions(front.body, front.file, front.body_line)
    faults += _stray_text(front.body, front.file, front.body_line)
    read = QuestionFile(course, slug, front.file, front.body, front.body_line, tuple(questions))
    return read, problems + faults


def _stray_text(body: str, file: str, first_line: int) -> list[Problem]:
    """Text before the first question would be shown nowhere."""
    before = introduction(body)
    if not before.strip():
        return []
    line = first_line + before[: len(before) - len(before.lstrip())].count("\n")
    return [
        Problem(file, line, "text before the first question", "Move it into a question, or into `summary:`.")
    ]
