"""Figures in words."""

import pytest

from analysis.words import number, percent

MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("value", "share", "figure"),
    [
        (0.314, "31%", "0.31"),
        (-0.314, f"{MINUS}31%", f"{MINUS}0.31"),
        (-0.004, "0%", "0.00"),
        (0.0, "0%", "0.00"),
    ],
)
def test_what_is_below_zero_has_a_true_minus_and_zero_has_none(value: float, share: str, figure: str) -> None:
    assert (percent(value), number(value)) == (share, figure)


@pytest.mark.parametrize(("n", "said"), [(0, ""), (9, "too few"), (10, "not given")])
def test_where_there_is_no_figure_the_number_of_answers_says_why(n: int, said: str) -> None:
    assert percent(None, n) == number(None, n) == said
