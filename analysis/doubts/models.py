"""What learners doubt of questions."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class Doubt(Base):
    """One doubt of a question that its learner was asked in an attempt; `answer` is None until it is answered.

    It keeps the revision that was asked, for the question may be mended because of it.
    """

    __tablename__ = "question_doubts"
    __table_args__ = (
        UniqueConstraint("attempt_id", "question_id"),
        Index("doubts_of_a_question", "question_id", "course_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"))
    position: Mapped[int]
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), index=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quizzes.id"))
    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("question_revisions.id"))
    words: Mapped[str]
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
