"""What an answer counts for: penalties, negative marking, certainty."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.marks import Certainty, Given, mark, sum_of_marks
from quizzes.quiz_settings import QuizSettings
from quizzes.rules import Score
from quizzes.terms import Terms, terms_of

POINTS = Fraction(3)
RIGHT, HALF, WRONG = (Score(POINTS * share, POINTS) for share in (Fraction(1), Fraction(1, 2), Fraction(0)))
SURE = terms_of(QuizSettings(certainty=True))
PLAIN = terms_of(QuizSettings())


@pytest.mark.parametrize(
    ("certainty", "right", "half", "wrong"),
    [
        (Certainty.LOW, 1, "1/2", 0),
        (Certainty.MID, 2, 0, -2),
        (Certainty.HIGH, 3, "-3/2", -6),
        (None, 1, "1/2", 0),
    ],
)
def test_certainty_pays_and_costs_as_gardner_medwin_has_it(
    certainty: Certainty | None, right: int, half: str | int, wrong: int
) -> None:
    given = Given(True, certainty, guessable=True)

    marks = [mark(score, given, SURE) for score in (RIGHT, HALF, WRONG)]

    assert marks == [right, Fraction(half), wrong]


@pytest.mark.parametrize(
    ("chance", "best"),
    [("3/5", Certainty.LOW), ("7/10", Certainty.MID), ("9/10", Certainty.HIGH)],
)
def test_it_pays_to_say_what_one_believes(chance: str, best: Certainty) -> None:
    def expected(certainty: Certainty) -> Fraction:
        given, p = Given(True, certainty), Fraction(chance)
        right, wrong = mark(RIGHT, given, SURE), mark(WRONG, given, SURE)
        assert right is not None
        assert wrong is not None
        return p * right + (1 - p) * wrong

    assert max(Certainty, key=expected) is best


def test_a_wrong_tick_costs_what_the_author_says_and_a_wrong_number_nothing() -> None:
    terms = terms_of(QuizSettings(negative=25))

    assert mark(WRONG, Given(True, guessable=True), terms) == Fraction(-3, 4)
    assert mark(WRONG, Given(True), terms) == 0
    assert mark(HALF, Given(True, guessable=True), terms) == Fraction(3, 2)
    assert mark(WRONG, Given(False, guessable=True), terms) == 0


def test_further_tries_and_the_hint_cost_their_share() -> None:
    terms = terms_of(QuizSettings(feedback="question", tries=4, try_penalty=33, hints=True, hint_penalty=10))

    assert mark(RIGHT, Given(True, further_tries=1), terms) == POINTS * Fraction(67, 100)
    assert mark(RIGHT, Given(True, further_tries=1, hinted=True), terms) == POINTS * Fraction(57, 100)
    assert mark(HALF, Given(True, further_tries=3), terms) == 0


def test_what_a_person_marks_is_pending() -> None:
    pending = mark(Score(None, POINTS), Given(True), PLAIN)

    assert pending is None
    assert sum_of_marks([Fraction(1), pending], POINTS) is None


PERCENT = st.integers(0, 100)
TERMS = st.builds(
    Terms, view=st.just("one"), back=st.booleans(), checks=st.booleans(), tries=st.integers(1, 10), try_penalty=PERCENT,
    hints=st.booleans(), hint_penalty=PERCENT, negative=PERCENT, certainty=st.booleans(),
)  # fmt: skip
GIVEN = st.builds(
    Given, answered=st.booleans(), certainty=st.none() | st.sampled_from(Certainty), further_tries=st.integers(0, 10),
    hinted=st.booleans(), guessable=st.booleans(),
)  # fmt: skip


@given(TERMS, st.lists(st.tuples(st.fractions(0, 1), GIVEN), max_size=8), st.randoms())
def test_an_attempt_is_bounded_and_the_order_of_its_questions_is_nothing(
    terms: Terms, answers: list[tuple[Fraction, Given]], rng: object
) -> None:
    marks = [mark(Score(share * POINTS, POINTS), given, terms) for share, given in answers]
    possible = POINTS * len(answers)

    whole = sum_of_marks(marks, possible)

    assert whole is not None
    assert 0 <= whole <= possible
    assert all(each is not None and -2 * POINTS <= each <= POINTS for each in marks)
    assert sum_of_marks(sorted(marks, key=str), possible) == whole
