"""Regrades: each one mended revision of a question, or its drop, applied to attempts in batches."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from quizzes.regrading.rules import Cause, RegradeState


class Regrade(Base):
    """One regrade. `revision_id` is the revision that grades, or the one that was dropped.

    `reached` is the last attempt that was looked at, in the order of their ids. The five numbers count attempts,
    as quizzes.regrading.rules.Count does.
    """

    __tablename__ = "regrades"
    __table_args__ = (UniqueConstraint("question_id", "cause", "revision_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id"))
    cause: Mapped[Cause]
    revision_id: Mapped[int] = mapped_column(ForeignKey("question_revisions.id"))
    reason: Mapped[str]
    by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    state: Mapped[RegradeState]
    reached: Mapped[str]
    up: Mapped[int]
    down: Mapped[int]
    same: Mapped[int]
    passing: Mapped[int]
    below: Mapped[int]
    begun_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
