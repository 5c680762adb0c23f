"""Deadlines of open attempts, when something is changed for their learner and when it is ended."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from core.audit import AuditEntry
from core.database import db, transaction
from marking.allowances import services
from quizzes.models import Accommodation, Attempt, Quiz
from tests.marking.bench import NOON
from tests.marking.school import School


def test_extra_time_moves_the_deadline_of_the_open_attempt(school: School) -> None:
    attempt = school.start()
    assert school.head(attempt).deadline_at == NOON + timedelta(minutes=60)

    school.change(extra_time=50)
    assert school.head(attempt).deadline_at == NOON + timedelta(minutes=90)
    row = school.change(quiz=False, extra_time=25)
    assert school.head(attempt).deadline_at == NOON + timedelta(minutes=105)
    school.end(row)
    assert school.head(attempt).deadline_at == NOON + timedelta(minutes=90)


def republish(school: School, **settings: object) -> None:
    with transaction() as session:
        quiz = session.get_one(Quiz, school.quiz.id)
        quiz.settings = {**quiz.settings, **settings}


def test_an_attempt_without_a_limit_gets_none_by_a_later_publication(
    app: Flask, clock: Callable[[datetime], None]
) -> None:
    clock(NOON)
    school = School(attempts=2)
    attempt = school.start()
    republish(school, time_limit=30, closes="2026-11-01")

    for changed in ({"extra_attempts": 1}, {"extra_time": 50}, {"opens_at": NOON}):
        school.change(**changed)
        assert school.head(attempt).deadline_at is None


def test_an_end_that_is_set_for_its_learner_holds_for_an_attempt_without_a_limit(
    app: Flask, clock: Callable[[datetime], None]
) -> None:
    clock(NOON)
    school = School()
    attempt, end = school.start(), NOON + timedelta(days=1)
    republish(school, time_limit=30)

    row = school.change(closes_at=end)
    assert school.head(attempt).deadline_at == end
    school.end(row)
    assert school.head(attempt).deadline_at is None


def test_a_deadline_follows_the_limit_with_which_its_attempt_began(school: School) -> None:
    attempt = school.start()
    republish(school, time_limit=20)

    school.change(extra_attempts=1)
    assert school.head(attempt).deadline_at == NOON + timedelta(minutes=60)
    school.change(extra_attempts=1, extra_time=50)

    assert school.head(attempt).deadline_at == NOON + timedelta(minutes=90)


def test_an_attempt_of_somebody_else_keeps_its_deadline(school: School) -> None:
    other = School(attempts=1, time_limit=60)
    attempt = other.start()

    school.change(extra_time=50)

    assert other.head(attempt).deadline_at == NOON + timedelta(minutes=60)


@pytest.mark.parametrize("closes", ["2026-11-21 12:30", "2026-11-21 09:00", "2026-11-01"])
def test_an_end_that_is_published_later_moves_no_deadline(school: School, closes: str) -> None:
    attempt = school.start()
    republish(school, closes=closes)

    row = school.change(extra_time=50)
    assert school.head(attempt).deadline_at == NOON + timedelta(minutes=90)
    school.end(row)
    assert school.head(attempt).deadline_at == NOON + timedelta(minutes=60)


def test_an_end_that_is_published_later_holds_for_no_attempt_that_had_one_by_its_learner(
    app: Flask, clock: Callable[[datetime], None]
) -> None:
    clock(NOON)
    school = School()
    row = school.change(closes_at=NOON + timedelta(days=1))
    attempt = school.start()
    republish(school, closes="2026-11-01")

    school.end(row)

    assert school.head(attempt).deadline_at is None


def test_the_end_with_which_an_attempt_began_still_holds(
    app: Flask, clock: Callable[[datetime], None]
) -> None:
    clock(NOON)
    school = School(time_limit=60, closes="2026-11-21 12:10")
    attempt = school.start()
    assert school.head(attempt).deadline_at == NOON + timedelta(minutes=10)
    republish(school, closes="")

    school.change(extra_time=50)

    assert school.head(attempt).deadline_at == NOON + timedelta(minutes=10)


def test_an_end_before_an_attempt_began_is_its_beginning(school: School) -> None:
    attempt = school.start()

    school.change(closes_at=NOON - timedelta(days=1))

    assert school.head(attempt).deadline_at == NOON


def test_what_was_changed_while_ending_it_waited_is_ended_too(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt, row = school.start(), school.change(extra_attempts=1)
    longer = NOON + timedelta(minutes=90)

    def wait(user_id: int, course_id: int) -> None:
        """As another instructor gives more time, and commits."""
        given = update(Accommodation).where(Accommodation.id == row).values(extra_time=50)
        db.session.execute(given, execution_options={"synchronize_session": False})
        moved = update(Attempt).where(Attempt.id == attempt).values(deadline_at=longer)
        db.session.execute(moved, execution_options={"synchronize_session": False})

    monkeypatch.setattr(services, "_take_turn_with_attempts", wait)
    school.end(row)

    assert school.head(attempt).deadline_at == NOON + timedelta(minutes=60)
    ended = select(AuditEntry).where(AuditEntry.action == "marking.end_accommodation")
    assert db.session.scalars(ended).one().detail["extra_time"] == 50
