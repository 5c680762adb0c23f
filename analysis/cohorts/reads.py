"""Counting the learners of a course by groups of months; the database does the counting."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Float, case, cast, distinct, func, select

from analysis.cohorts.rules import Months, Total, month_of
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


def results(course_id: int, place: Any, quiz_ids: Sequence[int]) -> dict[int, Total]:
    """Of each group the sum of the shares of its first attempts at these quizzes; one with nothing to earn is none."""
    share = cast(Attempt.points_num, Float) * Attempt.max_den / (Attempt.points_den * Attempt.max_num)
    return _totals(_first_attempts(place, func.sum(share), course_id, quiz_ids))


def passes(course_id: int, place: Any, quiz_ids: Sequence[int]) -> dict[int, Total]:
    """Of each group how many of its first attempts at these quizzes passed."""
    passed = func.sum(case((Attempt.passed.is_(True), 1), else_=0))
    return _totals(_first_attempts(place, passed, course_id, quiz_ids))


def _first_attempts(place: Any, value: Any, course_id: int, quiz_ids: Sequence[int]) -> Any:
    query = select(place, value, func.count(), func.count(distinct(Enrollment.user_id))).select_from(
        Enrollment
    )
    query = query.join(Attempt, Attempt.user_id == Enrollment.user_id)
    return query.where(Enrollment.course_id == course_id, Attempt.max_num > 0, *counts_for(*quiz_ids))


def _totals(query: Any) -> dict[int, Total]:
    return {group: Total(*row) for group, row in _counts(query).items()}


def sure_answers(course_id: int, place: Any, quiz_ids: Sequence[int]) -> dict[int, Total]:
    """Of each group the sum of the shares of the answers in first attempts that were given as certain."""
    score = (AttemptItem.revision_id, AttemptItem.score_num, AttemptItem.score_den)
    query = _certain(select(place, *score, func.count()), course_id, quiz_ids).group_by(place, *score)
    sums: dict[int, float] = {}
    answers: dict[int, int] = {}
    for group, revision, num, den, count in db.session.execute(query):
        share = float(Fraction(num, den) / asked(revision).question.points)
        sums[group] = sums.get(group, 0.0) + count * share
        answers[group] = answers.get(group, 0) + count
    people = _counts(_certain(select(place, func.count(distinct(Enrollment.user_id))), course_id, quiz_ids))
    # Somebody may hand in between the two readings: a group that only one of them has is left out.
    return {group: Total(sums[group], answers[group], people[group][0]) for group in sums if group in people}


def _certain(query: Any, course_id: int, quiz_ids: Sequence[int]) -> Any:
    joined = query.select_from(Enrollment).join(Attempt, Attempt.user_id == Enrollment.user_id)
    return joined.join(AttemptItem, AttemptItem.attempt_id == Attempt.id).where(
        Enrollment.course_id == course_id,
        AttemptItem.certainty == Certainty.HIGH,
        AttemptItem.score_num.is_not(None),
        AttemptItem.dropped.is_(False),
        *counts_for(*quiz_ids),
    )


def quizzes_of(outline: Outline) -> dict[int, QuizSettings]:
    """The quizzes of a course whose results say what was learned, with their settings: no cases, no baselines,
    nothing a person marks."""
    names = [step.body for step in outline.steps if step.kind == "quiz"]
    found = db.session.scalars(select(Quiz).where(Quiz.name.in_(names), Quiz.kind == QuizKind.QUIZ))
    settings = {quiz.id: QuizSettings.from_json(quiz.settings) for quiz in found}
    return {quiz_id: each for quiz_id, each in settings.items() if not each.baseline}


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
