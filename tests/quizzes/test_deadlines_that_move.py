"""A deadline that moves between being looked at and the closing: whoever was given time keeps it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from core.database import transaction
from quizzes import closing, views
from quizzes.models import Attempt
from quizzes.terms import GRACE, is_overdue
from tests.conftest import NOON
from tests.quizzes.visiting import Visitor
from tests.quizzes.world import World

LATE = NOON + timedelta(minutes=10) + GRACE + timedelta(seconds=1)


def more_time(attempt_id: str) -> None:
    with transaction() as session:
        session.get_one(Attempt, attempt_id).deadline_at = NOON + timedelta(minutes=20)


def test_the_job_leaves_an_attempt_alone_that_was_given_more_time_after_it_was_listed(
    app: Flask, clock: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock(NOON)
    world = World(time_limit=10)
    attempt = world.start()
    clock(LATE)
    close = closing._close_one

    def close_late(attempt_id: str, user_id: int) -> None:
        more_time(attempt_id)
        close(attempt_id, user_id)

    monkeypatch.setattr(closing, "_close_one", close_late)

    closing.close_overdue()

    assert world.head(attempt).is_open


def test_the_page_leaves_an_attempt_open_that_was_given_more_time_while_it_was_read(
    app: Flask, clock: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock(NOON)
    visitor = Visitor(app, time_limit=10)
    url = visitor.start()
    attempt = url.rpartition("/")[2]
    clock(LATE)

    def read_then_moved(deadline: datetime | None, at: datetime) -> bool:
        more_time(attempt)
        return is_overdue(deadline, at)

    monkeypatch.setattr(views, "is_overdue", read_then_moved)

    page = visitor.browser.get(url)

    assert page.status_code == 200
    assert f'action="{url}' in page.text


def test_closing_what_is_overdue_is_as_of_its_deadline(app: Flask, clock: Callable[[datetime], None]) -> None:
    clock(NOON)
    world = World(time_limit=10)
    attempt = world.start()
    clock(LATE)

    with transaction():
        closing.submit(world.user.id, attempt, only_overdue=True)

    head = world.head(attempt)
    assert (head.submitted_at, head.timed_out) == (NOON + timedelta(minutes=10), True)
