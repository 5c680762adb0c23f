"""Steps at which a learner has tried, and may try again only later."""

from datetime import datetime

from sqlalchemy import ColumnElement, select

from core.database import db
from progress.models import StepCompletion
from quizzes.eligibility import eligibility
from quizzes.models import Attempt, Quiz
from quizzes.open_attempts import READER
from quizzes.quiz_settings import QuizSettings
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
    tried = select(Attempt.step_id, Attempt.quiz_id).where(*_is_left_to_do(user_id)).distinct().subquery()
    pairs = db.session.execute(select(tried.c.step_id, Quiz).join(Quiz, Quiz.id == tried.c.quiz_id))
    found = {
        step: eligibility(user_id, quiz, step).decision.again_at for step, quiz in pairs if _has_hours(quiz)
    }
    return {step: again_at for step, again_at in found.items() if again_at is not None}


def _has_hours(quiz: Quiz) -> bool:
    """Whether anything but the count of attempts may keep one from the next: others are not looked up."""
    settings = QuizSettings.from_json(quiz.settings)
    return bool(settings.cool_down or settings.opens)
