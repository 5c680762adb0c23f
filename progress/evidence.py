"""What somebody completed, as evidence that they took the course."""

from collections.abc import Sequence

from sqlalchemy import select

from core.database import db
from courses.models import Course, Step
from progress.models import CourseCompletion, StepCompletion
from shop.disputes.pack import Happening, Section


def tell(user_id: int, course_ids: Sequence[int]) -> Section:
    """Each step that was completed, by its title, and the course as a whole."""
    steps = (
        select(StepCompletion.completed_at, Step.noun, Step.title)
        .join(Step, Step.id == StepCompletion.step_id)
        .where(StepCompletion.user_id == user_id, Step.course_id.in_(course_ids))
    )
    courses = (
        select(CourseCompletion.completed_at, Course.title)
        .join(Course, Course.id == CourseCompletion.course_id)
        .where(CourseCompletion.user_id == user_id, CourseCompletion.course_id.in_(course_ids))
    )
    done = [Happening(at, f"Completed the {noun} “{title}”") for at, noun, title in db.session.execute(steps)]
    done += [Happening(at, f"Completed the course “{title}”") for at, title in db.session.execute(courses)]
    return Section("Progress", tuple(sorted(done, key=lambda each: each.at)), is_use=True)
