"""The states of a work, sums of rubrics, when two read: the pure rules."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict
from marking.rules import (
    WorkState,
    WorkStep,
    age_in_words,
    count_words,
    middle,
    needs_second,
    next_state,
    require_round_left,
    step_after_first,
    step_after_second,
)
from marking.scheme import judge, scheme_of
from quizzes.assignment_text import parse_assignment, question_of
from quizzes.questions import Question
from quizzes.quiz_text import parse_questions
from tests.factories import BRIEF

LISTED = "## e {essay points=2}\nWhy?\n\n- one\n- two\n- three\n"
BARE = "## e {essay points=4}\nWhy?\n"
STEPS = {
    WorkState.DRAFT: {WorkStep.HAND_IN, WorkStep.ERASE},
    WorkState.WAITING: {WorkStep.RETURN, WorkStep.ASK_SECOND, WorkStep.FINISH, WorkStep.ERASE},
    WorkState.SECOND: {WorkStep.COMPARE, WorkStep.FINISH, WorkStep.ERASE},
    WorkState.AGREEING: {WorkStep.FINISH, WorkStep.ERASE},
    WorkState.RETURNED: {WorkStep.HAND_IN, WorkStep.ERASE},
    WorkState.MARKED: set(),
}


def of_brief() -> Question:
    return question_of("course/quizzes/plan", parse_assignment(BRIEF, "a.md")[0])


def of_text(text: str) -> Question:
    return parse_questions(text, "q.md")[0][0]


@pytest.mark.parametrize("state", WorkState)
@pytest.mark.parametrize("step", WorkStep)
def test_each_state_allows_its_steps_and_refuses_the_others_by_name(state: WorkState, step: WorkStep) -> None:
    if step in STEPS[state]:
        next_state(state, step)
        return
    with pytest.raises(Conflict) as refused:
        next_state(state, step)
    assert refused.value.sentence.endswith(".")


def test_a_rubric_adds_its_levels() -> None:
    judged = judge(scheme_of(of_brief()), [2, 1, 2, 0, 1])

    assert (judged.sum, judged.earned, judged.possible, judged.counts) == (6, 6, 10, 6)
    assert judged.complete


def test_a_required_criterion_at_zero_fails_the_whole_and_keeps_what_the_rubric_shows() -> None:
    judged = judge(scheme_of(of_brief()), [0, 2, 2, 2, 2])

    assert (judged.earned, judged.counts, judged.failed) == (8, 0, ("Safety",))


def test_another_criterion_at_zero_only_costs_its_points() -> None:
    assert judge(scheme_of(of_brief()), [2, 0, 2, 2, 2]).counts == 8


def test_a_missing_level_is_not_yet_a_mark() -> None:
    assert not judge(scheme_of(of_brief()), [2, None, 2, 2, 2]).complete
    assert not judge(scheme_of(of_brief()), [2, 2]).complete


@pytest.mark.parametrize(
    ("levels", "earned"), [([1, 0, 0], 1), ([1, 1, 0], 2), ([1, 1, 1], 2), ([0, 0, 0], 0)]
)
def test_of_more_points_than_the_question_is_worth_so_many_earn_all(levels: list[int], earned: int) -> None:
    assert judge(scheme_of(of_text(LISTED)), levels).earned == earned


def test_an_essay_without_either_is_given_whole_points() -> None:
    scheme = scheme_of(of_text(BARE))

    assert [level.points for level in scheme.criteria[0].levels] == [0, 1, 2, 3, 4]
    assert judge(scheme, [3]).earned == 3


@given(st.sampled_from([BRIEF, LISTED, BARE]), st.lists(st.none() | st.integers(-3, 9), max_size=8))
def test_sums_are_total_and_bounded(text: str, levels: list[int | None]) -> None:
    question = of_brief() if text is BRIEF else of_text(text)

    judged = judge(scheme_of(question), levels)

    assert 0 <= judged.counts <= judged.earned <= judged.possible == question.points


@pytest.mark.parametrize(
    ("points", "possible", "is_needed"),
    [
        ("15.9", 24, False), ("16", 24, True), ("18", 24, True), ("20", 24, True), ("20.1", 24, False),
        ("7", 10, False), ("7.5", 10, True), ("8", 10, True), ("10", 10, False),
    ],
)  # fmt: skip
def test_two_read_within_a_twelfth_of_the_pass_mark(points: str, possible: int, is_needed: bool) -> None:
    percent = 75 if possible == 24 else 80
    assert needs_second(False, Fraction(points), Fraction(possible), percent) is is_needed


def test_two_read_always_where_the_assignment_says_so() -> None:
    assert needs_second(True, Fraction(0), Fraction(24), 75)
    assert (step_after_first(True), step_after_first(False)) == (WorkStep.ASK_SECOND, WorkStep.FINISH)
    assert (step_after_second(True), step_after_second(False)) == (WorkStep.FINISH, WorkStep.COMPARE)


def test_a_work_is_returned_twice_and_not_again() -> None:
    require_round_left(1)
    with pytest.raises(Conflict, match="returned twice"):
        require_round_left(2)


def test_the_median_of_an_even_number_lies_between() -> None:
    assert middle(
        [timedelta(hours=1), timedelta(hours=3), timedelta(hours=30), timedelta(hours=5)]
    ) == timedelta(hours=4)
    assert middle([]) is None


@pytest.mark.parametrize(
    ("hours", "words"),
    [(0.5, "under an hour"), (1, "1 hour"), (47, "47 hours"), (48, "2 days"), (80, "3 days")],
)
def test_ages_are_said_in_words(hours: float, words: str) -> None:
    assert age_in_words(timedelta(hours=hours)) == words


def test_words_hold_a_letter_or_a_digit() -> None:
    assert count_words("# One, two - three\n\n| 4 | -- |\tfünf") == 5
