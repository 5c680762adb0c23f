"""How cards come in: from marked attempts, from completed lessons, and because a learner wants it."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from accounts.services import get_user
from core.clock import now
from core.database import db, insert_once
from core.errors import Conflict, NotFound
from courses.models import Step
from courses.services import find_step
from enrollment.services import is_enrolled
from quizzes.eligibility import attempts_of, may_see_key
from quizzes.marks import Certainty
from quizzes.models import Attempt, AttemptItem, Quiz
from quizzes.questions import Question
from quizzes.quiz_settings import FeedbackWhen, QuizSettings
from quizzes.reads import asked
from quizzes.rules import AttemptState
from quizzes.services import find_attempt
from reviews import bank, rules
from reviews.models import ReviewCard
from reviews.rules import Kind, Memory, Origin, Rating

KEY = ("user_id", "kind", "subject")
AT_ONCE = (FeedbackWhen.QUESTION, FeedbackWhen.SUBMITTED)
_term_tellers: list[Callable[[str], Sequence[str]]] = []


@dataclass(frozen=True)
class Coming:
    """One thing that shall come back. `rating` is how well it was known at that moment, None: it is new.

    `days` from that moment until it is due; None: on the next day that has room.
    """

    kind: Kind
    subject: str
    origin: Origin
    at: datetime
    rating: Rating | None = None
    days: int | None = None


def tell_terms(teller: Callable[[str], Sequence[str]]) -> None:
    """Let a room above or beside tell which terms the body of a step explains; said in app.py."""
    if teller not in _term_tellers:
        _term_tellers.append(teller)


def from_attempt(attempt_id: str) -> None:
    """What was missed, or right without being sure of it, comes back, if its key may be shown by now."""
    attempt = db.session.get_one(Attempt, attempt_id)
    step = find_step(attempt.step_id)
    may_come = may_see_key(attempt) and not _is_baseline(attempt)
    if may_come and is_enrolled(attempt.user_id, step.course_id):
        coming = [each for one in _shown(attempt) for each in _lessons_of(one)]
        enter(attempt.user_id, step, coming)


def from_step(user_id: int, step_id: int, at: datetime) -> None:
    """The terms of a completed lesson become flash cards; of a passed quiz some questions come after 90 days."""
    step = find_step(step_id)
    coming = _terms_of(user_id, step, at) if step.kind == "lesson" else _later(user_id, step)
    enter(user_id, step, coming)


def mark(user_id: int, attempt_id: str, position: int) -> None:
    """A learner wants a question of their attempt back. Raises NotFound, and Conflict where it may not come."""
    attempt = find_attempt(user_id, attempt_id)
    item = next((each for each in attempt.items if each.position == position), None)
    step = find_step(attempt.step_id)
    if item is None or not may_see_key(attempt):
        raise NotFound(
            "There is no such question to review. The result of your attempt lists what may come back."
        )
    question = asked(item.revision_id).question
    if not is_enrolled(user_id, step.course_id):
        raise Conflict("Reviews are for learners of the course.")
    if question.id not in bank.askable() or not bank.is_markable(question):
        raise Conflict("This question cannot come back: a person marks it, or the course no longer asks it.")
    enter(user_id, step, [Coming(Kind.QUESTION, question.id, Origin.MARKED, now(), _known(item), days=1)])


def _shown(attempt: Attempt) -> list[Attempt]:
    """The attempt; where the key was held back until now, the ones before it too."""
    quiz = db.session.get_one(Quiz, attempt.quiz_id)
    if QuizSettings.from_json(quiz.settings).feedback in AT_ONCE:
        return [attempt]
    return [
        each for each in attempts_of(attempt.user_id, attempt.quiz_id) if each.state == AttemptState.SUBMITTED
    ]


def _lessons_of(attempt: Attempt) -> Iterable[Coming]:
    """What an attempt says should be seen again."""
    assert attempt.submitted_at is not None
    for item in attempt.items:
        question = asked(item.revision_id).question
        origin = origin_of(item, question) if bank.is_markable(question) else None
        if origin is not None:
            yield Coming(Kind.QUESTION, question.id, origin, attempt.submitted_at, _known(item))


def origin_of(item: AttemptItem, question: Question) -> Origin | None:
    """Why a question of a marked attempt comes back by itself; None: it was known."""
    if _share(item, question) < 1 or item.tried:
        return Origin.MISSED
    return Origin.UNSURE if item.hinted or item.certainty == Certainty.LOW else None


def _share(item: AttemptItem, question: Question) -> Fraction:
    earned = Fraction(item.score_num or 0, item.score_den or 1)
    return earned / question.points


def _known(item: AttemptItem) -> Rating:
    """How well the question was known in the attempt: the first trial of this memory."""
    if item.tried:
        return Rating.AGAIN
    is_doubtful = item.hinted or item.certainty == Certainty.LOW
    return rules.rating_of(_share(item, asked(item.revision_id).question), not is_doubtful)


def _terms_of(user_id: int, step: Step, at: datetime) -> list[Coming]:
    """The first terms of a lesson that this person has no card of."""
    told = [slug for teller in _term_tellers for slug in teller(step.body)]
    held = set(db.session.scalars(_cards(user_id, Kind.TERM, told).with_only_columns(ReviewCard.subject)))
    fresh = [slug for slug in bank.known_terms(told) if slug not in held]
    return [Coming(Kind.TERM, slug, Origin.LESSON, at) for slug in fresh[: rules.TERMS_A_LESSON]]


def _later(user_id: int, step: Step) -> list[Coming]:
    """One question for each idea that the attempt knew: it is asked again after CHECK_AFTER days.

    None while the key is held back: an answer in reviews would show it.
    """
    attempt = _last_attempt(user_id, step)
    if attempt is None or attempt.submitted_at is None or _is_baseline(attempt) or not may_see_key(attempt):
        return []
    chosen: dict[str, str] = {}
    for item in attempt.items:
        question = asked(item.revision_id).question
        if bank.is_markable(question) and origin_of(item, question) is None:
            for objective in question.objectives:
                chosen.setdefault(objective, question.id)
    ids = list(dict.fromkeys(chosen.values()))[: rules.CHECKS_A_QUIZ]
    at = attempt.submitted_at
    return [Coming(Kind.QUESTION, name, Origin.LATER, at, Rating.GOOD, rules.CHECK_AFTER) for name in ids]


def _is_baseline(attempt: Attempt) -> bool:
    """Whether it asked, before a module, what the quiz after it asks: nothing of it was learned there."""
    quiz = db.session.get_one(Quiz, attempt.quiz_id)
    return bool(QuizSettings.from_json(quiz.settings).baseline)


def _last_attempt(user_id: int, step: Step) -> Attempt | None:
    query = select(Attempt).filter_by(user_id=user_id, step_id=step.id, state=AttemptState.SUBMITTED)
    return db.session.scalars(query.order_by(Attempt.number.desc()).limit(1)).first()


def enter(user_id: int, step: Step, coming: Iterable[Coming]) -> None:
    """Make cards, or bring those that are there forward. Told twice, it is once; caller's transaction."""
    wanted = {(each.kind, each.subject): each for each in coming}
    if not wanted:
        return
    open_to_ask = bank.askable() if any(kind is Kind.QUESTION for kind, _ in wanted) else frozenset()
    zone = ZoneInfo(_zone_of(user_id))
    for kind in Kind:
        found = [
            each
            for each in wanted.values()
            if each.kind is kind and (kind is Kind.TERM or each.subject in open_to_ask)
        ]
        _enter(user_id, step, kind, found, zone)


