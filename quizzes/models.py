"""Quizzes, questions and cases in revisions, and attempts. What is asked never changes under an attempt."""

from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base
from quizzes.rules import AttemptState

OPEN = text("state = 'open'")


class Quiz(Base):
    """A quiz, case or assignment as published. `name` is its full name, `course/quizzes/slug`.

    `settings` is the JSON of QuizSettings; `pool` the ids of the questions it asks or draws from, in order;
    `content` holds what is not questions: the id of a case's revision now, an assignment's brief.
    """

    __tablename__ = "quizzes"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str]  # quiz, case or assignment
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    pool: Mapped[list[str]] = mapped_column(JSON)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    minutes: Mapped[int]
    revision: Mapped[int]


class Question(Base):
    """A question by its id in the bundle, stable for ever; `revision_id` points at what it asks now."""

    __tablename__ = "questions"

    id: Mapped[str] = mapped_column(primary_key=True)
    file: Mapped[str]  # the file of the bundle that holds it
    revision_id: Mapped[int | None]  # no foreign key: the two tables would need each other first


class QuestionRevision(Base):
    """What a question asked from one publication to the next.

    `content` is Question.to_json(); `html` maps each Markdown text in it to its HTML, rendered when published.
    """

    __tablename__ = "question_revisions"
    __table_args__ = (UniqueConstraint("question_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("questions.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    html: Mapped[dict[str, str]] = mapped_column(JSON)
    published_at: Mapped[datetime]


class CaseRevision(Base):
    """What a case was from one publication to the next; a play keeps the one it began with.

    `content` is Case.to_json(); `html` maps each Markdown text in it to its HTML, rendered when published.
    """

    __tablename__ = "case_revisions"
    __table_args__ = (UniqueConstraint("quiz_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quizzes.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    html: Mapped[dict[str, str]] = mapped_column(JSON)
    published_at: Mapped[datetime]


class Attempt(Base):
    """One try of one learner at a quiz or a case. At most one is open; the database sees to it.

    Points are exact: `points_num` / `points_den` of `max_num` / `max_den`; `percent` is rounded, for lists only.
    A case has 100 to earn, and `pass_percent` is points.
    """

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("user_id", "quiz_id", "number"),
        Index(
            "one_open_attempt", "user_id", "quiz_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quizzes.id"), index=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id"))
    number: Mapped[int]
    state: Mapped[AttemptState]
    quiz_revision: Mapped[int]
    pass_percent: Mapped[int]
    started_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    points_num: Mapped[int | None]
    points_den: Mapped[int | None]
    max_num: Mapped[int]
    max_den: Mapped[int]
    percent: Mapped[int | None]
    passed: Mapped[bool | None]

    items: Mapped[list["AttemptItem"]] = relationship(order_by="AttemptItem.position")

    @property
    def possible(self) -> Fraction:
        return Fraction(self.max_num, self.max_den)

    @property
    def points(self) -> Fraction | None:
        return None if self.points_num is None else Fraction(self.points_num, self.points_den)


class AttemptItem(Base):
    """One question of an attempt: the revision asked, how it was laid out, the answer as saved, the score."""

    __tablename__ = "attempt_items"

    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)  # from 1
    revision_id: Mapped[int] = mapped_column(ForeignKey("question_revisions.id"))
    layout: Mapped[dict[str, Any]] = mapped_column(JSON)
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    flagged: Mapped[bool]
    saved_at: Mapped[datetime | None]
    score_num: Mapped[int | None]
    score_den: Mapped[int | None]

    revision: Mapped[QuestionRevision] = relationship()


class CasePlay(Base):
    """That an attempt plays a case: the revision it began with."""

    __tablename__ = "case_plays"

    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("case_revisions.id"))


class CaseStep(Base):
    """One choice of a play, as made. `choice` counts from 0 in the scene of the play's revision.

    `score` and `states` are those after it; the score is not brought back into 0 to 100 before the end.
    """

    __tablename__ = "case_steps"

    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)  # from 1
    scene: Mapped[str]
    choice: Mapped[int]
    score: Mapped[int]
    states: Mapped[dict[str, int]] = mapped_column(JSON)
    chosen_at: Mapped[datetime]


class KeptForm(Base):
    """What arrived after the sign-in had ended: kept for a day, sent when the learner has signed in again."""

    __tablename__ = "kept_forms"

    id: Mapped[str] = mapped_column(primary_key=True)  # SHA-256 of the random token in the address
    path: Mapped[str]
    fields: Mapped[list[list[str]]] = mapped_column(JSON)  # name, value
    kept_at: Mapped[datetime] = mapped_column(index=True)
