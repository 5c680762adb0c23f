"""Figures that two want to compute: nobody computes what has rested too little, and the newer figures stay."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from analysis import jobs, services
from analysis.figures import QuestionFigures, QuizFigures
from analysis.models import QuizStatistics
from analysis.services import refresh
from core.clock import now, set_now
from core.database import db
from tests.analysis.classroom import Classroom


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
