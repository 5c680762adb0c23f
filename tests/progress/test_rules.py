"""What follows from the ledger: percent, completion, where to go on. For every course and every learner."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.rules import is_complete, new_since, percent, resume_at
from tests.conftest import NOON

STEPS = st.frozensets(st.integers(1, 40))
ORDERS = st.lists(st.integers(1, 40), unique=True)


@given(STEPS, STEPS)
def test_percent_is_from_0_to_100(required: frozenset[int], done: frozenset[int]) -> None:
    assert 0 <= percent(required, done) <= 100


@given(STEPS, STEPS, st.integers(1, 40))
def test_doing_more_never_lowers_the_percent(
    required: frozenset[int], done: frozenset[int], more: int
) -> None:
    assert percent(required, done | {more}) >= percent(required, done)


@given(STEPS, STEPS)
def test_100_means_all_and_all_means_100(required: frozenset[int], done: frozenset[int]) -> None:
    assert (percent(required, done) == 100) == is_complete(required, done)


def test_a_last_missing_step_of_a_thousand_is_not_rounded_to_100() -> None:
    assert percent(frozenset(range(1000)), frozenset(range(999))) == 99


@given(STEPS, STEPS, STEPS)
def test_steps_added_after_completion_never_lower_it(
    required: frozenset[int], done: frozenset[int], added: frozenset[int]
) -> None:
    assert percent(required | added, done, completed=True) == 100


@given(STEPS)
def test_a_course_without_required_steps_is_never_complete(done: frozenset[int]) -> None:
    assert not is_complete(frozenset(), done)
    assert percent(frozenset(), done) == 0


@given(ORDERS, STEPS, st.none() | st.integers(1, 40))
def test_one_goes_on_at_a_step_of_the_course(
    order: list[int], done: frozenset[int], place: int | None
) -> None:
    going_on = resume_at(order, done, place)

    assert going_on in order if order else going_on is None


@given(ORDERS, STEPS, st.none() | st.integers(1, 40))
def test_one_goes_on_at_something_still_to_do_while_there_is_any(
    order: list[int], done: frozenset[int], place: int | None
) -> None:
    if not set(order) <= done:
        assert resume_at(order, done, place) not in done


@pytest.mark.parametrize(
    ("done", "place", "going_on"),
    [
        ([], None, 1),
        ([], 3, 3),
        ([3], 3, 4),
        ([3, 4], 3, 1),
        ([1, 2, 3, 4], 3, 3),
        ([1, 2, 3, 4], None, 1),
        ([1], 99, 2),
    ],
)
def test_one_goes_on_where_the_reading_stopped_or_at_the_next_not_done(
    done: list[int], place: int | None, going_on: int
) -> None:
    assert resume_at([1, 2, 3, 4], frozenset(done), place) == going_on


@pytest.mark.parametrize(
    ("done", "place", "going_on"),
    [
        ([], None, 1),  # it prepares for what follows
        ([2], 2, 3),
        ([2, 3], 3, 4),  # the next one that prepares
        ([2, 3, 5], 2, 6),
        ([2, 3, 5], None, 6),
        ([2, 3, 5, 6], 6, 6),  # nothing is asked for any more
        ([2, 3, 5, 6], None, 2),
    ],
)
def test_an_optional_step_that_was_passed_over_is_not_offered_again(
    done: list[int], place: int | None, going_on: int
) -> None:
    assert resume_at([1, 2, 3, 4, 5, 6], frozenset(done), place, frozenset({1, 4})) == going_on


@pytest.mark.parametrize(
    ("done", "waiting", "place", "going_on"),
    [
        ([1], [2], 2, 3),  # the reading stopped at what is with a marker now
        ([1, 3], [2], 2, 4),
        ([1, 3, 4], [2], 3, 2),  # nothing else is left
        ([1, 4], [2, 3], None, 2),
        ([1, 2, 3, 4], [2], 2, 2),  # it was passed before
    ],
)
def test_what_waits_for_somebody_else_is_gone_on_with_last(
    done: list[int], waiting: list[int], place: int | None, going_on: int
) -> None:
    assert resume_at([1, 2, 3, 4], frozenset(done), place, waiting=frozenset(waiting)) == going_on


MOMENTS = st.integers(-5, 5).map(lambda days: NOON + timedelta(days=days))


@given(st.dictionaries(st.integers(1, 40), MOMENTS), STEPS)
def test_new_are_the_steps_added_after_completion_that_are_not_done(
    added: dict[int, datetime], done: frozenset[int]
) -> None:
    new = new_since(added, done, NOON)

    assert set(new) == {step for step, at in added.items() if at > NOON} - done
    assert new_since(added, done, None) == []
