"""The line along which a dispute goes, and its countdown."""

from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.values import DisputeStatus as S
from shop.disputes.rules import HOLDING, INQUIRIES, OPEN, next_status, reason_in_words, time_left

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
# Every way that a dispute can go at Stripe.
WAYS = (
    (S.NEEDS_RESPONSE, S.UNDER_REVIEW, S.WON),
    (S.NEEDS_RESPONSE, S.UNDER_REVIEW, S.LOST),
    (S.NEEDS_RESPONSE, S.LOST),
    (S.WARNING_NEEDS_RESPONSE, S.WARNING_UNDER_REVIEW, S.WARNING_CLOSED),
    (S.WARNING_NEEDS_RESPONSE, S.PREVENTED),
    (S.WARNING_NEEDS_RESPONSE, S.NEEDS_RESPONSE, S.UNDER_REVIEW, S.WON),
    (S.WARNING_NEEDS_RESPONSE, S.WARNING_UNDER_REVIEW, S.NEEDS_RESPONSE, S.LOST),
)


@given(st.data())
def test_however_readings_are_mixed_a_dispute_ends_where_it_stands_at_stripe(data: st.DataObject) -> None:
    """Late, twice and reordered, as long as the last one is among them."""
    way = data.draw(st.sampled_from(WAYS))
    gone = way[: data.draw(st.integers(1, len(way)))]
    readings = [*data.draw(st.lists(st.sampled_from(gone), max_size=8)), gone[-1]]
    first, *rest = data.draw(st.permutations(readings))

    assert reduce(next_status, rest, first) is gone[-1]


@pytest.mark.parametrize("told", S)
@pytest.mark.parametrize("ended", [S.WON, S.LOST])
def test_what_is_decided_stays_decided(ended: S, told: S) -> None:
    assert next_status(ended, told) is ended


def test_an_inquiry_holds_no_money() -> None:
    assert not set(INQUIRIES) & set(HOLDING)
    assert set(OPEN) == {*INQUIRIES, *HOLDING}


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=3, hours=5), "3 days left"),
        (timedelta(days=1), "1 day left"),
        (timedelta(hours=23, minutes=59), "23 hours left"),
        (timedelta(minutes=20), "1 hour left"),
        (timedelta(), "overdue"),
        (timedelta(days=-2), "overdue"),
    ],
)
def test_the_time_left_to_answer(left: timedelta, words: str) -> None:
    assert time_left(NOW + left, NOW) == words


@pytest.mark.parametrize(
    ("reason", "words"),
    [("duplicate", "it was charged twice"), ("a_new_word_of_stripes", "a new word of stripes")],
)
def test_a_reason_is_told_in_words(reason: str, words: str) -> None:
    assert reason_in_words(reason) == words
