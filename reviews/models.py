"""Cards, the log of their reviews, and what a learner wishes of them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from reviews.rules import Kind, Memory, Origin


class ReviewCard(Base):
    """One thing that one person keeps in memory: a question in its present revision, or a term.

    `subject` is the question's id or the term's slug, `step_id` where it was met. `entered_at` is when it last came
    in, `learned_at` when it first did. `seen_at` is the last time that the memory was tried, also in a quiz.
    `reviews` counts the entries of the log. Who takes a card out sets `removed_at`; `left_at`: it left the bundle.
    """

    __tablename__ = "review_cards"
    __table_args__ = (
        UniqueConstraint("user_id", "kind", "subject"),
        Index("ix_review_cards_user_due", "user_id", "due_at"),
        Index("ix_review_cards_kind_subject", "kind", "subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[Kind]
    subject: Mapped[str]
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), index=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id"))
    origin: Mapped[Origin]
    entered_at: Mapped[datetime]
    learned_at: Mapped[datetime]
    stability: Mapped[float | None]  # days
    difficulty: Mapped[float | None]  # 1 to 10
    seen_at: Mapped[datetime | None]
    due_at: Mapped[datetime]
    reviews: Mapped[int]
    removed_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]

    @property
    def memory(self) -> Memory | None:
        if self.stability is None or self.difficulty is None or self.seen_at is None:
            return None
        return Memory(self.stability, self.difficulty, self.seen_at)


class ReviewEntry(Base):
    """One entry of the log of reviews, which only grows. `number` counts a card's entries from 1.

    `elapsed_days` is the time since the memory was last tried (None: it was new), `scheduled_days` until it is due
    again, `retention` the percent that was wished for. A question keeps the revision that was asked and the answer.
    """

    __tablename__ = "review_entries"
    __table_args__ = (
        UniqueConstraint("card_id", "number"),
        CheckConstraint("rating BETWEEN 1 AND 4", name="rating"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    card_id: Mapped[int] = mapped_column(ForeignKey("review_cards.id", ondelete="CASCADE"))
    number: Mapped[int]
    at: Mapped[datetime]
    rating: Mapped[int]
    elapsed_days: Mapped[int | None]
    scheduled_days: Mapped[int]
    retention: Mapped[int]
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("question_revisions.id"))
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    is_sure: Mapped[bool | None]


class ReviewNews(Base):
    """Something that may bring cards in, noted with what it tells of: a completed step, or an attempt of one."""

    __tablename__ = "review_news"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id"))
    attempt_id: Mapped[str | None] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"))
    at: Mapped[datetime]


class ReviewHabit(Base):
    """A learner's wishes and reminders. `retention` is percent, None: as the school has it.

    `unanswered` counts reminders since the last review.
    """

    __tablename__ = "review_habits"
    __table_args__ = (CheckConstraint("retention BETWEEN 80 AND 95", name="retention"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    retention: Mapped[int | None]
    reminded_on: Mapped[date | None]
    unanswered: Mapped[int] = mapped_column(default=0)
