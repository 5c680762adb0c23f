"""What was computed of quizzes and questions, and which quizzes have news that it does not know of."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class QuizStatistics(Base):
    """The figures of a quiz or case: the JSON of QuizFigures over `attempts` first attempts.

    `computed_at` is when their reading began: what was handed in later they do not know of.
    """

    __tablename__ = "quiz_statistics"

    quiz_id: Mapped[int] = mapped_column(ForeignKey("quizzes.id"), primary_key=True)
    attempts: Mapped[int]
    computed_at: Mapped[datetime]
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)


class QuestionStatistics(Base):
    """The figures of one question of a quiz: the JSON of QuestionFigures over `attempts` answers."""

    __tablename__ = "question_statistics"

    quiz_id: Mapped[int] = mapped_column(ForeignKey("quizzes.id"), primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    attempts: Mapped[int]
    computed_at: Mapped[datetime]
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)


class StaleMark(Base):
    """That a quiz has a result which its figures do not know of. One row a result, so that learners who hand in
    at the same time do not wait for each other; the job takes them out with what it writes."""

    __tablename__ = "stale_marks"

    id: Mapped[int] = mapped_column(primary_key=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quizzes.id"), index=True)
