"""Who may grade a question anew: the instructors of a course that asks it, and admins."""

from dataclasses import dataclass

from core.errors import NotFound
from core.web import Reader, signed_in
from courses.access import course_for
from courses.models import Course
from courses.roles import Deed
from quizzes.models import Question
from quizzes.regrading import reads


@dataclass(frozen=True)
class Place:
    """Where somebody stands who grades a question anew; `courses` are all that ask it."""

    course: Course
    question: Question
    courses: list[Course]
    reader: Reader


def place_of(slug: str, question_id: str) -> Place:
    """The course and the question, for those who may. Raises NotFound for everybody else."""
    course = course_for(slug, Deed.PUBLISH)
    question = reads.find_question(question_id)
    courses = reads.courses_asking(question_id)
    if course.id not in {each.id for each in courses}:
        raise NotFound("This course does not ask that question.")
    return Place(course, question, courses, signed_in())
