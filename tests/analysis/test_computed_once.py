"""Figures that two want to compute: nobody computes what has rested too little, and the newer figures stay."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from analysis import jobs, services
from analysis.cohorts import jobs as cohort_jobs
from analysis.cohorts import services as cohorts
from analysis.cohorts.models import CohortStatistics
from analysis.cohorts.rules import CourseFigures
from analysis.figures import QuestionFigures, QuizFigures
from analysis.models import QuizStatistics
from analysis.services import refresh
from core import jobs as core_jobs
from core.clock import now, set_now
from core.database import db
from tests.analysis.classroom import Classroom
from tests.conftest import NOON


def stored(room: Classroom) -> QuizStatistics:
    db.session.rollback()
    return db.session.get_one(QuizStatistics, room.quiz.id, populate_existing=True)


def test_a_bell_that_was_rung_twice_computes_once(room: Classroom) -> None:
    room.crowd([(True, True)] * 3)
    jobs.refresh_due(room.quiz.id)
    assert stored(room).attempts == 3
    room.crowd([(True, False)])

    jobs.refresh_due(room.quiz.id)

    assert stored(room).attempts == 3


def test_who_read_earlier_does_not_write_over_newer_figures(
    room: Classroom, clock: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    room.crowd([(True, True)] * 3)
    compute = services._quiz_figures

    def slowly(quiz_id: int) -> tuple[QuizFigures, list[QuestionFigures]]:
        monkeypatch.setattr(services, "_quiz_figures", compute)
        old = compute(quiz_id)
        room.crowd([(True, False)])
        set_now(now() + timedelta(minutes=1))
        refresh(quiz_id)
        return old

    monkeypatch.setattr(services, "_quiz_figures", slowly)
    refresh(room.quiz.id)

    assert stored(room).attempts == 4


def test_who_began_to_read_later_writes_over_a_slower_earlier_reading(
    room: Classroom, clock: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    room.crowd([(True, True)] * 3)
    compute = services._quiz_figures

    def for_ten_minutes(quiz_id: int) -> tuple[QuizFigures, list[QuestionFigures]]:
        set_now(NOON + timedelta(minutes=10))
        return compute(quiz_id)

    def meanwhile(quiz_id: int) -> tuple[QuizFigures, list[QuestionFigures]]:
        monkeypatch.setattr(services, "_quiz_figures", for_ten_minutes)
        set_now(NOON)
        refresh(quiz_id)
        room.crowd([(True, False)])
        return compute(quiz_id)

    monkeypatch.setattr(services, "_quiz_figures", meanwhile)
    set_now(NOON + timedelta(minutes=5))
    refresh(room.quiz.id)

    assert stored(room).attempts == 4


def of_cohorts(room: Classroom) -> CohortStatistics:
    db.session.rollback()
    return db.session.get_one(CohortStatistics, room.course.id, populate_existing=True)


def test_a_bell_for_cohorts_that_was_rung_twice_computes_once(room: Classroom) -> None:
    room.learner()
    cohort_jobs.refresh_due(room.course.id)
    room.learner()

    cohort_jobs.refresh_due(room.course.id)

    assert of_cohorts(room).figures["n"] == 1


def test_who_read_cohorts_earlier_does_not_write_over_newer_ones(
    room: Classroom, clock: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    room.learner()
    compute = cohorts._figures

    def slowly(*arguments: Any) -> CourseFigures:
        monkeypatch.setattr(cohorts, "_figures", compute)
        old = compute(*arguments)
        room.learner()
        set_now(now() + timedelta(minutes=1))
        cohorts.refresh(room.course.id)
        return old

    monkeypatch.setattr(cohorts, "_figures", slowly)
    cohorts.refresh(room.course.id)

    assert of_cohorts(room).figures["n"] == 2


def test_a_bell_for_what_a_worker_is_at_is_let_be(room: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: dict[str, Callable[..., object]] = {}
    monkeypatch.setattr(core_jobs, "_answers", answers)
    monkeypatch.setattr(core_jobs, "_periodic", {})
    begun: list[int] = []

    def work(course_id: int) -> None:
        begun.append(course_id)
        if len(begun) == 1:
            answers[cohort_jobs.BELL](course_id)

    monkeypatch.setattr(cohort_jobs, "refresh", work)
    cohort_jobs.register()
    room.learner()
    answers[cohort_jobs.BELL](room.course.id)

    assert begun == [room.course.id]
