"""Which save wins: the newest change, in whatever order saves arrive, in time, and only while it may be answered."""

from datetime import timedelta
from itertools import permutations

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.clock import now, set_now
from core.database import db, transaction
from core.errors import Conflict
from quizzes.marks import Certainty
from quizzes.models import Attempt
from quizzes.saving import Given
from quizzes.terms import GRACE
from tests.conftest import NOON
from tests.quizzes.world import World

pytestmark = pytest.mark.usefixtures("clock")

AT_NOON = int(NOON.timestamp() * 1000)


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def ticked(option: int, seq: int | None = None) -> Given:
    return Given(1, {"ticked": [option]}, False, seq=seq)


def answer(world: World, attempt: str) -> object:
    return world.items(attempt)[0].answer


def test_an_older_save_never_wins(world: World) -> None:
    attempt = world.start()
    world.save(attempt, ticked(0, AT_NOON - 10))

    (kept,) = world.save(attempt, ticked(1, AT_NOON - 20))

    assert (kept.won, kept.seq) == (False, AT_NOON - 10)
    assert answer(world, attempt) == {"ticked": [0]}


def test_a_save_that_is_sent_twice_is_one(world: World) -> None:
    attempt = world.start()

    first, second = (world.save(attempt, ticked(0, AT_NOON - 10))[0] for _ in range(2))

    assert first == second
    assert first.won


def test_a_form_without_a_script_counts_as_made_when_it_arrives(world: World) -> None:
    attempt = world.start()
    world.save(attempt, ticked(0, AT_NOON - 10))

    (kept,) = world.save(attempt, ticked(1))

    assert kept.won
    assert answer(world, attempt) == {"ticked": [1]}


def test_a_clock_that_is_fast_shuts_nobody_out(world: World) -> None:
    attempt = world.start()
    world.save(attempt, ticked(0, AT_NOON + 3_600_000))
    set_now(NOON + timedelta(seconds=1))

    (kept,) = world.save(attempt, ticked(1, AT_NOON + 1000))

    assert kept.won


def test_certainty_is_kept_with_the_answer(world: World) -> None:
    attempt = world.start()

    world.save(attempt, Given(1, {"ticked": [0]}, False, Certainty.HIGH))

    assert world.items(attempt)[0].certainty is Certainty.HIGH


CHANGES = st.lists(
    st.tuples(st.integers(0, 50), st.integers(0, 1)), min_size=1, max_size=6, unique_by=lambda c: c[0]
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(changes=CHANGES, data=st.data())
def test_all_orders_of_the_same_saves_end_in_the_same_answer(
    world: World, changes: list[tuple[int, int]], data: st.DataObject
) -> None:
    newest = max(changes)
    order = data.draw(st.permutations([*changes, *changes[:2]]))  # some are sent again
    attempt = world.start()

    for seq, option in order:
        world.save(attempt, ticked(option, seq + 1))

    assert answer(world, attempt) == {"ticked": [newest[1]]}
    world.submit(attempt)


def test_three_saves_converge_in_each_of_their_orders(world: World) -> None:
    for order in permutations([(1, 0), (2, 1), (3, 0)]):
        attempt = world.start()
        for seq, option in order:
            world.save(attempt, ticked(option, seq))
        assert answer(world, attempt) == {"ticked": [0]}
        world.submit(attempt)


def test_a_save_counts_until_the_grace_is_over(app: Flask) -> None:
    world = World(time_limit=10)
    attempt = world.start()

    set_now(NOON + timedelta(minutes=10) + GRACE)
    world.save(attempt, ticked(0))
    set_now(NOON + timedelta(minutes=10) + GRACE + timedelta(milliseconds=1))

    with pytest.raises(Conflict, match="Time ran out"):
        world.save(attempt, ticked(1))
    assert answer(world, attempt) == {"ticked": [0]}


def test_a_question_that_was_left_takes_no_more(app: Flask) -> None:
    world = World(back=False)
    attempt = world.start()
    with transaction():
        db.session.get_one(Attempt, attempt).reached = 2

    with pytest.raises(Conflict, match="goes forward only"):
        world.save(attempt, ticked(0))
    assert world.save(attempt, Given(2, {"ticked": [0]}, False))[0].won


def test_a_checked_answer_is_final(world: World) -> None:
    from quizzes.models import AttemptItem

    attempt = world.start()
    with transaction():
        db.session.get_one(AttemptItem, (attempt, 1)).final_at = now()

    with pytest.raises(Conflict, match="final"):
        world.save(attempt, ticked(0))
