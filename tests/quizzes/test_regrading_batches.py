"""Regrades and their previews in parts: interrupted, at once with others, and each attempt once."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core.database import db, transaction
from progress.models import StepCompletion
from quizzes.models import Grade, Question
from quizzes.regrading import previews, reads
from quizzes.regrading import services as regrading
from quizzes.regrading.models import Regrade, RegradePreview
from quizzes.regrading.rules import Cause, Count, RegradeState
from quizzes.regrading.running import carry_on, look_on
from quizzes.saving import Given
from tests import factories
from tests.conftest import NOON
from tests.quizzes.bells import answer_bells
from tests.quizzes.cohort import (
    FOUR,
    REASON,
    Cohort,
    asked_for,
    asked_now,
    look,
)
from tests.quizzes.world import at_once, count_of

pytestmark = pytest.mark.usefixtures("clock")


def crowd(size: int) -> Cohort:
    return Cohort(*(FOUR[number % 4] for number in range(size)))


def test_what_was_interrupted_goes_on_where_it_stopped(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regrading, "BATCH", 4)
    cohort = crowd(60)
    cohort.mend_first()
    regrade = cohort.begin_regrade()
    assert carry_on(regrade, 2)
    kill_in_mid_batch(regrade, monkeypatch)
    assert count_of(Grade, cause="key") == 2 * regrading.BATCH

    answer_bells()

    assert [each.points for each in cohort.standings()] == [1, 2, 0, 1] * 15
    assert count_of(Grade, cause="key") == 60
    done = db.session.get_one(Regrade, regrade)
    assert (done.state, regrading.count_of(done)) == (RegradeState.DONE, Count(30, 30, 0, 15, 15))
    assert [answer_bells(), count_of(Grade, cause="key")] == [None, 60]


def kill_in_mid_batch(regrade: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker dies before the last attempt of its batch is written."""
    left = iter(range(regrading.BATCH - 1))
    log = regrading.closing.log_grade

    def die(*arguments: Any) -> None:
        if next(left, None) is None:
            raise MemoryError
        log(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(regrading.closing, "log_grade", die)
        with pytest.raises(MemoryError):
            carry_on(regrade)


def test_two_instructors_at_once_do_what_one_does(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regrading, "BATCH", 5)
    cohort = crowd(40)
    cohort.mend_first()
    db.session.rollback()

    ids = at_once(app, 4, cohort.regrade)

    assert set(ids) == {ids[0]}
    assert isinstance(ids[0], int)
    assert [each.points for each in cohort.standings()] == [1, 2, 0, 1] * 10
    assert count_of(Grade, cause="key") == 40
    assert count_of(Regrade) == 1


def test_submissions_and_a_drop_at_once_leave_no_attempt_with_the_question(app: Flask) -> None:
    cohort = Cohort(*FOUR)
    attempt = cohort.start()
    cohort.answer_right(attempt, 1)
    turns = count()
    db.session.rollback()

    def drop_or_submit() -> None:
        if next(turns) % 2:
            cohort.submit(attempt)
        else:
            cohort.regrade(cause=Cause.DROPPED)

    at_once(app, 6, drop_or_submit)

    head = cohort.head(attempt)
    assert (head.points, head.possible) == (0, 1)


def test_a_preview_reads_in_chunks_as_it_reads_at_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    cohort = crowd(12)
    cohort.mend_first()
    whole = look()

    monkeypatch.setattr(reads, "CHUNK", 5)

    assert look() == whole == Count(6, 6, 0, 3, 3)


def test_a_preview_that_was_interrupted_goes_on_and_counts_each_attempt_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads, "CHUNK", 3)
    cohort = crowd(12)
    cohort.mend_first()
    with transaction() as session:
        revision = session.get_one(Question, "first").revision_id or 0
        asked = previews.ask("first", Cause.KEY, revision, REASON).id
    assert look_on(asked, 1)
    slow = previews.look_on(asked)
    assert look_on(asked, 2)
    with transaction():
        previews.keep(asked, slow)  # type: ignore[arg-type]  # it comes when another worker was quicker
    assert previews.found_in(previews.find(asked, "first")).count.all == 9

    answer_bells()

    assert previews.found_in(previews.find(asked, "first")).count == Count(6, 6, 0, 3, 3)
    assert previews.unfinished() == []


def test_what_came_since_the_preview_is_counted(app: Flask) -> None:
    cohort = Cohort(*FOUR)
    attempt = cohort.start()
    cohort.mend_first()
    looked_at = asked_for()
    assert previews.changed_since(looked_at) == 0

    cohort.submit(attempt)

    assert previews.changed_since(looked_at) == 1
    assert previews.is_stale(looked_at, 1)
    cohort.regrade()
    assert previews.changed_since(looked_at) == 0  # all of them are graded by the mended key


def test_previews_are_kept_for_a_day(app: Flask, clock: Callable[[datetime], None]) -> None:
    cohort = Cohort(*FOUR)
    cohort.mend_first()
    asked_for()
    clock(NOON + timedelta(days=1))
    fresh = asked_for().id
    clock(NOON + timedelta(days=1, seconds=1))

    previews.sweep()

    assert [row.id for row in db.session.scalars(select(RegradePreview))] == [fresh]


def test_two_regrades_at_once_do_not_miss_the_average_that_both_reach(app: Flask) -> None:
    cohort = Cohort(draw=(("pool", 1),), counts="average")
    for question in ("first", "second"):
        wrong_at_only(cohort, question)
    cohort.publish("- [x] This\n- [ ] That", "- [ ] This\n- [x] That")
    second = begin_with_mended_second(cohort)
    first = cohort.begin_regrade()
    results: list[object] = []

    def other() -> None:
        results.extend(at_once(app, 1, lambda: carry_on(second)))

    rival = threading.Thread(target=other)
    with transaction():
        regrading.advance(first)
        rival.start()
        rival.join(0.5)
        assert results == [], "an average was added up beside another one"
    rival.join()

    assert results == [False]
    assert count_of(StepCompletion, user_id=cohort.user.id) == 1


def wrong_at_only(cohort: Cohort, question: str) -> None:
    """An attempt that was asked this one question, and answered it wrong by the key of that day."""
    with transaction() as session:
        session.merge(cohort.quiz).content = {"pools": {"pool": [question]}}
    attempt = cohort.start()
    cohort.save(attempt, Given(1, {"ticked": [1]}, False))
    cohort.submit(attempt)


def begin_with_mended_second(cohort: Cohort) -> int:
    question = asked_now("second")
    swapped = tuple(replace(option, right=not option.right) for option in question.parts.options)
    with transaction():
        factories.publish_question(replace(question, parts=replace(question.parts, options=swapped)))
    return cohort.begin_regrade("second")
