"""Counting the learners of a course by groups of months; the database does the counting."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Float, case, cast, distinct, func, select

from analysis.cohorts.rules import Months, month_of
from analysis.papers import counts_for
from core.database import db
from courses.services import Outline
from enrollment.models import Enrollment
from progress.models import CourseCompletion, StepCompletion
from quizzes.marks import Certainty
from quizzes.models import Attempt, AttemptItem, Quiz
from quizzes.quiz_settings import QuizKind, QuizSettings
from quizzes.reads import asked

Counts = dict[int, tuple[Any, ...]]
"""For each group, by its place, what was counted; groups without anything are left out."""


def started_in(course_id: int, zone: ZoneInfo) -> dict[date, int]:
    """How many enrolled in each month, on the school's calendar."""
    query = select(Enrollment.started_at).filter_by(course_id=course_id)
    months: dict[date, int] = {}
    for moment in db.session.scalars(query.execution_options(yield_per=1000)):
        month = month_of(moment.astimezone(zone).date())
        months[month] = months.get(month, 0) + 1
    return months


def steps_done(course_id: int, place: Any, required: frozenset[int]) -> Counts:
    """How many required steps the learners of each group have done."""
    query = select(place, func.count()).select_from(Enrollment)
    query = query.join(StepCompletion, StepCompletion.user_id == Enrollment.user_id)
    return _counts(query.where(Enrollment.course_id == course_id, StepCompletion.step_id.in_(required)))


def finished(course_id: int, place: Any) -> Counts:
    """How many of each group have done all that was required."""
    is_same = (CourseCompletion.user_id == Enrollment.user_id, CourseCompletion.course_id == course_id)
    query = select(place, func.count(distinct(Enrollment.user_id))).select_from(Enrollment)
    return _counts(
        query.join(CourseCompletion, is_same[0] & is_same[1]).where(Enrollment.course_id == course_id)
    )


def first_attempts(course_id: int, place: Any, quiz_id: int) -> Counts:
    """Of a quiz: attempts that count, the sum of their shares, and how many passed."""
    share = cast(Attempt.points_num, Float) * Attempt.max_den / (Attempt.points_den * Attempt.max_num)
    passed = func.sum(case((Attempt.passed.is_(True), 1), else_=0))
    query = select(place, func.count(), func.sum(share), passed).select_from(Enrollment)
    query = query.join(Attempt, Attempt.user_id == Enrollment.user_id)
    return _counts(query.where(Enrollment.course_id == course_id, Attempt.max_num > 0, *counts_for(quiz_id)))


def sure_answers(course_id: int, place: Any, quiz_ids: Sequence[int]) -> dict[int, tuple[int, float]]:
    """Answers of first attempts that were given as certain: how many, and the sum of their shares."""
    found: dict[int, tuple[int, float]] = {}
    score = (AttemptItem.revision_id, AttemptItem.score_num, AttemptItem.score_den)
    for quiz_id in quiz_ids:
        query = _certain(select(place, *score, func.count()), course_id, (quiz_id,)).where(
            *counts_for(quiz_id)
        )
        for group, revision, num, den, count in db.session.execute(query.group_by(place, *score)):
            n, total = found.get(group, (0, 0.0))
            share = float(Fraction(num, den) / asked(revision).question.points)
            found[group] = (n + count, total + count * share)
    return found


def sure_people(course_id: int, place: Any, quiz_ids: Sequence[int]) -> Counts:
    """How many learners of each group gave them."""
    query = select(place, func.count(distinct(Enrollment.user_id)))
    return _counts(_certain(query, course_id, quiz_ids))


def _certain(query: Any, course_id: int, quiz_ids: Sequence[int]) -> Any:
    joined = query.select_from(Enrollment).join(Attempt, Attempt.user_id == Enrollment.user_id)
    return joined.join(AttemptItem, AttemptItem.attempt_id == Attempt.id).where(
        Enrollment.course_id == course_id,
        Attempt.quiz_id.in_(quiz_ids),
        AttemptItem.certainty == Certainty.HIGH,
        AttemptItem.score_num.is_not(None),
        AttemptItem.dropped.is_(False),
    )


def people_of(course_id: int, place: Any, quiz_ids: Sequence[int]) -> Counts:
    """How many learners of each group have a result of one of these quizzes; one with nothing to earn is none."""
    query = select(place, func.count(distinct(Enrollment.user_id))).select_from(Enrollment)
    query = query.join(Attempt, Attempt.user_id == Enrollment.user_id)
    has_result = Attempt.points_num.is_not(None) & (Attempt.max_num > 0)
    return _counts(query.where(Enrollment.course_id == course_id, Attempt.quiz_id.in_(quiz_ids), has_result))


def quizzes_of(outline: Outline) -> list[int]:
    """The quizzes of a course whose results say what was learned: no cases, no baselines, nothing a person marks."""
    names = [step.body for step in outline.steps if step.kind == "quiz"]
    found = db.session.scalars(select(Quiz).where(Quiz.name.in_(names), Quiz.kind == QuizKind.QUIZ))
    return [quiz.id for quiz in found if not QuizSettings.from_json(quiz.settings).baseline]


def place_in(groups: Sequence[Months], zone: ZoneInfo) -> Any:
    """The place of the group that an enrollment belongs to, as a column."""
    ends = [_begin(_next(group.last), zone) for group in groups[:-1]]
    whens = [(Enrollment.started_at < end, place) for place, end in enumerate(ends)]
    return case(*whens, else_=len(ends)) if whens else case((Enrollment.id > 0, 0))


def _begin(month: date, zone: ZoneInfo) -> datetime:
    return datetime(month.year, month.month, 1, tzinfo=zone).astimezone(UTC)


def _next(month: date) -> date:
    return month_of(month + timedelta(days=31))


def _counts(query: Any) -> Counts:
    place = query.selected_columns[0]
    return {row[0]: tuple(row[1:]) for row in db.session.execute(query.group_by(place))}
