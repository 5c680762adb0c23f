"""Doubting a question of one's own result, and answering such doubts."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from accounts.models import User
from analysis.doubts.models import Doubt
from core.clock import now
from core.database import db, insert_once
from core.errors import Conflict, InvalidInput, NotFound
from core.mail import queue
from courses.models import Course
from courses.services import find_step
from quizzes.eligibility import may_see_key
from quizzes.models import Attempt, Quiz
from quizzes.reads import Asked, asked
from quizzes.services import find_attempt

LONGEST = 2000  # characters of a doubt, and of its answer
NO_QUESTION = "There is no such question. The result of your attempt lists those that you may question."


@dataclass(frozen=True)
class Doubtful:
    """A question of somebody's own attempt that they may doubt, and what they said of it already."""

    attempt: Attempt
    position: int
    question: Asked
    said: Doubt | None


def doubtful(user_id: int, attempt_id: str, position: int) -> Doubtful:
    """The question at a position of one's own submitted attempt, whose key may be seen. Raises NotFound."""
    attempt = find_attempt(user_id, attempt_id)
    item = next((each for each in attempt.items if each.position == position), None)
    if item is None or not may_see_key(attempt):
        raise NotFound(NO_QUESTION)
    question = asked(item.revision_id)
    said = db.session.scalar(select(Doubt).filter_by(attempt_id=attempt_id, question_id=question.question.id))
    return Doubtful(attempt, position, question, said)


def doubt(found: Doubtful, words: str) -> None:
    """Say what seems wrong; said twice, the first stands. Raises InvalidInput."""
    told = _checked(words, "Say in a sentence or two what seems wrong.")
    row: dict[str, Any] = {
        "user_id": found.attempt.user_id,
        "attempt_id": found.attempt.id,
        "position": found.position,
        "course_id": find_step(found.attempt.step_id).course_id,
        "quiz_id": found.attempt.quiz_id,
        "question_id": found.question.question.id,
        "revision_id": found.question.id,
        "words": told,
        "asked_at": now(),
    }
    insert_once(Doubt, row, ("attempt_id", "question_id"))


def doubts_in(course: Course) -> list[Doubt]:
    """The doubts of a course: those that wait first, the oldest of them first; then the latest answered."""
    rows = list(db.session.scalars(select(Doubt).filter_by(course_id=course.id).order_by(Doubt.asked_at)))
    waiting = [row for row in rows if row.answer is None]
    return waiting + [row for row in reversed(rows) if row.answer is not None]


def doubts_of(course: Course, question_id: str) -> list[Doubt]:
    """The doubts of one question in a course, the latest first."""
    query = select(Doubt).filter_by(course_id=course.id, question_id=question_id)
    return list(db.session.scalars(query.order_by(Doubt.asked_at.desc())))


def waiting_in(course_ids: list[int]) -> dict[int, int]:
    """How many doubts wait in each of these courses; those without one are left out."""
    query = select(Doubt.course_id, func.count()).where(
        Doubt.course_id.in_(course_ids), Doubt.answer.is_(None)
    )
    rows = db.session.execute(query.group_by(Doubt.course_id))
    return {row[0]: row[1] for row in rows}


def answer(course: Course, doubt_id: int, words: str) -> None:
    """Answer a doubt, once; its learner is told by mail. Raises NotFound, InvalidInput, Conflict."""
    told = _checked(words, "Write an answer: the learner reads it.")
    query = select(Doubt).filter_by(id=doubt_id, course_id=course.id).with_for_update()
    found = db.session.scalar(query)
    if found is None:
        raise NotFound("There is no such doubt in this course.")
    if found.answer is not None:
        raise Conflict("This doubt was answered in the meantime. Load the list again to read it.")
    found.answer, found.answered_at = told, now()
    db.session.flush()
    _tell(found)


def _tell(found: Doubt) -> None:
    user = db.session.get_one(User, found.user_id)
    quiz = db.session.get_one(Quiz, found.quiz_id)
    context: dict[str, object] = {
        "name": user.name,
        "title": quiz.title,
        "words": found.words,
        "answer": found.answer,
        "path": f"/attempts/{found.attempt_id}/questions/{found.position}/doubt",
    }
    queue("doubt_answered", user.email, context, f"doubt:{found.id}")


def _checked(words: str, missing: str) -> str:
    # Browsers send a line's end as two characters and count it as one.
    told = words.replace("\0", "").replace("\r\n", "\n").strip()
    if not told:
        raise InvalidInput(missing, "words")
    if len(told) > LONGEST:
        raise InvalidInput(f"Keep it to {LONGEST} characters.", "words")
    return told
