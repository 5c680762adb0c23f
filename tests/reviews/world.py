"""A learner with cards: a course of a lesson and a quiz, an attempt in it, and days that pass."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core import clock
from core.database import db, transaction
from quizzes import closing, reads, saving
from quizzes.marks import Certainty
from quizzes.saving import Given
from quizzes.services import find_quiz, start
from reviews import news, services
from reviews.models import ReviewCard, ReviewEntry
from reviews.rules import Kind
from sources.models import Term
from tests import factories

FOUR = """## first {choice objective=o-1}
Which is right?

- [x] This
  : Because of this.
- [ ] That
  : It is that.

## second {choice objective=o-2}
And which here?

- [x] Here
- [ ] There

## third {choice objective=o-2}
And which now?

- [x] Now
- [ ] Then

## told {essay points=2}
Tell it.

- One thing
- Another
"""
TERMS = ("mast-cell", "cortisol", "itch", "barrier", "flare", "vagus", "sebum")
UTC_ZONE = ZoneInfo("UTC")


class Memory:
    """One learner in a course with a lesson that explains seven terms and a quiz of four questions."""

    def __init__(self, text: str = FOUR, **settings: Any) -> None:
        self.course = factories.make_course(modules=("lesson", "quiz lesson"))
        self.lesson, self.step, _ = factories.steps_of(self.course)
        self.quiz = factories.make_quiz(self.step, text, **{"pass_mark": 50, "shuffle": "none", **settings})
        self.user = factories.make_user()
        factories.enroll(self.user, self.course)
        self._explain()

    def _explain(self) -> None:
        links = "".join(f'<p><a href="/glossary#{slug}">{slug}</a></p>' for slug in (*TERMS, "unknown"))
        with transaction() as session:
            from lessons.services import find_lesson

            lesson = find_lesson(self.lesson.body)
            lesson.parts = ["<p>It begins.</p>", {"kind": "check", "name": "first"}, links]
            for slug in TERMS:
                if session.scalar(select(Term).filter_by(slug=slug)) is None:
                    session.add(
                        Term(slug=slug, name=slug.capitalize(), aliases=[], definition=f"What {slug} is.")
                    )

    def attempt(self, *right: bool, sure: Certainty | None = None, seed: int = 1) -> str:
        """Answer the first questions rightly or not, the others not at all, and hand in."""
        with transaction():
            attempt = start(self.user.id, find_quiz(self.quiz.name), self.step.id, Random(seed)).id
        for item, is_right in zip(reads.items_of(attempt, self.user.id), right, strict=False):
            given = Given(item.position, {"ticked": [0 if is_right else 1]}, False, sure)
            with transaction():
                saving.save(self.user.id, attempt, [given])
        with transaction():
            closing.submit(self.user.id, attempt)
        news.gather()
        return attempt

    def read_lesson(self) -> None:
        factories.complete(self.user, self.lesson)
        news.gather()

    def cards(self, kind: Kind | None = None) -> dict[str, ReviewCard]:
        db.session.rollback()
        db.session.expire_all()
        found = db.session.scalars(select(ReviewCard).filter_by(user_id=self.user.id).order_by(ReviewCard.id))
        return {card.subject: card for card in found if kind in (None, card.kind)}

    def due(self) -> list[str]:
        db.session.rollback()
        return [card.subject for card in services.due_cards(self.user.id)]

    def answer(self, subject: str, is_right: bool = True, is_sure: bool | None = None) -> ReviewEntry:
        """Answer a due question card."""
        card = self.cards()[subject]
        card_id, turn, revision = card.id, card.reviews, services.revision_of(card)
        given = services.Given(revision, {"ticked": [0 if is_right else 1]}, is_sure)
        with transaction():
            return services.answer(self.user.id, card_id, turn, given, UTC_ZONE)

    def rate(self, subject: str, rating: int) -> ReviewEntry:
        card = self.cards()[subject]
        card_id, turn = card.id, card.reviews
        with transaction():
            return services.rate(self.user.id, card_id, turn, rating, UTC_ZONE)

    def entries(self) -> list[ReviewEntry]:
        db.session.rollback()
        query = select(ReviewEntry).join(ReviewCard, ReviewCard.id == ReviewEntry.card_id)
        return list(
            db.session.scalars(query.filter(ReviewCard.user_id == self.user.id).order_by(ReviewEntry.id))
        )


def days_later(move: Callable[[datetime], None], days: float) -> None:
    """Let so many days pass on the held clock."""
    move(clock.now() + timedelta(days=days))
