"""Regrades, each one mended revision of a question or its drop, applied in batches; and previews of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from quizzes.regrading.rules import Cause, RegradeState

IS_DROP = text("cause = 'dropped'")


class Regrade(Base):
    """One regrade. `revision_id` is the revision that grades, or the one that was dropped.

    `reached` is the last attempt that was looked at, in the order of their ids. The five numbers count attempts,
    as quizzes.regrading.rules.Count does. `since_preview` attempts were handed in or marked after the preview.
    """

    __tablename__ = "regrades"
    __table_args__ = (
        UniqueConstraint("question_id", "cause", "revision_id"),
        Index(
            "one_drop_a_question", "question_id", unique=True, sqlite_where=IS_DROP, postgresql_where=IS_DROP
        ),
    )

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
    since_preview: Mapped[int]
    begun_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class RegradePreview(Base):
    """What a regrade would do, as far as it was looked at; kept for a day.

    `newest` is the last entry of the log of grades when it began. `reached` is the last attempt that was looked at,
    in the order of their ids, and `found` the JSON of quizzes.regrading.preview.Preview.
    """

    __tablename__ = "regrade_previews"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id"))
    cause: Mapped[Cause]
    revision_id: Mapped[int] = mapped_column(ForeignKey("question_revisions.id"))
    reason: Mapped[str]
    newest: Mapped[int]
    reached: Mapped[str]
    found: Mapped[dict[str, Any]] = mapped_column(JSON)
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
