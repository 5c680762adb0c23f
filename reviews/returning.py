"""What a result says of reviews: which of its questions come back, and when; what was known after months."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.clock import now
from core.database import db
from core.web import Reader
from courses.services import find_step
from enrollment.services import is_enrolled
from quizzes.afterwards import Recalled, Return
from quizzes.models import Attempt, AttemptItem
from quizzes.questions import Question
from quizzes.reads import asked
from quizzes.services import find_attempt
from reviews import bank, rules
from reviews.entering import origin_of
from reviews.models import ReviewCard, ReviewNews
from reviews.recalled import answers_at
from reviews.rules import Kind

WEEK = 7  # days, within which a day is told by its name


def returns_of(attempt_id: str, reader: Reader) -> dict[int, Return]:
    """The questions of a learner's attempt that may come back, by position; the key of the attempt may be seen."""
    attempt = find_attempt(reader.user_id, attempt_id)
    if not is_enrolled(reader.user_id, find_step(attempt.step_id).course_id):
        return {}
    asks = {item.position: (item, asked(item.revision_id).question) for item in attempt.items}
    cards = _cards(reader.user_id, [question.id for _, question in asks.values()])
    news, open_to_ask = _is_news(attempt), bank.askable()
    return {
        position: _return(item, question, cards.get(question.id), news, reader)
        for position, (item, question) in asks.items()
        if question.id in open_to_ask and bank.is_markable(question)
    }


def recalled_of(user_id: int, ideas: Collection[str]) -> Recalled:
    """The first answers to questions of these ideas from CHECK_AFTER days on."""
    found = answers_at(user_id, ideas)
    return Recalled(rules.CHECK_AFTER, found.recalled, found.n)


def _return(
    item: AttemptItem, question: Question, card: ReviewCard | None, is_news: bool, reader: Reader
) -> Return:
    if card is None:
        comes = is_news and origin_of(item, question) is not None
        return Return("Returns tomorrow" if comes else "", may_ask=not comes)
    if card.removed_at is not None or card.left_at is not None:
        return Return("", may_ask=card.left_at is None)
    days = _days_until(card.due_at, reader)
    return Return(_in_words(card.due_at, days, reader), may_ask=days > 1)


def _cards(user_id: int, questions: Sequence[str]) -> dict[str, ReviewCard]:
    query = select(ReviewCard).filter_by(user_id=user_id, kind=Kind.QUESTION)
    found = db.session.scalars(query.where(ReviewCard.subject.in_(questions)))
    return {card.subject: card for card in found}


def _is_news(attempt: Attempt) -> bool:
    """Whether the worker has yet to take the attempt in: its cards come within a minute."""
    query = select(ReviewNews.id).filter_by(attempt_id=attempt.id)
    return db.session.scalar(query.limit(1)) is not None


def _days_until(moment: datetime, reader: Reader) -> int:
    zone = ZoneInfo(reader.time_zone or "UTC")
    return (moment.astimezone(zone).date() - now().astimezone(zone).date()) // timedelta(days=1)


def _in_words(moment: datetime, days: int, reader: Reader) -> str:
    """`Returns tomorrow`, `Returns on Monday`, `Returns on 9 December`."""
    if days <= 0:
        return "Waits in your reviews"
    if days == 1:
        return "Returns tomorrow"
    day = moment.astimezone(ZoneInfo(reader.time_zone or "UTC"))
    return f"Returns on {day:%A}" if days < WEEK else f"Returns on {day:%-d %B}"