def _enter(user_id: int, step: Step, kind: Kind, coming: list[Coming], zone: ZoneInfo) -> None:
    found = db.session.scalars(_cards(user_id, kind, [each.subject for each in coming]))
    cards = {card.subject: card for card in found}
    for each in coming:
        if each.subject in cards:
            _renew(cards[each.subject], each, step, zone)
    _make(user_id, step, kind, [each for each in coming if each.subject not in cards], zone)
    db.session.flush()


def _make(user_id: int, step: Step, kind: Kind, coming: list[Coming], zone: ZoneInfo) -> None:
    """New cards; those without a day of their own take the first days with room."""
    undated = sum(each.days is None for each in coming)
    days = iter(_free_days(user_id, kind, undated, zone))
    for each in coming:
        due = rules.due_at(each.at, each.days, zone) if each.days else _midnight(next(days), zone)
        insert_once(ReviewCard, _row(user_id, step, each, due), KEY)


def _renew(card: ReviewCard, coming: Coming, step: Step, zone: ZoneInfo) -> None:
    """It came in again: due tomorrow at the latest, unless it was reviewed since, or taken out by the learner."""
    is_news = coming.origin is not Origin.LATER and coming.at > card.entered_at and card.removed_at is None
    if not is_news and coming.origin is not Origin.MARKED:
        return
    card.removed_at, card.origin, card.entered_at = None, coming.origin, coming.at
    card.course_id, card.step_id = step.course_id, step.id
    if card.seen_at is None or card.seen_at <= coming.at:
        card.due_at = min(card.due_at, rules.due_at(now(), 1, zone))


def _row(user_id: int, step: Step, coming: Coming, due: datetime) -> dict[str, Any]:
    memory = _first_memory(coming)
    return {
        "user_id": user_id,
        "kind": coming.kind,
        "subject": coming.subject,
        "course_id": step.course_id,
        "step_id": step.id,
        "origin": coming.origin,
        "entered_at": coming.at,
        "learned_at": coming.at,
        "stability": memory and memory.stability,
        "difficulty": memory and memory.difficulty,
        "seen_at": memory and memory.seen_at,
        "due_at": due,
        "reviews": 0,
    }


def _first_memory(coming: Coming) -> Memory | None:
    """The attempt was the first trial of the memory; what it was rated there depends neither on wishes nor on days."""
    if coming.rating is None:
        return None
    return rules.rate(None, coming.rating, coming.at, 90, UTC).memory


def _free_days(user_id: int, kind: Kind, count: int, zone: ZoneInfo) -> list[date]:
    """The first days from tomorrow on with room for new cards of this kind."""
    if not count:
        return []
    tomorrow = now().astimezone(zone).date() + timedelta(days=1)
    waiting = select(ReviewCard.due_at).filter_by(user_id=user_id, kind=kind, reviews=0)
    taken = Counter(due.astimezone(zone).date() for due in db.session.scalars(waiting))
    return rules.spread(taken, count, tomorrow, rules.NEW_A_DAY[kind])


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _cards(user_id: int, kind: Kind, subjects: Iterable[str]) -> Any:
    query = select(ReviewCard).where(ReviewCard.user_id == user_id, ReviewCard.kind == kind)
    return query.where(ReviewCard.subject.in_(list(subjects)))


def _zone_of(user_id: int) -> str:
    user = get_user(user_id)
    return (user and user.time_zone) or "UTC"
