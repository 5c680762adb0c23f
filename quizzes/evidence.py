"""What somebody passed, as evidence that they took the course."""

from collections.abc import Sequence

from sqlalchemy import select

from core.database import db
from courses.models import Step
from quizzes.models import Attempt, Quiz
from shop.disputes.pack import Happening, Section


def tell(user_id: int, course_ids: Sequence[int]) -> Section:
    """Each attempt that was passed, with its result."""
    passed = (
        select(Attempt.submitted_at, Quiz.kind, Quiz.title, Attempt.percent)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(Step, Step.id == Attempt.step_id)
        .where(Attempt.user_id == user_id, Step.course_id.in_(course_ids), Attempt.passed.is_(True))
        .order_by(Attempt.submitted_at)
    )
    rows = db.session.execute(passed)
    told = (
        Happening(at, f"Passed the {kind} “{title}” with {percent} percent")
        for at, kind, title, percent in rows
        if at
    )
    return Section("Quizzes passed", tuple(told), is_use=True)
