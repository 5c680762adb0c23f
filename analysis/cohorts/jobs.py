"""What the worker does for cohorts: it looks which courses are due, and computes them beside its other jobs."""

from datetime import timedelta

from analysis.cohorts.services import due_courses, refresh
from core import jobs
from core.clock import now

BELL = "cohort-statistics"
LOOKED_FOR_EVERY = timedelta(minutes=5)


def register() -> None:
    """Let the worker keep the figures."""
    jobs.answer_alone(BELL, refresh_due)
    jobs.periodic(BELL, LOOKED_FOR_EVERY, ring_for_due)


def refresh_due(course_id: int) -> None:
    """Compute a course's figures, unless somebody else did since the bell was rung."""
    if course_id in due_courses(now()):
        refresh(course_id)


def ring_for_due() -> None:
    """A bell for each course that is due."""
    for course_id in due_courses(now()):
        jobs.ring(BELL, course_id)
