"""Colours: measured as WCAG measures them, and moved no further than needed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.colour import contrast, is_colour, nearest_readable

COLOURS = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")
GROUNDS = st.sampled_from(["#faf5ee", "#181215", "#ffffff", "#000000"])


def test_black_on_white_is_21_to_1() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_a_known_pair_has_the_ratio_that_wcag_gives() -> None:
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@given(COLOURS, COLOURS)
def test_contrast_is_the_same_both_ways_and_from_1_to_21(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21.001


@given(COLOURS, GROUNDS)
def test_the_nearest_shade_can_be_read(colour: str, ground: str) -> None:
    assert contrast(nearest_readable(colour, ground), ground) >= 4.5


@given(COLOURS, GROUNDS)
def test_a_readable_colour_stays_as_it_is(colour: str, ground: str) -> None:
    if contrast(colour, ground) >= 4.5:
        assert nearest_readable(colour, ground) == colour


@pytest.mark.parametrize(
    "text", ["", "9c3d28", "#9c3d2", "#9c3d288", "#9c3d2g", "red", "#9c3d28;}", "#9c3d28\n"]
)
def test_what_is_no_colour_is_told_apart(text: str) -> None:
    assert not is_colour(text)


def test_a_colour_may_be_written_in_capitals() -> None:
    assert is_colour("#9C3D28")
