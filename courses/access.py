"""Who may see what stands behind a course: its instructors, and admins."""

from core.errors import NotFound
from core.web import ADMIN, Reader, signed_in
from courses.models import Course
from courses.services import find_course, teaches


def may_teach(reader: Reader, course_id: int) -> bool:
    """Whether the reader teaches the course, or is an admin, who teaches all."""
    return ADMIN in reader.roles or teaches(reader.user_id, course_id)


def course_taught(slug: str) -> Course:
    """The course, for its instructors and admins. Raises NotFound for everybody else."""
    course, reader = find_course(slug), signed_in()
    if not may_teach(reader, course.id):
        raise NotFound("You do not teach this course. This page is for its instructors.")
    return course
