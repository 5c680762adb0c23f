"""What an answer earns, for each kind of question, and for whatever else is sent."""

from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.questions import Question
from quizzes.quiz_text import parse_questions
from quizzes.rules import (
    feedback,
    grade,
    is_answered,
)

PAPER = Path(__file__).with_name("paper.md").read_text("utf-8")
QUESTIONS = {question.id: question for question in parse_questions(PAPER, "paper.md")[0]}


def share(name: str, **answer: list[Any]) -> Fraction | None:
    score = grade(QUESTIONS[name], answer)
    return score.earned / score.possible if score.earned is not None else None


@pytest.mark.parametrize(
    ("ticked", "earned"), [([0], 1), ([1], 0), ([], 0), ([0, 1], 0), ([0, 0], 1), ([9], 0)]
)
def test_choice_is_all_or_nothing(ticked: list[int], earned: int) -> None:
    assert share("one", ticked=ticked) == earned


@pytest.mark.parametrize(
    ("ticked", "earned"),
    [([0, 1], 1), ([0], "1/2"), ([0, 2], 0), ([0, 1, 2], "1/2"), ([0, 1, 2, 3], 0), ([2, 3], 0), ([], 0)],
)
def test_choices_take_a_wrong_tick_from_a_right_one_and_stop_at_nothing(
    ticked: list[int], earned: Any
) -> None:
    assert share("several", ticked=ticked) == Fraction(earned)


@pytest.mark.parametrize(
    ("verdict", "ticked", "earned"),
    [(["false"], [0], 1), (["true"], [0], 0), (["false"], [1], 0), ([], [0], 0), (["false", "true"], [0], 0)],
)
def test_truefalse_wants_verdict_and_reason(verdict: list[str], ticked: list[int], earned: int) -> None:
    assert share("verdict", verdict=verdict, ticked=ticked) == earned


@pytest.mark.parametrize(
    ("places", "earned"),
    [
        ([1, 2, 3, 4], 1),
        ([2, 1, 3, 4], "1/2"),
        ([1, 2, 4, 3], "1/2"),
        ([3, 2, 1, 4], 0),
        ([2, 1, 4, 3], 0),
        ([1, 1, 3, 4], 0),
        ([1, 2, 3, None], 0),
        ([1, 2, 3], 0),
        ([], 0),
    ],
)
def test_order_gives_half_for_two_neighbours_swapped(places: list[Any], earned: Any) -> None:
    assert share("sorted", places=places) == Fraction(earned)


@pytest.mark.parametrize(
    ("picked", "earned"),
    [
        ([0, 1, 0], 1),
        ([0, 1, 1], "2/3"),
        ([2, 2, 2], 0),
        ([0], "1/3"),
        ([None, None, 0], "1/3"),
        ([-3, -2, -3], 0),
    ],
)
def test_match_gives_the_share_of_right_pairs(picked: list[Any], earned: Any) -> None:
    assert share("matched", picked=picked) == Fraction(earned)


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("9.4", True),
        ("9,4", True),
        (" 9.40 days ", True),
        ("9.5", True),
        ("9.3", True),
        ("9.50001", False),
        ("9.4 Day", True),
        ("+9.4", True),
        ("−9.4", False),
        ("９.４", True),
        ("9.4.", True),
        ("9.4 hours", False),
        ("9.4 9.4", False),
        ("about nine", False),
        ("", False),
        ("9" * 5000, False),
    ],
)
def test_number_is_right_within_its_tolerance(typed: str, right: bool) -> None:
    assert share("counted", text=[typed]) == int(right)


@pytest.mark.parametrize(
    ("key", "typed", "right"),
    [
        ("1000", "1,000", True),
        ("1000", "1.000", True),
        ("1000", "1 000", True),
        ("1000", "1,00,0", False),
        ("1234.5", "1.234,5", True),
        ("1234.5", "1,234.5", True),
        ("13", "13 points", True),
        ("13", "13 or 14", False),
        ("0.5", ".5", True),
        ("12 min", "12 minutes", True),
        ("5 mm", "5 m", False),
        ("2 hour", "2 hours", True),
        ("5 kcal", "5 kcal/day", False),
        ("5 kcal/day", "5 kcal", False),
        ("5 mmol", "5 mmol/L", False),
        ("5 mmol", "5 mmol * s", False),
        ("5 mol", "5 moles", True),
        ("5 mol", "5 molar", False),
        ("-3 %", "-3%", True),
    ],
)
def test_number_reads_signs_thousands_and_units(key: str, typed: str, right: bool) -> None:
    question = parse_questions(f"## n {{number}}\nHow many?\n\n= {key}\n", "q.md")[0][0]

    assert (grade(question, {"text": [typed]}).earned == 1) is right


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("Substance P", True),
        ("  substance \t p ", True),
        ("ＳＰ", True),
        ("substancep", False),
        ("substance Q", False),
        ("", False),
    ],
)
def test_text_is_right_in_a_listed_wording_and_no_other(typed: str, right: bool) -> None:
    assert share("worded", text=[typed]) == int(right)


@pytest.mark.parametrize(
    ("typed", "earned"),
    [(["hpa", "cortisol"], 1), (["HYPOTHALAMIC AXIS", ""], "1/2"), (["", "hpa"], 0), ([], 0)],
)
def test_blanks_give_the_share_of_right_ones(typed: list[str], earned: Any) -> None:
    assert share("filled", texts=typed) == Fraction(earned)


@pytest.mark.parametrize("name", ["written", "handed"])
def test_what_a_person_marks_is_pending(name: str) -> None:
    assert grade(QUESTIONS[name], {"text": ["a"], "files": ["k"]}).pending


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(["ticked", "verdict", "places", "picked", "text", "texts", "files"])
ITEMS = (
    st.none()
    | st.integers(-2, 6)
    | st.sampled_from(["true", "false", "9,4", "SP", "HPA", "9" * 5000])
    | JSON_VALUES
)
ANSWERS = JSON_VALUES | st.dictionaries(NAMES, st.lists(ITEMS, max_size=6) | JSON_VALUES, max_size=7)


@given(st.sampled_from(list(QUESTIONS.values())), ANSWERS)
def test_grading_is_total_bounded_and_repeatable(question: Question, answer: object) -> None:
    score = grade(question, answer)

    assert score.possible == question.points
    assert score.earned is None or 0 <= score.earned <= question.points
    assert grade(question, answer) == score
    assert feedback(question, answer).score == score
    assert is_answered(answer) in (True, False)


@given(
    st.sampled_from(["one", "several", "verdict"]),
    st.lists(st.integers(0, 3)),
    st.randoms(use_true_random=False),
)
def test_the_order_of_ticks_does_not_count(name: str, ticked: list[int], rng: Random) -> None:
    mixed = rng.sample(ticked, len(ticked))

    assert share(name, ticked=ticked, verdict=["false"]) == share(name, ticked=mixed, verdict=["false"])
