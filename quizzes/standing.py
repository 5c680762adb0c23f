"""What a learner reads of what is changed for them, and of the question that they asked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.database import db
from core.web import Reader
from quizzes.eligibility import allowance_of, eligibility
from quizzes.models import AttemptRequest, Quiz
from quizzes.pages import in_words, plural
from quizzes.terms import Allowance


@dataclass(frozen=True)
class StandsWith:
    """How a learner stands beyond the button: `allowance` a sentence or nothing, `request` the newest question's
    state (open, granted, refused) or nothing, `answer` what was answered, `may_ask`: the form is shown."""

    allowance: str
    request: str
    answer: str
    may_ask: bool


def standing_with(reader: Reader, quiz: Quiz, step_id: int) -> StandsWith:
    """Of one learner and one quiz, for its first page."""
    learner = eligibility(reader.user_id, quiz, step_id)
    limit = learner.attempts_allowed
    none_left = limit is not None and learner.open_attempt is None and len(learner.tried) >= limit
    query = select(AttemptRequest).filter_by(user_id=reader.user_id, quiz_id=quiz.id)
    newest = db.session.scalars(query.order_by(AttemptRequest.id.desc())).first()
    return StandsWith(
        allowance=in_a_sentence(allowance_of(reader.user_id, quiz.id, step_id), reader),
        request=newest.state if newest and none_left else "",
        answer=newest.answer if newest and none_left else "",
        may_ask=none_left and not (newest and newest.state == "open"),
    )


def in_a_sentence(allowance: Allowance, reader: Reader) -> str:
    """`For you: 25 percent more time, 1 more attempt.`, or nothing."""
    parts = [
        f"{allowance.extra_time} percent more time" if allowance.extra_time else "",
        f"{plural(allowance.extra_attempts, 'attempt')} more" if allowance.extra_attempts else "",
        _moment("from", allowance.opens_at, reader),
        _moment("until", allowance.closes_at, reader),
    ]
    said = ", ".join(filter(None, parts))
    return f"For you: {said}." if said else ""


def _moment(word: str, moment: datetime | None, reader: Reader) -> str:
    return f"{word} {in_words(moment, reader)}" if moment else ""
