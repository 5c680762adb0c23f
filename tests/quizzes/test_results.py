"""How a result is put into words."""

from fractions import Fraction

import pytest
from flask import Flask

from core.database import transaction
from quizzes.results import exact, sources_in_words
from sources.models import Source


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (Fraction(7), "7"),
        (Fraction(0), "0"),
        (Fraction(1, 2), "0.5"),
        (Fraction(19, 2), "9.5"),
        (Fraction(101, 10), "10.1"),
        (Fraction(1, 4), "0.25"),
        (Fraction(1, 8), "1/8"),
        (Fraction(23, 3), "7 2/3"),
        (Fraction(-1, 2), "-0.5"),
        (Fraction(-4, 3), "-1 1/3"),
    ],
)
def test_points_are_decimals_where_two_places_are_exact_and_fractions_elsewhere(
    points: Fraction, words: str
) -> None:
    assert exact(points) == words


def test_a_title_that_is_a_question_ends_with_its_own_mark(app: Flask) -> None:
    with transaction() as session:
        facts = {"kind": "article", "doi": "", "url": "", "design": "", "limit": ""}
        title = "Does sleep matter?"
        session.add(Source(key="a", authors="White P", title=title, published_in="J", year="2015", **facts))

    assert sources_in_words(["a"])["a"].words == "White P. Does sleep matter? J. 2015."
