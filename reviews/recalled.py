"""What learners recalled, by question and by idea: for instructors, and for the question of 90 days."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from sqlalchemy import case, func, select

from analysis.cohorts.later import Later
from core.clock import now
from core.database import db
from quizzes.reads import asked
from reviews import rules
from reviews.models import ReviewCard, ReviewEntry
from reviews.rules import Kind, Rating, Retention


@dataclass(frozen=True)
class Recalled:
    """How one subject of a course was recalled; `people` is how many reviewed it."""

    kind: Kind
    subject: str
    retention: Retention
    people: int

    @property
    def is_told(self) -> bool:
        """Whether enough people stand behind the share for it to point at none of them."""
        return self.people >= rules.FEWEST_PEOPLE


def recalled_in(course_id: int) -> list[Recalled]:
    """Every subject of the course that was reviewed a day or more after it was last tried, worst recalled first.

    Those of too few people stand last, in an order that tells nothing of their share.
    """
    recalled = func.sum(case((ReviewEntry.rating > Rating.AGAIN, 1), else_=0))
    people = func.count(func.distinct(ReviewCard.user_id))
    query = (
        select(ReviewCard.kind, ReviewCard.subject, recalled, func.count(), people)
        .join(ReviewEntry, ReviewEntry.card_id == ReviewCard.id)
        .where(ReviewCard.course_id == course_id, ReviewEntry.elapsed_days >= 1)
        .group_by(ReviewCard.kind, ReviewCard.subject)
    )
    rows = [
        Recalled(kind, subject, Retention(int(right), n), count)
        for kind, subject, right, n, count in db.session.execute(query)
    ]
    return sorted(rows, key=_place)


def _place(row: Recalled) -> tuple[bool, Fraction, int, str]:
    share = row.retention.share if row.is_told and row.retention.share is not None else Fraction(1)
    return not row.is_told, share, -row.retention.n, row.subject


def answers_at(user_id: int, ideas: Collection[str], after_days: int = rules.CHECK_AFTER) -> Retention:
    """How this person answered questions of these ideas (objectives or topics) so many days after the first time.

    Of each card the first answer counts that was given on that day or later; a wholly right one is recalled. What the
    learner said of their certainty does not matter here.
    """
    # Cards are due when the learner's day begins, which may be hours before so many times 24 of them have passed.
    wait = timedelta(days=after_days - 1)
    query = (
        select(
            ReviewCard.id, ReviewCard.learned_at, ReviewEntry.at, ReviewEntry.rating, ReviewEntry.revision_id
        )
        .join(ReviewEntry, ReviewEntry.card_id == ReviewCard.id)
        .where(ReviewCard.user_id == user_id, ReviewCard.kind == Kind.QUESTION)
        .where(ReviewCard.learned_at < now() - wait)
        .order_by(ReviewEntry.at)
    )
    first: dict[int, Rating] = {}
    for card_id, learned_at, at, rating, revision_id in db.session.execute(query):
        if card_id not in first and at - learned_at > wait and _asks(revision_id, ideas):
            first[card_id] = Rating(rating)
    return rules.retained(first.values())


def answers_after(step_ids: Sequence[int]) -> Later:
    """The first answers CHECK_AFTER days or more after questions were first met in these steps, by all learners."""
    query = (
        select(ReviewCard.id, ReviewCard.user_id, ReviewCard.learned_at, ReviewEntry.at, ReviewEntry.rating)
        .join(ReviewEntry, ReviewEntry.card_id == ReviewCard.id)
        .where(ReviewCard.step_id.in_(step_ids), ReviewCard.kind == Kind.QUESTION)
        .order_by(ReviewEntry.at)
    )
    wait = timedelta(days=rules.CHECK_AFTER - 1)
    first: dict[int, tuple[int, Rating]] = {}
    for card_id, user_id, learned_at, at, rating in db.session.execute(
        query.execution_options(yield_per=1000)
    ):
        if at - learned_at > wait:
            first.setdefault(card_id, (user_id, Rating(rating)))
    told = rules.retained(rating for _, rating in first.values())
    return Later(rules.CHECK_AFTER, told.recalled, told.n, len({user_id for user_id, _ in first.values()}))


def _asks(revision_id: int | None, ideas: Collection[str]) -> bool:
    assert revision_id is not None  # It is null for terms alone.
    question = asked(revision_id).question
    return not set(ideas).isdisjoint((question.topic, *question.objectives))
