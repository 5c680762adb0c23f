"""Tables: who is in a course, and what lets them in."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base
from enrollment.rules import GrantKind, PauseReason


class EnrollmentState(StrEnum):
    """Active opens the course; paused and revoked close it and keep the record."""

    ACTIVE = "active"
    PAUSED = "paused"
    REVOKED = "revoked"


class Enrollment(Base):
    """How someone stands in a course: what their grants come to, settled whenever one of them changes.

    `reason` is the kind of the grant that opened it. `started_at` begins the present stay. `ends_at` is when access
    runs out by itself, None where it does not; `warned_of` the end that a mail has told of. `end_reason`, once
    revoked, is that of the grant that ended last; `pause_reason` is why it is paused. `is_finished` repeats here that
    the course was completed (progress tells it), so that those who are done and those who are not can be listed each
    by an index.
    """

    __tablename__ = "enrollments"
    __table_args__ = (
        UniqueConstraint("user_id", "course_id"),
        Index("enrollments_by_start", "started_at", "id"),
        Index("enrollments_of_a_course", "course_id", "started_at", "id"),
        Index("enrollments_of_a_state", "state", "started_at", "id"),
        Index("enrollments_by_end", "state", "is_finished", "started_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    state: Mapped[EnrollmentState]
    reason: Mapped[GrantKind]
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime | None] = mapped_column(index=True)
    warned_of: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(server_default="", default="")
    pause_reason: Mapped[str] = mapped_column(server_default="", default="")
    is_finished: Mapped[bool] = mapped_column(server_default=false(), default=False)


class Grant(Base):
    """One fact that lets someone into a course; there may be several of one person and course.

    `source` names it once for ever (`free`, `admin`, `order:<number>` …): the same source opens the same row again.
    `order_id` is the order that paid for it, `granted_by` and `note` who gave it by hand and why. It is open until
    `ended_at`, and lets nobody in while there is a reason to pause it or once `ends_at` has come.

    One that the school ended by hand goes on following its fact: it is paused and prolonged as if it were open, and
    `ends_at` is the moment at which the fact was gone, so that taking the end back opens what stands still.
    """

    __tablename__ = "grants"
    __table_args__ = (
        UniqueConstraint("user_id", "course_id", "source"),
        CheckConstraint("(ended_at IS NULL) = (end_reason = '')", name="end"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), index=True)
    kind: Mapped[GrantKind]
    source: Mapped[str] = mapped_column(index=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    note: Mapped[str] = mapped_column(server_default="", default="")
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime | None] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(server_default="", default="")

    pauses: Mapped[list["GrantPause"]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    @property
    def paused_at(self) -> datetime | None:
        """Since when it lets nobody in; None where it does."""
        return min((each.since for each in self.pauses), default=None)

    @property
    def pause_reasons(self) -> list[PauseReason]:
        """Why it lets nobody in for the time being, what is told first before the others."""
        held = {each.reason for each in self.pauses}
        return [reason for reason in PauseReason if reason in held]

    @property
    def pause_reason(self) -> str:
        """The one that is told; empty where there is none."""
        return next((reason.value for reason in self.pause_reasons), "")


class GrantPause(Base):
    """A reason for which a grant lets nobody in for the time being. Several may hold at once, each by itself: a
    dispute that is won lifts no pause for a payment that is missing."""

    __tablename__ = "grant_pauses"

    grant_id: Mapped[int] = mapped_column(ForeignKey("grants.id", ondelete="CASCADE"), primary_key=True)
    reason: Mapped[PauseReason] = mapped_column(primary_key=True)
    since: Mapped[datetime]
