"""What a certificate says of lessons: how many learning objectives they have."""

from collections.abc import Sequence

from sqlalchemy import select

from certificates.services import Content
from core.database import db
from lessons.models import Lesson


def tell(bodies: Sequence[str]) -> Content:
    """The objectives of the lessons among the steps with these full names."""
    objectives = db.session.scalars(select(Lesson.objectives).where(Lesson.name.in_(bodies)))
    return Content(objectives=sum(len(each) for each in objectives))
