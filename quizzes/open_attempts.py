"""What a learner has begun and not handed in, as the dashboard tells it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, Text, bindparam, case, cast, func, or_, select

from core.clock import now
from core.reads import HotRead
from core.web import Reader
from quizzes.models import Attempt, AttemptItem, Quiz
from quizzes.rules import AttemptState
from quizzes.terms import GRACE
from quizzes.times import in_minutes

READER: BindParameter[int] = bindparam("user_id")
_open = (Attempt.user_id == READER, Attempt.state == AttemptState.OPEN)
HAS_OPEN_ATTEMPT = select(Attempt.id).where(*_open).exists()
_attempts = HotRead(
    select(
        Attempt.id,
        Quiz.title,
        Quiz.kind,
        Attempt.deadline_at,
        func.count(AttemptItem.position),
        func.count(case((cast(AttemptItem.answer, Text) != "null", 1))),  # A cleared answer is JSON's null.
    )
    .join(Quiz, Quiz.id == Attempt.quiz_id)
    .outerjoin(AttemptItem, AttemptItem.attempt_id == Attempt.id)
    .where(
        *_open,
        or_(
            Attempt.deadline_at.is_(None),
            Attempt.deadline_at >= bindparam("in_time", type_=Attempt.deadline_at.type),
        ),
    )
    .group_by(Attempt.id, Quiz.title, Quiz.kind, Attempt.deadline_at)
    .order_by(Attempt.deadline_at.is_(None), Attempt.deadline_at, Attempt.started_at.desc())
)


@dataclass(frozen=True)
class OpenAttempt:
    """An attempt to go on with: `words` are `12 minutes left, 7 of 10 saved`."""

    url: str
    title: str
    noun: str
    words: str


def open_attempts(reader: Reader) -> list[OpenAttempt]:
    """Those of one reader, the most urgent first."""
    rows = _attempts(user_id=reader.user_id, in_time=now() - GRACE)
    return [OpenAttempt(f"/attempts/{row[0]}", row[1], row[2], _words(*row[3:])) for row in rows]


def _words(deadline: datetime | None, asked: int, saved: int) -> str:
    parts = [f"{in_minutes(max(deadline - now(), timedelta(0)))} left"] if deadline else []
    if asked:
        parts.append(f"{saved} of {asked} saved")
    return ", ".join(parts)
