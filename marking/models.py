"""Works on their way between authors and markers: their state, versions, files and marks."""

from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from marking.rules import WorkState


class Work(Base):
    """An attempt that holds something for a person to mark.

    `rounds` counts the returns for revision; `note` is what the marker before told this one; `final_place` is the
    place of the mark that became final, `reason` why that one of two.
    """

    __tablename__ = "works"
    __table_args__ = (Index("queue_of_works", "course_id", "state", "handed_in_at"),)

    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    state: Mapped[WorkState]
    rounds: Mapped[int] = mapped_column(default=0)
    marker_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    second_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    note: Mapped[str] = mapped_column(default="")
    handed_in_at: Mapped[datetime | None]
    marked_at: Mapped[datetime | None]
    final_place: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")

    @property
    def version(self) -> int:
        """The number of the version that is with the markers, or that the author writes."""
        return self.rounds + 1


class WorkVersion(Base):
    """An assignment as it was handed in, and what its marker asked to change; `files` are ids of WorkFile."""

    __tablename__ = "work_versions"

    attempt_id: Mapped[str] = mapped_column(
        ForeignKey("works.attempt_id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)  # from 1
    text: Mapped[str]
    files: Mapped[list[int]] = mapped_column(JSON)
    confirmed_at: Mapped[datetime]  # that no client is named or shown
    handed_in_at: Mapped[datetime]
    returned_at: Mapped[datetime | None]
    change: Mapped[str] = mapped_column(default="")


class WorkFile(Base):
    """A file that somebody brought, at `key` in the media storage. Without an attempt it waits to be deleted.

    `in_draft`: the next version holds it; one that an earlier version holds stays until all of it is erased.
    """

    __tablename__ = "work_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[str | None] = mapped_column(ForeignKey("attempts.id", ondelete="SET NULL"), index=True)
    position: Mapped[int]  # the question of the attempt
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    mime: Mapped[str]
    size: Mapped[int]  # bytes
    sha256: Mapped[str]
    in_draft: Mapped[bool] = mapped_column(default=True)
    brought_at: Mapped[datetime]


class Mark(Base):
    """What one marker gave one version: place 1 is the first marker's, 2 the second's. A draft until `given_at`.

    `levels` and `comments` hold a list for each question, by its position as text; the points are those that the
    rubrics show.
    """

    __tablename__ = "work_marks"
    __table_args__ = (
        ForeignKeyConstraint(["attempt_id"], ["works.attempt_id"], ondelete="CASCADE"),
        Index("one_mark_a_place", "attempt_id", "version", "place", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[str]
    version: Mapped[int]
    place: Mapped[int]
    marker_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    levels: Mapped[dict[str, Any]] = mapped_column(JSON)
    comments: Mapped[dict[str, Any]] = mapped_column(JSON)
    words: Mapped[str] = mapped_column(default="")
    points_num: Mapped[int | None]
    points_den: Mapped[int | None]
    saved_at: Mapped[datetime]
    given_at: Mapped[datetime | None]

    @property
    def points(self) -> Fraction | None:
        return None if self.points_num is None else Fraction(self.points_num, self.points_den)
