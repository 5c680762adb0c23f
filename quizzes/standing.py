"""What a learner without an attempt may ask for, and what became of it."""

from dataclasses import dataclass

from sqlalchemy import select

from core.database import db
from quizzes.models import AttemptRequest


@dataclass(frozen=True)
class Asking:
    """How a learner's question for another attempt stands: none yet, open, granted or refused with an answer."""

    state: str
    answer: str

    @property
    def may_ask(self) -> bool:
        return self.state != "open"


def asking(user_id: int, quiz_id: int) -> Asking:
    """The newest question of this learner, who has no attempt left."""
    query = select(AttemptRequest).filter_by(user_id=user_id, quiz_id=quiz_id)
    newest = db.session.scalars(query.order_by(AttemptRequest.id.desc())).first()
    return Asking(newest.state, newest.answer) if newest else Asking("", "")
