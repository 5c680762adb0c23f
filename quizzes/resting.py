"""Steps at which a learner has tried, and may try again only later."""

from datetime import datetime

from sqlalchemy import ColumnElement, select

from core.database import db
from progress.models import StepCompletion
from quizzes.eligibility import eligibility
from quizzes.models import Attempt, Quiz
from quizzes.open_attempts import READER
from quizzes.rules import AttemptState


def _is_left_to_do(user_id: object) -> tuple[ColumnElement[bool], ...]:
    """An attempt of theirs has ended, and the step is not completed."""
    done = select(StepCompletion.step_id).where(
        StepCompletion.user_id == user_id, StepCompletion.step_id == Attempt.step_id
    )
    return Attempt.user_id == user_id, Attempt.state != AttemptState.OPEN, ~done.exists()


HAS_ENDED_ATTEMPT = select(Attempt.id).where(*_is_left_to_do(READER)).exists()


def resting_steps(user_id: int) -> dict[int, datetime]:
    """From when the next attempt at a step may begin, for each step where none may begin now."""
    tried = select(Attempt.step_id, Attempt.quiz_id).where(*_is_left_to_do(user_id)).distinct()
    found = {step: _again_at(user_id, quiz, step) for step, quiz in db.session.execute(tried)}
    return {step: again_at for step, again_at in found.items() if again_at is not None}


def _again_at(user_id: int, quiz_id: int, step_id: int) -> datetime | None:
    return eligibility(user_id, db.session.get_one(Quiz, quiz_id), step_id).decision.again_at
