"""News of other rooms, noted at once and turned into cards by the worker.

A submission waits for nobody's cards: it costs one row. A minute later the cards are there, due tomorrow.
"""

import logging
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from core.clock import now
from core.database import db, transaction
from progress.services import StepCompleted
from quizzes.closing import AttemptMarked
from quizzes.models import Attempt
from reviews import entering
from reviews.models import ReviewNews

MOST_AT_ONCE = 500  # of one round of the job


def hear_marked(event: AttemptMarked) -> None:
    """An attempt was marked: it may bring in what was missed."""
    attempt = db.session.get_one(Attempt, event.attempt_id)
    db.session.add(
        ReviewNews(user_id=attempt.user_id, step_id=attempt.step_id, attempt_id=attempt.id, at=now())
    )
    db.session.flush()


def hear_completed(event: StepCompleted) -> None:
    """A step was completed: it may bring in terms, and questions for later."""
    db.session.add(ReviewNews(user_id=event.user_id, step_id=event.step_id, at=now()))
    db.session.flush()


def gather() -> None:
    """Take in what was noted, in order, each in a transaction of its own; the job of each minute."""
    with transaction():
        waiting = list(db.session.scalars(_oldest().with_only_columns(ReviewNews.id).limit(MOST_AT_ONCE)))
    for news_id in waiting:
        try:
            with transaction() as session:
                _take_in(session.scalars(_oldest().where(ReviewNews.id == news_id)))
        except Exception:  # The others wait no longer because of one.
            logging.getLogger("reviews").exception(
                "a piece of news was not taken in", extra={"news": news_id}
            )


def take_in(user_id: int) -> None:
    """Take in what was noted of one person, in the caller's transaction."""
    _take_in(db.session.scalars(_oldest().where(ReviewNews.user_id == user_id)))


def _oldest() -> Any:
    return select(ReviewNews).order_by(ReviewNews.id)


def _take_in(news: Iterable[ReviewNews]) -> None:
    for one in list(news):
        if one.attempt_id is not None:
            entering.from_attempt(one.attempt_id)
        else:
            entering.from_step(one.user_id, one.step_id, one.at)
        db.session.delete(one)
        db.session.flush()
