"""Enrollments: one row for a person and a course, whatever became of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class EnrollmentState(StrEnum):
    """Active opens the course; revoked closes it and keeps the record."""

    ACTIVE = "active"
    REVOKED = "revoked"


class Enrollment(Base):
    """That someone is in a course: `reason` is `free` or `admin`; `ended_at` is when it was revoked."""

    __tablename__ = "enrollments"
    __table_args__ = (UniqueConstraint("user_id", "course_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), index=True)
    state: Mapped[EnrollmentState]
    reason: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
