"""What a learner without an attempt may ask for, and what became of it."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from core.database import db
from quizzes.models import Attempt, AttemptRequest
from quizzes.rules import AttemptState


@dataclass(frozen=True)
class Asking:
    """How a learner's question for another attempt stands: none yet, open, granted, refused with an answer, or
    "waits" while an attempt is with a marker: whoever asked then would be known by name beside a nameless work.
    """

    state: str
    answer: str

    @property
    def may_ask(self) -> bool:
        return self.state not in ("open", "waits")


def asking(user_id: int, quiz_id: int) -> Asking:
    """The newest question of this learner, who has no attempt left."""
    if waits_for_mark(user_id, quiz_id):
        return Asking("waits", "")
    query = select(AttemptRequest).filter_by(user_id=user_id, quiz_id=quiz_id)
    newest = db.session.scalars(query.order_by(AttemptRequest.id.desc())).first()
    return Asking(newest.state, newest.answer) if newest else Asking("", "")


def waits_for_mark(user_id: int, quiz_id: int) -> bool:
    """Whether an attempt of this learner was handed in and has no result yet."""
    return bool(db.session.scalar(select(is_awaited(user_id, quiz_id))))


def is_awaited(
    user_id: int | InstrumentedAttribute[int], quiz_id: int | InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """The same of a query's columns, for many learners at once."""
    handed_in = select(Attempt.id).where(Attempt.user_id == user_id, Attempt.quiz_id == quiz_id)
    return handed_in.where(Attempt.points_num.is_(None), Attempt.state != AttemptState.OPEN).exists()
