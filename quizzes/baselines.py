"""The quiz that was asked before a module, beside the one that asks the same ideas after it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction

from sqlalchemy import select

from core.database import db
from quizzes.gain import Gain, gain, shares_by_idea
from quizzes.models import Attempt, Quiz
from quizzes.reads import Item, items_of
from quizzes.rules import AttemptState


def gain_since(user_id: int, quiz: Quiz, begun_at: datetime, items: Sequence[Item]) -> Gain | None:
    """What somebody gained from the quiz before to this attempt, which began then and asked `items`; None without one.

    A baseline that was taken later is none: by then the module had been read.
    """
    before = _first_attempt(user_id, quiz.content.get("baselines", []), begun_at)
    if before is None:
        return None
    return gain(_shares(items_of(before, user_id)), _shares(items))


def _first_attempt(user_id: int, names: Iterable[str], begun_at: datetime) -> str | None:
    query = select(Attempt.id).join(Quiz, Quiz.id == Attempt.quiz_id)
    query = query.where(
        Attempt.user_id == user_id,
        Attempt.state == AttemptState.SUBMITTED,
        Attempt.submitted_at <= begun_at,
        Quiz.name.in_(names),
    )
    return db.session.scalar(query.order_by(Attempt.number).limit(1)) if names else None


def _shares(items: Iterable[Item]) -> dict[str, Fraction]:
    return shares_by_idea(
        (item.asked.question.topic, item.score / item.asked.question.points)
        for item in items
        if item.score is not None and item.asked.question.topic and not item.dropped
    )
