"""Who may see what stands behind a course: its instructors, and admins."""

from core.errors import NotFound
from core.web import ADMIN, signed_in
from courses.models import Course
from courses.services import find_course, teaches


def course_taught(slug: str) -> Course:
    """The course, for its instructors and admins. Raises NotFound for everybody else."""
    course, reader = find_course(slug), signed_in()
    if ADMIN not in reader.roles and not teaches(reader.user_id, course.id):
        raise NotFound("You do not teach this course. This page is for its instructors.")
    return course
