"""Clock times that bind name their zone, and a time limit is told as the deadline gives it."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from core.database import db, transaction
from core.web import Reader
from quizzes.models import Accommodation, Attempt
from quizzes.times import binding, clock_time, in_full
from tests.conftest import NOON
from tests.quizzes.visiting import Visitor, words


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("", "21 November 2026, 12:00 UTC"),
        ("Europe/Berlin", "21 November 2026, 13:00 CET"),
        ("America/New_York", "21 November 2026, 07:00 EST"),
        ("America/Sao_Paulo", "21 November 2026, 09:00 UTC-03"),
        ("Asia/Kathmandu", "21 November 2026, 17:45 UTC+0545"),
    ],
)
def test_a_moment_that_binds_names_the_zone_of_the_readers_clock(zone: str, told: str) -> None:
    reader = _reader(zone)

    assert binding(NOON, reader) == told
    assert told.endswith(clock_time(NOON, reader))


def test_the_name_of_the_zone_is_that_of_the_day() -> None:
    july = datetime(2026, 7, 1, 12, tzinfo=UTC)

    assert clock_time(july, _reader("Europe/Berlin")) == "14:00 CEST"


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (6750, "1 hour 52 minutes 30 seconds"),
        (5400, "1 hour 30 minutes"),
        (3600, "1 hour"),
        (45, "45 seconds"),
    ],
)
def test_a_span_is_told_to_the_second(seconds: int, told: str) -> None:
    assert in_full(timedelta(seconds=seconds)) == told


def test_extra_time_is_told_as_the_deadline_gives_it(app: Flask) -> None:
    visitor = Visitor(app, time_limit=90)
    with transaction():
        db.session.add(
            Accommodation(
                user_id=visitor.user.id, course_id=visitor.course.id, extra_time=25, extra_attempts=0
            )
        )

    page = words(visitor.browser.get(visitor.url).text)
    attempt = db.session.get_one(Attempt, visitor.start().rpartition("/")[2])

    assert "1 hour 52 minutes 30 seconds" in page
    assert attempt.deadline_at == attempt.started_at + timedelta(hours=1, minutes=52, seconds=30)


@pytest.mark.usefixtures("clock")
def test_pages_name_the_zone_of_what_binds(app: Flask) -> None:
    visitor = Visitor(app, time_limit=30, cool_down=24, closes="2027-01-31 18:00")
    before = words(visitor.browser.get(visitor.url).text)
    attempt = visitor.start()
    under_way = words(visitor.browser.get(attempt).text)
    visitor.submit(attempt)

    assert "The quiz closes on 31 January 2027, 18:00 UTC." in before
    assert f"left, until {NOON + timedelta(minutes=30):%H:%M} UTC" in under_way
    again = f"{NOON + timedelta(days=1):%-d %B %Y, %H:%M} UTC"
    assert f"Come back from {again}." in words(visitor.browser.get(visitor.url).text)


def _reader(zone: str) -> Reader:
    return Reader(1, 1, "", "", frozenset(), zone, "en")
