"""The ledger: a step is completed once, and the last required one completes the course in the same transaction."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select

from accounts.models import User
from core import events
from core.clock import now
from core.database import db, insert_once, upsert
from courses.models import Course, Step
from enrollment.models import Enrollment, EnrollmentState
from enrollment.services import Enrolled, mark_finished
from progress import rules
from progress.models import CourseCompletion, ReadingPlace, StepCompletion


@dataclass(frozen=True)
class StepCompleted:
    """Someone completed a step for the first time."""

    user_id: int
    step_id: int
    course_id: int


@dataclass(frozen=True)
class CourseCompleted:
    """Someone completed all required steps of a course."""

    user_id: int
    course_id: int
    cycle: int


def complete_step(user_id: int, step: Step) -> bool:
    """Write the step into the ledger; True when it was not there yet. Clicks, tabs and devices make one row."""
    _take_turn(user_id)
    row = {"user_id": user_id, "step_id": step.id, "completed_at": now()}
    if not insert_once(StepCompletion, row, ("user_id", "step_id")):
        return False
    events.publish(StepCompleted(user_id, step.id, step.course_id))
    _complete_course(user_id, step.course_id)
    return True


def recount(course_id: int) -> None:
    """The course asks for other steps than before: whoever has done all of those that are left has completed it.

    Nobody would else: the last step that they did was written down when it was not yet the last.
    """
    required = required_steps(course_id)
    has_completed = exists().where(
        CourseCompletion.user_id == StepCompletion.user_id, CourseCompletion.course_id == course_id
    )
    is_in = exists().where(
        Enrollment.user_id == StepCompletion.user_id,
        Enrollment.course_id == course_id,
        Enrollment.state == EnrollmentState.ACTIVE,
    )
    finished = (
        select(StepCompletion.user_id)
        .where(StepCompletion.step_id.in_(required), is_in, ~has_completed)
        .group_by(StepCompletion.user_id)
        .having(func.count() == len(required))
    )
    for user_id in db.session.scalars(finished).all():
        _complete_course(user_id, course_id)


def done_steps(user_id: int, course_id: int) -> frozenset[int]:
    """The ids of the course's steps that this person has completed."""
    query = select(StepCompletion.step_id).join(Step).where(
        StepCompletion.user_id == user_id, Step.course_id == course_id
    )  # fmt: skip
    return frozenset(db.session.scalars(query))


def completed_courses(user_id: int, course_ids: Collection[int]) -> frozenset[int]:
    """Which of these courses the person has ever completed."""
    query = select(CourseCompletion.course_id).where(
        CourseCompletion.user_id == user_id, CourseCompletion.course_id.in_(course_ids)
    )
    return frozenset(db.session.scalars(query))


def required_steps(course_id: int) -> frozenset[int]:
    """The ids of the steps that the course requires now."""
    query = select(Step.id).where(
        Step.course_id == course_id, Step.retired_at.is_(None), Step.required.is_(True)
    )
    return frozenset(db.session.scalars(query))


def greatest_percent(user_id: int, course_ids: Sequence[int]) -> int:
    """How far this person is in that of the courses in which they are furthest, 0 to 100."""
    own = (StepCompletion.step_id == Step.id) & (StepCompletion.user_id == user_id)
    query = select(Step.course_id, Step.id, StepCompletion.step_id).outerjoin(StepCompletion, own)
    asked = query.where(Step.course_id.in_(course_ids), Step.retired_at.is_(None), Step.required.is_(True))
    required, done = defaultdict(set), defaultdict(set)
    for course_id, step_id, done_id in db.session.execute(asked):
        required[course_id].add(step_id)
        done[course_id].add(done_id)
    return max((rules.percent(steps, done[course_id]) for course_id, steps in required.items()), default=0)


def remember_place(user_id: int, step: Step, heading: str) -> None:
    """Keep where the reading stopped, for every device: the newest wins."""
    place = {"step_id": step.id, "heading": heading[:200], "seen_at": now()}
    row = {"user_id": user_id, "course_id": step.course_id, **place}
    upsert(ReadingPlace, row, ("user_id", "course_id"))


def keep_finished(news: Enrolled) -> None:
    """Who comes into a course that they had completed before has finished it."""
    done = select(CourseCompletion.id).filter_by(user_id=news.user_id, course_id=news.course_id).limit(1)
    if db.session.scalar(done):
        mark_finished(news.user_id, news.course_id)


def _take_turn(user_id: int) -> None:
    """One learner's steps are written one after the other: two last ones at once would not see each other, and
    neither would complete the course. (On SQLite all writers take turns anyway.)"""
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))


def _complete_course(user_id: int, course_id: int) -> None:
    if not rules.is_complete(required_steps(course_id), done_steps(user_id, course_id)):
        return
    course = db.session.get_one(Course, course_id)
    row = {
        "user_id": user_id,
        "course_id": course_id,
        "cycle": 1,
        "completed_at": now(),
        "course_revision": course.revision,
    }
    if insert_once(CourseCompletion, row, ("user_id", "course_id", "cycle")):
        mark_finished(user_id, course_id)
        events.publish(CourseCompleted(user_id, course_id, 1))
