"""Certificates as they were issued. A row never changes but to be suspended, restored or revoked."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class Certificate(Base):
    """One certificate. `id` is 20 random Crockford characters; everything printed is frozen here.

    `minutes` is the sum of study that the contact hours are rounded from; `assessed` says what was assessed and
    how (rules.assessed_statement). The holder may be erased; the record of the certificate stays.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("user_id", "course_id", "cycle"),
        Index("certificates_by_time", "issued_at", "id"),
        Index("certificates_of_a_course", "course_id", "issued_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    cycle: Mapped[int]
    holder: Mapped[str]
    course_title: Mapped[str]
    course_revision: Mapped[int]
    signatory: Mapped[str]
    language: Mapped[str]
    minutes: Mapped[int]
    assessed: Mapped[dict[str, Any]] = mapped_column(JSON)
    issued_at: Mapped[datetime]
    valid_until: Mapped[date | None]
    suspended_at: Mapped[datetime | None]  # while the payment that it rests on is disputed
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str]
