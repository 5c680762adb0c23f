"""What somebody passed, as evidence that they took the course."""

from collections.abc import Sequence

from sqlalchemy import select

from core.database import db
from courses.models import Step
from quizzes.models import Attempt, Quiz
from shop.disputes.pack import Happening, Section


def tell(user_id: int, course_ids: Sequence[int]) -> Section:
    """Each attempt that was passed, or could not be failed, with its result."""
    passed = (
        select(Attempt.submitted_at, Quiz.kind, Quiz.title, Attempt.percent, Attempt.pass_percent)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(Step, Step.id == Attempt.step_id)
        .where(Attempt.user_id == user_id, Step.course_id.in_(course_ids), Attempt.passed.is_(True))
        .order_by(Attempt.submitted_at)
    )
    rows = db.session.execute(passed)
    told = (
        Happening(at, in_words(kind, title, share, least)) for at, kind, title, share, least in rows if at
    )
    return Section("Quizzes taken and passed", tuple(told), is_use=True)


def in_words(kind: str, title: str, percent: int | None, pass_percent: int) -> str:
    """A quiz that asks what is known beforehand cannot be failed, so nobody passes it."""
    verb = "Passed" if pass_percent else "Took"
    return f"{verb} the {kind} “{title}” with {percent} percent"
