"""Tables: cohorts, and who has a place in one or waits for it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from enrollment.cohorts.rules import PlaceState


class Cohort(Base):
    """A group that begins a course together on `starts_on`. It takes members from `opens_on` to `closes_on`, both days
    included. `places` is how many, None for any number; `taken` counts those that are not free."""

    __tablename__ = "cohorts"
    __table_args__ = (
        UniqueConstraint("course_id", "name"),
        CheckConstraint("taken >= 0", name="taken"),
        CheckConstraint("places IS NULL OR taken <= places", name="places"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    name: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    opens_on: Mapped[date | None]
    closes_on: Mapped[date | None]
    places: Mapped[int | None]
    taken: Mapped[int] = mapped_column(server_default="0", default=0)


class CohortPlace(Base):
    """How somebody stands with the cohorts of a course: there is one row of a person and course.

    `since` is when they came to the present line or place, `until` how long an offered or a held one is kept.
    `stays_open`: they were in the course before, and the group's first day closes nothing to them.
    """

    __tablename__ = "cohort_places"
    __table_args__ = (
        UniqueConstraint("user_id", "course_id"),
        Index("line_of_a_cohort", "cohort_id", "state", "since"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    state: Mapped[PlaceState]
    since: Mapped[datetime]
    until: Mapped[datetime | None] = mapped_column(index=True)
    stays_open: Mapped[bool] = mapped_column(server_default=false(), default=False)
