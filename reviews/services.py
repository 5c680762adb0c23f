"""Reviewing: what is due to one person, what an answer does to a card, taking cards out and back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, exists, func, select

from core.clock import now
from core.database import db, insert_once, upsert
from core.errors import Conflict, InvalidInput, NotFound
from core.school import current_school
from enrollment.models import Enrollment, EnrollmentState
from quizzes import rules as grading
from quizzes.models import Question
from quizzes.presentation import Answer
from quizzes.reads import asked
from quizzes.services import current_revision
from reviews import rules
from reviews.models import ReviewCard, ReviewEntry, ReviewHabit
from reviews.rules import Kind, Rating, Retention

NO_CARD = "You have no such card. Your reviews list what is due."


@dataclass(frozen=True)
class Given:
    """A question's answer as it was sent: the revision it belongs to, and whether the learner was sure of it."""

    revision_id: int
    answer: Answer
    is_sure: bool | None


def open_cards(user_id: int) -> Select[ReviewCard]:
    """The cards that may come back to this person: of open courses, in the bundle, not taken out; due ones first.

    A question that was dropped is asked no more from that moment on.
    """
    is_in = and_(
        Enrollment.user_id == ReviewCard.user_id,
        Enrollment.course_id == ReviewCard.course_id,
        Enrollment.state == EnrollmentState.ACTIVE,
    )
    query = select(ReviewCard).join(Enrollment, is_in).where(ReviewCard.user_id == user_id)
    kept = query.where(ReviewCard.removed_at.is_(None), ReviewCard.left_at.is_(None))
    dropped = exists().where(
        ReviewCard.kind == Kind.QUESTION,
        Question.id == ReviewCard.subject,
        Question.withdrawn_at.is_not(None),
    )
    return kept.where(~dropped).order_by(ReviewCard.due_at, ReviewCard.id)


def due_cards(user_id: int) -> list[ReviewCard]:
    """What is due to this person now, in the order in which it is asked."""
    return in_order(list(db.session.scalars(open_cards(user_id).where(ReviewCard.due_at <= now()))))


def in_order(due: Sequence[ReviewCard]) -> list[ReviewCard]:
    """Due cards as they are asked: what has waited longest first, questions and terms in turns."""
    return [due[place] for place in rules.in_turns([card.kind for card in due])]


def session_of(due: Sequence[ReviewCard]) -> list[int]:
    """The ids of the cards of one session, about five minutes."""
    return [card.id for card in due[: rules.fitting([card.kind for card in due])]]


def next_in(user_id: int, card_ids: Sequence[int]) -> ReviewCard | None:
    """The first of these cards that is still due; None where the session is over."""
    query = open_cards(user_id).where(ReviewCard.id.in_(card_ids), ReviewCard.due_at <= now())
    due = {card.id: card for card in db.session.scalars(query)}
    return next((due[card_id] for card_id in card_ids if card_id in due), None)


def find_card(user_id: int, card_id: int) -> ReviewCard:
    """A card of this person. Raises NotFound for any other."""
    card = db.session.scalar(select(ReviewCard).filter_by(id=card_id, user_id=user_id))
    if card is None:
        raise NotFound(NO_CARD)
    return card


def find_entry(user_id: int, entry_id: int) -> tuple[ReviewEntry, ReviewCard]:
    """An entry of this person's log, with its card. Raises NotFound for any other, and where the card may come no
    more: with the course its key is closed too."""
    mine = open_cards(user_id).join(ReviewEntry, ReviewEntry.card_id == ReviewCard.id)
    query = mine.add_columns(ReviewEntry).where(ReviewEntry.id == entry_id)
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound(NO_CARD)
    return row[1], row[0]


def revision_of(card: ReviewCard) -> int:
    """The revision that a question card asks now. Raises NotFound where the question is gone."""
    revision = current_revision(card.subject)
    if revision is None:
        raise NotFound("This question is no longer asked.")
    return revision.id


def answer(user_id: int, card_id: int, turn: int, given: Given, zone: ZoneInfo) -> ReviewEntry:
    """Grade an answer to a question and schedule its card; of several at once, and of a repetition, one counts.

    `turn` is how many reviews the card had when it was shown. Raises NotFound, Conflict.
    """
    question = asked(given.revision_id).question
    share = (grading.grade(question, given.answer).earned or 0) / question.points
    rating = rules.rating_of(share, given.is_sure)
    told = {"revision_id": given.revision_id, "answer": dict(given.answer), "is_sure": given.is_sure}
    return _log(user_id, card_id, turn, rating, zone, told)


def rate(user_id: int, card_id: int, turn: int, rating: int, zone: ZoneInfo) -> ReviewEntry:
    """Schedule a flash card as its learner rated it. Raises NotFound, Conflict, InvalidInput."""
    if rating not in list(Rating):
        raise InvalidInput("Choose one of the four buttons.")
    if find_card(user_id, card_id).kind is not Kind.TERM:
        raise Conflict("A question is answered, not rated.")
    return _log(user_id, card_id, turn, Rating(rating), zone, {})


