"""The catalogue's arithmetic: minutes as people say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rules import lesson_minutes, minutes_in_words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 min"), (45, "45 min"), (60, "1 h"), (61, "1 h 01"), (130, "2 h 10"), (1200, "20 h")],
)
def test_minutes_are_said_in_hours_from_one_hour_on(minutes: int, words: str) -> None:
    assert minutes_in_words(minutes) == words


@pytest.mark.parametrize(
    ("words", "checks", "figures", "practice", "minutes"),
    [(0, 0, 0, 0, 1), (200, 0, 0, 0, 1), (201, 0, 0, 0, 2), (2000, 2, 3, 5, 22)],
)
def test_a_lesson_takes_reading_two_a_check_one_a_figure_and_its_practice(
    words: int, checks: int, figures: int, practice: int, minutes: int
) -> None:
    assert lesson_minutes(words, checks, figures, practice) == minutes


@given(st.integers(0, 10**6), st.integers(0, 99), st.integers(0, 99), st.integers(0, 999))
def test_more_to_do_never_takes_less_time(words: int, checks: int, figures: int, practice: int) -> None:
    least = lesson_minutes(words, checks, figures, practice)

    assert lesson_minutes(words + 1, checks, figures, practice) >= least
    assert lesson_minutes(words, checks + 1, figures, practice) == least + 2 or least == 1
