"""When an attempt may begin and must end, for one learner."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from quizzes.quiz_settings import QuizSettings
from quizzes.terms import (
    GRACE,
    Allowance,
    Terms,
    Window,
    attempts_allowed,
    deadline_of,
    is_overdue,
    terms_of,
    window_of,
)
from tests.conftest import NOON

BERLIN = ZoneInfo("Europe/Berlin")


def test_days_open_with_their_first_minute_and_close_with_their_last() -> None:
    window = window_of(QuizSettings(opens="2026-12-01", closes="2026-12-02"), BERLIN, Allowance())

    assert window.opens_at == datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert window.closes_at == datetime(2026, 12, 2, 22, 59, 59, tzinfo=UTC)


def test_a_time_of_day_is_one_of_the_schools_clock() -> None:
    window = window_of(QuizSettings(closes="2026-07-01 18:00"), BERLIN, Allowance())

    assert window == Window(None, datetime(2026, 7, 1, 16, tzinfo=UTC))


def test_dates_of_ones_own_stand_before_those_of_the_quiz() -> None:
    course, quiz = Allowance(opens_at=NOON, closes_at=NOON), Allowance(closes_at=NOON + timedelta(days=1))

    window = window_of(QuizSettings(opens="2026-12-01", closes="2026-12-02"), BERLIN, course + quiz)

    assert window == Window(NOON, NOON + timedelta(days=1))


def test_what_is_changed_for_the_course_and_for_the_quiz_adds_up() -> None:
    both = Allowance(extra_time=25, extra_attempts=1) + Allowance(extra_time=25, extra_attempts=2)

    assert (both.extra_time, both.extra_attempts) == (50, 3)
    assert attempts_allowed(QuizSettings(attempts=2), both) == 5
    assert attempts_allowed(QuizSettings(), both) is None


@pytest.mark.parametrize(
    ("limit", "extra", "closes_in", "minutes"),
    [
        (None, 0, None, None),
        (40, 0, None, 40),
        (40, 25, None, 50),
        (40, 0, 30, 30),
        (None, 0, 30, 30),
        (10, 50, 30, 15),
    ],
)
def test_an_attempt_ends_by_its_limit_or_with_the_window(
    limit: int | None, extra: int, closes_in: int | None, minutes: int | None
) -> None:
    window = Window(None, None if closes_in is None else NOON + timedelta(minutes=closes_in))

    deadline = deadline_of(QuizSettings(time_limit=limit), NOON, window, Allowance(extra_time=extra))

    assert deadline == (None if minutes is None else NOON + timedelta(minutes=minutes))


def test_the_grace_is_for_what_was_on_its_way() -> None:
    assert not is_overdue(NOON, NOON + GRACE)
    assert is_overdue(NOON, NOON + GRACE + timedelta(milliseconds=1))
    assert not is_overdue(None, NOON)


def test_terms_are_those_of_the_settings_and_come_back_from_a_row() -> None:
    settings = QuizSettings(
        feedback="question", tries=3, try_penalty=20, hints=True, hint_penalty=5, back=False, time_limit=30
    )

    terms = terms_of(settings)

    assert terms == Terms("one", False, True, 3, 20, True, 5, 0, False, time_limit=30)
    assert Terms.from_json(terms.to_json()) == terms