def _log(
    user_id: int, card_id: int, turn: int, rating: Rating, zone: ZoneInfo, told: dict[str, Any]
) -> ReviewEntry:
    """One more entry for the card at this turn, or the one that is there."""
    card = _locked(user_id, card_id)
    there = db.session.scalar(select(ReviewEntry).filter_by(card_id=card_id, number=turn + 1))
    if there is not None:
        return there
    if turn != card.reviews or card.due_at > now():
        raise Conflict("This card is not due. Your reviews list what is.")
    wished = retention_of(user_id)
    scheduled = rules.rate(card.memory, rating, now(), wished, zone)
    row = {
        "card_id": card.id, "number": turn + 1, "at": now(), "rating": int(rating),
        "elapsed_days": _days_since(card, zone), "scheduled_days": scheduled.days, "retention": wished, **told,
    }  # fmt: skip
    insert_once(ReviewEntry, row, ("card_id", "number"))
    _schedule(card, scheduled, zone)
    _answered(user_id)
    return db.session.scalars(select(ReviewEntry).filter_by(card_id=card_id, number=turn + 1)).one()


def _locked(user_id: int, card_id: int) -> ReviewCard:
    """The card, for one writer at a time: who comes second sees what the first one did. Raises NotFound.

    Who may no longer be asked it may not answer it either.
    """
    query = open_cards(user_id).where(ReviewCard.id == card_id).with_for_update(of=ReviewCard)
    card = db.session.scalar(query.execution_options(populate_existing=True))
    if card is None:
        raise NotFound(NO_CARD)
    return card


def _days_since(card: ReviewCard, zone: ZoneInfo) -> int | None:
    return None if card.seen_at is None else rules.days_between(card.seen_at, now(), zone)


def _schedule(card: ReviewCard, scheduled: rules.Scheduled, zone: ZoneInfo) -> None:
    memory = scheduled.memory
    card.stability, card.difficulty, card.seen_at = memory.stability, memory.difficulty, memory.seen_at
    card.due_at, card.reviews = rules.due_at(now(), scheduled.days, zone), card.reviews + 1
    db.session.flush()


def _answered(user_id: int) -> None:
    """A review answers the reminders that went before it."""
    habit = db.session.get(ReviewHabit, user_id)
    if habit is not None:
        habit.unanswered = 0
        db.session.flush()


# ---- what a learner wishes


def retention_of(user_id: int) -> int:
    """The percent that shall still be known when a card is due: the learner's choice, else the school's."""
    habit = db.session.get(ReviewHabit, user_id)
    return (habit and habit.retention) or current_school().review_retention


def choose_retention(user_id: int, percent: int | None) -> None:
    """The learner's own choice for reviews from now on; None: as the school has it. Raises InvalidInput."""
    if percent is not None and not rules.LEAST_RETENTION <= percent <= rules.MOST_RETENTION:
        raise InvalidInput(
            f"Choose from {rules.LEAST_RETENTION} to {rules.MOST_RETENTION} percent.", "retention"
        )
    upsert(ReviewHabit, {"user_id": user_id, "retention": percent}, ("user_id",))


def remove(user_id: int, card_id: int) -> None:
    """Take a card out of this person's reviews. Raises NotFound."""
    card = find_card(user_id, card_id)
    card.removed_at = card.removed_at or now()
    db.session.flush()


def restore(user_id: int, card_id: int) -> None:
    """Bring it back, due as it was. Raises NotFound."""
    find_card(user_id, card_id).removed_at = None
    db.session.flush()


def removed_cards(user_id: int) -> list[ReviewCard]:
    """What this person has taken out, the latest first."""
    query = select(ReviewCard).filter_by(user_id=user_id, left_at=None)
    removed = query.where(ReviewCard.removed_at.is_not(None)).order_by(ReviewCard.removed_at.desc())
    return list(db.session.scalars(removed))


# ---- what the log says


def since(user_id: int, moment: datetime) -> Retention:
    """This person's reviews from a moment on."""
    query = select(ReviewEntry.rating).join(ReviewCard, ReviewCard.id == ReviewEntry.card_id)
    rows = db.session.scalars(query.where(ReviewCard.user_id == user_id, ReviewEntry.at >= moment))
    return rules.retained(Rating(rating) for rating in rows)


def measured(user_id: int) -> Retention:
    """What this person recalled, of reviews at least a day after the memory was last tried."""
    query = select(ReviewEntry.rating).join(ReviewCard, ReviewCard.id == ReviewEntry.card_id)
    rows = db.session.scalars(query.where(ReviewCard.user_id == user_id, ReviewEntry.elapsed_days >= 1))
    return rules.retained(Rating(rating) for rating in rows)


def last_review(user_id: int) -> datetime | None:
    """When this person last reviewed a card."""
    query = select(func.max(ReviewEntry.at)).join(ReviewCard, ReviewCard.id == ReviewEntry.card_id)
    return db.session.scalar(query.where(ReviewCard.user_id == user_id))
