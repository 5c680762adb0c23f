"""What is asked of the database before a regrade: a question's revisions, who asks it, and its attempts' figures."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, func, select

from core.database import db
from core.errors import NotFound
from courses.models import Course, Step
from quizzes.marks import Certainty, Response
from quizzes.models import Attempt, AttemptItem, Grade, Question, QuestionRevision, Quiz
from quizzes.quiz_settings import QuizKind, QuizSettings
from quizzes.reads import asked
from quizzes.regrading.models import Regrade
from quizzes.regrading.rules import Cause, Part, Result, obstacle
from quizzes.rules import AttemptState
from quizzes.terms import Terms

CHUNK = 500  # attempts read at once


@dataclass(frozen=True)
class Edition:
    """One revision of a question. `obstacle` says why the present one cannot grade its answers, or is empty."""

    id: int
    number: int
    published_at: datetime
    attempts: int  # handed in, that it grades
    is_present: bool
    obstacle: str


@dataclass(frozen=True)
class Sheet:
    """An attempt that was handed in, as a regrade needs it; `position` is that of the question."""

    attempt_id: str
    quiz: str
    pass_percent: int
    terms: Terms
    result: Result
    position: int
    response: Response
    parts: dict[int, Part]


def find_question(question_id: str) -> Question:
    """The question, published once at least. Raises NotFound."""
    found = db.session.get(Question, question_id)
    if found is None or found.revision_id is None:
        raise NotFound("There is no such question.")
    return found


def regrade_of(question_id: str, cause: Cause, revision_id: int) -> Select[Regrade]:
    """The regrade of this revision; a question is dropped once, whatever revision it had."""
    query = select(Regrade).filter_by(question_id=question_id, cause=cause)
    return query if cause is Cause.DROPPED else query.filter_by(revision_id=revision_id)


def editions_of(question: Question) -> list[Edition]:
    """All revisions of a question, the present one first."""
    handed_in = (AttemptItem.attempt_id == Attempt.id) & (Attempt.state == AttemptState.SUBMITTED)
    counting = (AttemptItem.revision_id == QuestionRevision.id) & AttemptItem.dropped.is_(False)
    query = (
        select(
            QuestionRevision.id, QuestionRevision.number, QuestionRevision.published_at, func.count(Attempt.id)
        )
        .outerjoin(AttemptItem, counting)
        .outerjoin(Attempt, handed_in)
        .where(QuestionRevision.question_id == question.id)
        .group_by(QuestionRevision.id)
        .order_by(QuestionRevision.number.desc())
    )  # fmt: skip
    return [_edition(question, *row) for row in db.session.execute(query)]


def _edition(
    question: Question, revision_id: int, number: int, published_at: datetime, attempts: int
) -> Edition:
    present = question.revision_id or 0
    why_not = obstacle(asked(revision_id).question, asked(present).question)
    return Edition(revision_id, number, published_at, attempts, revision_id == present, why_not)


def revisions_to_regrade(question_id: str, cause: Cause, revision_id: int) -> list[int]:
    """The revisions whose attempts a regrade concerns: of a drop all, of a mended key those that it can grade."""
    query = select(QuestionRevision.id).where(QuestionRevision.question_id == question_id)
    if cause is Cause.DROPPED:
        return list(db.session.scalars(query))
    # Revisions get their ids in the order of publication.
    earlier = db.session.scalars(query.where(QuestionRevision.id < revision_id))
    mended = asked(revision_id).question
    return [each for each in earlier if not obstacle(asked(each).question, mended)]


def attempts_asked(revisions: Collection[int], after: str, most: int) -> list[str]:
    """The next attempts, by their ids, that asked one of these revisions and count the question."""
    query = (
        select(AttemptItem.attempt_id)
        .where(AttemptItem.revision_id.in_(revisions), AttemptItem.dropped.is_(False))
        .where(AttemptItem.attempt_id > after)
        .order_by(AttemptItem.attempt_id)
    )
    return list(db.session.scalars(query.limit(most)))


def sheets(attempts: Sequence[str], revisions: Collection[int]) -> Iterator[Sheet]:
    """Those of these attempts that were handed in, as a regrade needs them."""
    for _, rows in groupby(db.session.execute(_figures(attempts)), key=lambda row: row.id):
        listed = list(rows)
        touched = next((row for row in listed if row.revision_id in revisions and not row.dropped), None)
        if touched is not None:  # Somebody may just have been quicker.
            yield _sheet(touched, listed)


def count_graded_after(entry: int, revisions: Collection[int]) -> int:
    """How many attempts that asked one of these revisions have an entry in the log of grades after this one."""
    query = (
        select(func.count(Grade.attempt_id.distinct()))
        .join(AttemptItem, AttemptItem.attempt_id == Grade.attempt_id)
        .where(Grade.id > entry, AttemptItem.revision_id.in_(revisions), AttemptItem.dropped.is_(False))
    )
    return db.session.scalar(query) or 0


def _figures(attempts: Sequence[str]) -> Select[Any]:
    """A row for each question of the attempts, with what is known of the attempt."""
    return (
        select(
            Attempt.id, Quiz.title, Attempt.pass_percent, Attempt.terms, Attempt.points_num, Attempt.points_den,
            Attempt.max_num, Attempt.max_den, Attempt.passed, AttemptItem.position, AttemptItem.revision_id,
            AttemptItem.answer, AttemptItem.tried, AttemptItem.certainty, AttemptItem.hinted,
            AttemptItem.mark_num, AttemptItem.mark_den, AttemptItem.dropped,
        )
        .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Attempt.id.in_(attempts), Attempt.state == AttemptState.SUBMITTED)
        .order_by(Attempt.id, AttemptItem.position)
    )  # fmt: skip


def _sheet(touched: Row[Any], rows: Sequence[Row[Any]]) -> Sheet:
    points = None if touched.points_num is None else Fraction(touched.points_num, touched.points_den)
    certainty = Certainty(touched.certainty) if touched.certainty else None
    return Sheet(
        attempt_id=touched.id,
        quiz=touched.title,
        pass_percent=touched.pass_percent,
        terms=Terms.from_json(touched.terms),
        result=Result(points, Fraction(touched.max_num, touched.max_den), touched.passed),
        position=touched.position,
        response=Response(touched.answer, touched.tried, certainty, touched.hinted),
        parts={row.position: _part(row) for row in rows},
    )


def _part(row: Row[Any]) -> Part:
    mark = None if row.mark_num is None else Fraction(row.mark_num, row.mark_den)
    return Part(asked(row.revision_id).question.points, mark, row.dropped)


def courses_asking(question_id: str) -> list[Course]:
    """The courses with a quiz that asks the question now or did in an attempt, by title."""
    named = {step for step, quiz in _quizzes() if _asks(quiz, question_id)}
    once = (
        select(Attempt.step_id)
        .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
        .join(QuestionRevision, QuestionRevision.id == AttemptItem.revision_id)
        .where(QuestionRevision.question_id == question_id)
    )
    steps = named | set(db.session.scalars(once.distinct()))
    query = select(Course).where(Course.id.in_(select(Step.course_id).where(Step.id.in_(steps))))
    return list(db.session.scalars(query.order_by(Course.title)))


def quizzes_that_asked(question_id: str, course_id: int) -> list[tuple[str, str]]:
    """The quizzes of a course that asked the question in an attempt, each by slug and title, in the course's order."""
    query = (
        select(Step.slug, Quiz.title, Step.position)
        .join(Attempt, Attempt.step_id == Step.id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(AttemptItem, AttemptItem.attempt_id == Attempt.id)
        .join(QuestionRevision, QuestionRevision.id == AttemptItem.revision_id)
        .where(QuestionRevision.question_id == question_id, Step.course_id == course_id)
        .where(Quiz.kind == QuizKind.QUIZ)
    )
    rows = db.session.execute(query.distinct().order_by(Step.position))
    return [(slug, title) for slug, title, _ in rows]


def _quizzes() -> list[tuple[int, Quiz]]:
    """All quizzes that stand in a course, each with the id of its step."""
    query = select(Step.id, Quiz).join(Quiz, Quiz.name == Step.body).where(Step.retired_at.is_(None))
    return [(step, quiz) for step, quiz in db.session.execute(query)]


def _asks(quiz: Quiz, question_id: str) -> bool:
    pools = quiz.content.get("pools", {}).values()
    named = QuizSettings.from_json(quiz.settings).items
    return any(question_id in ids for ids in (quiz.pool, named, *pools))
