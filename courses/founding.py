"""Courses before they are published: begun by somebody, who owns them once they are."""

from sqlalchemy import select

from core.clock import now
from core.database import db, insert_once
from core.errors import Conflict
from courses.models import Course, CourseFounder, CourseInstructor
from courses.roles import CourseRole

TAKEN = "Another course has this address already. Choose another one."


def found(slug: str, user_id: int) -> None:
    """Keep who began a course. Raises Conflict for a slug that another course has."""
    if db.session.scalar(select(Course.id).filter_by(slug=slug)) is not None:
        raise Conflict(TAKEN)
    row = {"slug": slug, "user_id": user_id, "founded_at": now()}
    if not insert_once(CourseFounder, row, ("slug",)):
        raise Conflict(TAKEN)


def hand_over(course: Course) -> None:
    """Make who began a course that is published now its owner."""
    founder = db.session.get(CourseFounder, course.slug)
    if founder is None:
        return
    if founder.user_id is not None:
        owner = {"course_id": course.id, "user_id": founder.user_id, "role": CourseRole.OWNER}
        insert_once(CourseInstructor, owner, ("course_id", "user_id"))
    db.session.delete(founder)
    db.session.flush()
