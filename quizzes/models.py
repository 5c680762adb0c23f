"""Quizzes, questions and cases in revisions, and attempts. What is asked never changes under an attempt."""

from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base
from quizzes.counting import Marked
from quizzes.rules import AttemptState
from quizzes.terms import Terms

OPEN = text("state = 'open'")
OF_A_QUIZ, OF_A_COURSE = text("quiz_id IS NOT NULL"), text("quiz_id IS NULL")


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
    """A question by its id in the bundle, stable for ever; `revision_id` points at what it asks now.

    `withdrawn_at`: since when it was dropped. It is asked no more and counts in no attempt.
    """

    __tablename__ = "questions"

    id: Mapped[str] = mapped_column(primary_key=True)
    file: Mapped[str]  # the file of the bundle that holds it
    revision_id: Mapped[int | None]  # no foreign key: the two tables would need each other first
    withdrawn_at: Mapped[datetime | None]


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

    `terms` is the JSON of quizzes.terms.Terms: what the attempt keeps of the settings with which it began.

    Points are exact: `points_num` / `points_den` of `max_num` / `max_den`; `percent` is rounded, for lists only.
    A case has 100 to earn, and `pass_percent` is points.
    """

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("user_id", "quiz_id", "number"),
        Index(
            "one_open_attempt", "user_id", "quiz_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN
        ),
        Index("open_until", "deadline_at", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("attempts_of_a_quiz", "quiz_id", "id"),
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
    terms: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # None in a case, which has none
    deadline_at: Mapped[datetime | None]
    timed_out: Mapped[bool] = mapped_column(default=False)
    reached: Mapped[int] = mapped_column(default=1)  # the first question that is not left for good

    items: Mapped[list["AttemptItem"]] = relationship(order_by="AttemptItem.position")

    @property
    def agreed(self) -> Terms:
        """Its terms, as a value; those of a case are all left as they are by default."""
        return Terms.from_json(self.terms or {})

    @property
    def possible(self) -> Fraction:
        return Fraction(self.max_num, self.max_den)

    @property
    def points(self) -> Fraction | None:
        return None if self.points_num is None else Fraction(self.points_num, self.points_den)

    @property
    def share(self) -> Fraction:
        """The share of what is possible, 0 to 1; 0 as long as it is not marked."""
        return (self.points or Fraction(0)) / self.possible if self.possible else Fraction(0)

    @property
    def marked(self) -> Marked:
        """What it has; asked of an attempt with points only."""
        return Marked(self.share, self.pass_percent, bool(self.passed))


class AttemptItem(Base):
    """One question of an attempt: the revision asked, how it was laid out, the answer as saved, the score.

    `seq` numbers the saves, the greatest wins. `score_*` is what the answer earns, `mark_*` what that counts for,
    where the terms ask for more than the score. `tried` are the answers before this one, `final_at` is when it
    was checked. Where a mended revision grades the answer, `asked_id` is the one that was asked. A question that
    was dropped counts for nothing.
    """

    __tablename__ = "attempt_items"
    # In the order in which a regrade goes through a revision's attempts, so that each batch is found at once.
    __table_args__ = (Index("items_of_a_revision", "revision_id", "attempt_id"),)

    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)  # from 1
    revision_id: Mapped[int] = mapped_column(ForeignKey("question_revisions.id"))
    layout: Mapped[dict[str, Any]] = mapped_column(JSON)
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    flagged: Mapped[bool]
    saved_at: Mapped[datetime | None]
    score_num: Mapped[int | None]
    score_den: Mapped[int | None]
    seq: Mapped[int] = mapped_column(BigInteger, default=0)  # milliseconds
    certainty: Mapped[str | None]
    hinted: Mapped[bool] = mapped_column(default=False)
    tried: Mapped[list[Any]] = mapped_column(JSON, default=list)
    final_at: Mapped[datetime | None]
    mark_num: Mapped[int | None]
    mark_den: Mapped[int | None]
    asked_id: Mapped[int | None] = mapped_column(ForeignKey("question_revisions.id"))
    dropped: Mapped[bool] = mapped_column(default=False)

    revision: Mapped[QuestionRevision] = relationship(foreign_keys=revision_id)

    @property
    def mark(self) -> Fraction | None:
        return None if self.mark_num is None else Fraction(self.mark_num, self.mark_den)


class Grade(Base):
    """One entry of the log of grades, which only grows: the result of an attempt and what caused it.

    `items` holds the scores that this entry changed, as [position, numerator, denominator].
    """

    __tablename__ = "grades"

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempts.id", ondelete="CASCADE"), index=True)
    cause: Mapped[str]  # machine, marker, key or dropped
    points_num: Mapped[int | None]  # None: a part is yet to be marked
    points_den: Mapped[int | None]
    max_num: Mapped[int]
    max_den: Mapped[int]
    passed: Mapped[bool | None]
    items: Mapped[list[list[int]]] = mapped_column(JSON)
    words: Mapped[str]
    by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime]


class Accommodation(Base):
    """What is changed for one learner, in one quiz or (without a quiz) in all of a course."""

    __tablename__ = "accommodations"
    __table_args__ = (
        Index(
            "one_accommodation_a_quiz", "user_id", "course_id", "quiz_id", unique=True,
            sqlite_where=OF_A_QUIZ, postgresql_where=OF_A_QUIZ,
        ),
        Index(
            "one_accommodation_a_course", "user_id", "course_id", unique=True,
            sqlite_where=OF_A_COURSE, postgresql_where=OF_A_COURSE,
        ),
        CheckConstraint("extra_time BETWEEN 0 AND 400", name="extra_time"),
        CheckConstraint("extra_attempts BETWEEN 0 AND 100", name="extra_attempts"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    quiz_id: Mapped[int | None] = mapped_column(ForeignKey("quizzes.id"))
    extra_time: Mapped[int]  # percent of the time limit
    extra_attempts: Mapped[int]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]


class AttemptRequest(Base):
    """A learner's wish for one more attempt. One stands open for a learner and a quiz."""

    __tablename__ = "attempt_requests"
    __table_args__ = (
        Index(
            "one_open_request", "user_id", "quiz_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quizzes.id"))
    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id"))
    reason: Mapped[str]
    state: Mapped[str]  # open, granted or refused
    asked_at: Mapped[datetime]
    answer: Mapped[str]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


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
