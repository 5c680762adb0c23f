"""The ledger of completed steps, the place where someone reads, and dated completions of courses."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class StepCompletion(Base):
    """That a step was completed, once; `seconds` and scores live with the step's own room."""

    __tablename__ = "step_completions"
    __table_args__ = (
        UniqueConstraint("user_id", "step_id"),
        Index("steps_by_time", "completed_at", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id"), index=True)
    completed_at: Mapped[datetime]


class ReadingPlace(Base):
    """Where someone stopped reading in a course: the step, the last heading seen, and when."""

    __tablename__ = "reading_places"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id"))
    heading: Mapped[str]  # id of the heading, or empty for the top
    seen_at: Mapped[datetime]


class CourseCompletion(Base):
    """That all required steps of a course were done: a dated fact that later changes of the course never undo.

    `cycle` is 1 for the first time; a renewal counts on.
    """

    __tablename__ = "course_completions"
    __table_args__ = (
        UniqueConstraint("user_id", "course_id", "cycle"),
        Index("completions_by_time", "completed_at", "id"),
        Index("completions_of_a_course", "course_id", "completed_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    cycle: Mapped[int]
    completed_at: Mapped[datetime]
    course_revision: Mapped[int]
