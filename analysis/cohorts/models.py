"""What was computed of the learners of a course."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class CohortStatistics(Base):
    """The figures of a course's learners: the JSON of CourseFigures. `computed_at` is when their reading began."""

    __tablename__ = "cohort_statistics"

    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    computed_at: Mapped[datetime]
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
