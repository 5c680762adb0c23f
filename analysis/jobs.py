"""What the worker does for the figures: it looks for stale ones, and computes them beside its other jobs."""

from datetime import timedelta

from analysis.services import due_quizzes, refresh
from core import jobs
from core.clock import now

BELL = "quiz-statistics"
LOOKED_FOR_EVERY = timedelta(minutes=2)


def register() -> None:
    """Let the worker keep the figures."""
    jobs.answer_alone(BELL, refresh_due)
    jobs.periodic(BELL, LOOKED_FOR_EVERY, ring_for_due)


def refresh_due(quiz_id: int) -> None:
    """Compute a quiz's figures, unless somebody else did since the bell was rung."""
    if quiz_id in due_quizzes(now()):
        refresh(quiz_id)


def ring_for_due() -> None:
    """A bell for each quiz that is due. Computing takes long where there are many attempts, and the clock's other
    jobs must not wait for it."""
    for quiz_id in due_quizzes(now()):
        jobs.ring(BELL, quiz_id)
