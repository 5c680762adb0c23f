"""Attempts that end: handed in or overdue, marked once, logged; what counts completes the step."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from fractions import Fraction
from functools import partial
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core.clock import set_now
from core.database import db, transaction
from core.errors import Conflict
from progress.models import StepCompletion
from quizzes import closing, saving
from quizzes.marks import Certainty
from quizzes.models import Accommodation, AttemptItem, Grade
from quizzes.rules import AttemptState
from quizzes.saving import Given
from quizzes.terms import GRACE, Terms
from tests.conftest import NOON
from tests.quizzes.world import World, at_once, count_of

pytestmark = pytest.mark.usefixtures("clock")

ROUNDS = 12
LATE = NOON + timedelta(minutes=10) + GRACE + timedelta(seconds=1)


def accommodate(world: World, quiz: bool = True, **columns: Any) -> None:
    row = {"extra_time": 0, "extra_attempts": 0, "opens_at": None, "closes_at": None, **columns}
    with transaction() as session:
        session.add(
            Accommodation(
                user_id=world.user.id,
                course_id=world.course.id,
                quiz_id=world.quiz.id if quiz else None,
                **row,
            )
        )


def test_what_was_saved_is_marked_though_nobody_comes_back(app: Flask) -> None:
    world = World(time_limit=10, pass_mark=100)
    attempt = world.start()
    world.answer_right(attempt, 2)
    set_now(LATE)

    closing.close_overdue()

    head = world.head(attempt)
    assert (head.state, head.timed_out, head.submitted_at) == (AttemptState.SUBMITTED, True, head.deadline_at)
    assert head.points == 2
    assert count_of(StepCompletion, user_id=world.user.id) == 1


def test_an_attempt_in_time_is_left_alone(app: Flask) -> None:
    world = World(time_limit=10)
    attempt = world.start()
    set_now(NOON + timedelta(minutes=10))

    closing.close_overdue()

    assert world.head(attempt).is_open


def test_an_attempt_that_cannot_be_closed_holds_up_no_other(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = World(time_limit=9), World(time_limit=10)
    first, second = broken.start(), sound.start()
    set_now(LATE)
    marks = closing.mark_item

    def mark_item(item: AttemptItem, terms: Terms) -> None:
        if item.attempt_id == first:
            raise ValueError("no such kind")
        marks(item, terms)

    monkeypatch.setattr(closing, "mark_item", mark_item)

    closing.close_overdue()

    assert broken.head(first).is_open
    assert not sound.head(second).is_open
    assert [record.attempt for record in caplog.records if hasattr(record, "attempt")] == [first]


def test_attempts_that_cannot_be_closed_hold_up_none_of_a_later_page(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    worlds = [World(time_limit=minutes) for minutes in (8, 9, 10)]
    *broken, sound = [world.start() for world in worlds]
    set_now(LATE)
    monkeypatch.setattr(closing, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(closing, "mark_item", partial(_marks_all_but, broken, closing.mark_item))

    closing.close_overdue()

    assert not worlds[2].head(sound).is_open
    assert all(world.head(attempt).is_open for world, attempt in zip(worlds, broken, strict=False))


def _marks_all_but(
    broken: list[str], marks: Callable[[AttemptItem, Terms], None], item: AttemptItem, terms: Terms
) -> None:
    if item.attempt_id in broken:
        raise ValueError("no such kind")
    marks(item, terms)


def test_handing_in_too_late_hands_in_as_of_the_deadline(app: Flask) -> None:
    world = World(time_limit=10)
    attempt = world.start()
    set_now(LATE)

    head = world.submit(attempt)

    assert (head.timed_out, head.submitted_at) == (True, NOON + timedelta(minutes=10))


def test_the_job_and_twenty_submissions_at_once_mark_one_result(app: Flask) -> None:
    world = World(time_limit=10)
    attempt = world.start()
    world.answer_right(attempt, 1)
    set_now(LATE)
    db.session.rollback()

    results = at_once(app, 10, lambda: (closing.close_overdue(), world.submit(attempt).points)[1])

    assert results == [1] * 10
    assert count_of(Grade, attempt_id=attempt) == 1


def test_a_submission_waits_for_an_answer_that_is_being_saved(app: Flask) -> None:
    world = World()
    attempt = world.start()
    results: list[object] = []

    def submit() -> None:
        results.extend(at_once(app, 1, lambda: world.submit(attempt).points))

    submitter = threading.Thread(target=submit)
    with transaction():
        saving.save(world.user.id, attempt, [Given(1, {"ticked": [0]}, False)])
        submitter.start()
        submitter.join(0.5)
        assert results == [], "the attempt was marked without an answer that is called saved"
    submitter.join()

    assert results == [1]


def test_saves_and_submissions_at_once_mark_what_was_called_saved_and_no_more(app: Flask) -> None:
    world = World()
    for _ in range(ROUNDS):
        attempt = world.start()
        db.session.rollback()

        results = at_once(app, 4, partial(saves_or_submits, world, attempt, count()))

        acknowledged = [result for result in results if isinstance(result, list)]
        refused = [result for result in results if isinstance(result, Conflict)]
        assert len(acknowledged) + len(refused) == 2, results
        assert world.head(attempt).points == len(acknowledged)
        assert [item.is_answered for item in world.items(attempt)].count(True) == len(acknowledged)


def saves_or_submits(world: World, attempt: str, turns: Iterator[int]) -> object:
    """Of four threads two save an answer each, and two hand in."""
    turn = next(turns)
    if turn < 2:
        return world.save(attempt, Given(turn + 1, {"ticked": [0]}, False))
    return world.submit(attempt)


def test_extra_time_moves_the_deadline_of_one_learner(app: Flask) -> None:
    world = World(time_limit=10)
    accommodate(world, quiz=False, extra_time=50)
    attempt = world.start()

    assert world.head(attempt).deadline_at == NOON + timedelta(minutes=15)


def test_extra_attempts_are_for_one_learner(app: Flask) -> None:
    world = World(attempts=1)
    world.submit(world.start())
    accommodate(world, extra_attempts=1)

    world.submit(world.start())

    with pytest.raises(Conflict, match="All 2 attempts"):
        world.start()


def test_an_accommodation_for_a_quiz_stands_once(app: Flask) -> None:
    world = World()
    accommodate(world, extra_time=10)
    accommodate(world, quiz=False, extra_time=10)

    for quiz in (True, False):
        with pytest.raises(Exception, match="(?i)unique"):
            accommodate(world, quiz=quiz, extra_time=20)


def test_each_result_is_an_entry_of_the_log(app: Flask) -> None:
    world = World()
    attempt = world.start()
    world.answer_right(attempt, 1)
    world.submit(attempt)
    world.submit(attempt)

    (entry,) = db.session.scalars(select(Grade))
    assert (entry.attempt_id, entry.cause, entry.points_num, entry.max_num) == (attempt, "machine", 1, 2)


def test_an_average_completes_the_step_once_it_reaches_the_mark(app: Flask) -> None:
    world = World(counts="average", pass_mark=70)
    for right, complete in ((1, 0), (2, 1), (0, 1)):
        attempt = world.start()
        world.answer_right(attempt, right)
        world.submit(attempt)
        assert count_of(StepCompletion, user_id=world.user.id) == complete


def test_certainty_marks_the_attempt(app: Flask) -> None:
    world = World(certainty=True)
    attempt = world.start()
    world.save(attempt, Given(1, {"ticked": [0]}, False, Certainty.HIGH))
    world.save(attempt, Given(2, {"ticked": [1]}, False, Certainty.LOW))

    head = world.submit(attempt)

    assert head.points == 1
    assert [item.score for item in world.items(attempt)] == [1, 0]


def test_wrong_and_sure_answers_leave_nothing_but_not_less(app: Flask) -> None:
    world = World(certainty=True)
    attempt = world.start()
    for position in (1, 2):
        world.save(attempt, Given(position, {"ticked": [1]}, False, Certainty.HIGH))

    head = world.submit(attempt)

    assert head.points == 0
    assert [item.mark for item in world.items(attempt)] == [-2, -2]


def test_terms_stay_those_of_the_beginning(app: Flask) -> None:
    world = World(negative=50)
    attempt = world.start()
    world.save(attempt, Given(1, {"ticked": [0]}, False))
    world.save(attempt, Given(2, {"ticked": [1]}, False))
    with transaction() as session:
        quiz = session.merge(world.quiz)
        quiz.settings = {**quiz.settings, "negative": 0}

    assert world.submit(attempt).points == Fraction(1, 2)
