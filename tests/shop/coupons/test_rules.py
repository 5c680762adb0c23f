"""What a code takes off, when it holds, what becomes of its use."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import Money
from shop.coupons.rules import Reduction, UseState, discounts, is_within, next_use, normal_code
from shop.rules import TRANSITIONS, OrderState
from tests.conftest import NOON

R, U, F = UseState.RESERVED, UseState.USED, UseState.FREED
S = OrderState


def usd(minor: int) -> Money:
    return Money(minor, "USD")


@pytest.mark.parametrize(
    ("written", "code"),
    [(" spring 26 ", "SPRING26"), ("Ｓｐｒｉｎｇ", "SPRING"), ("straße", "STRASSE"), ("", "")],
)
def test_a_code_is_one_however_it_is_written(written: str, code: str) -> None:
    assert normal_code(written) == code


@pytest.mark.parametrize(
    ("reduction", "off"),
    [
        (Reduction(20, None), [980, 1980]),
        (Reduction(100, None), [4900, 9900]),
        (Reduction(50, None, frozenset({1})), [2450, 0]),
        (Reduction(50, None, frozenset({9})), [0, 0]),
        (Reduction(None, usd(1000)), [331, 669]),
        (Reduction(None, usd(99999)), [4900, 9900]),
        (Reduction(None, usd(1000), frozenset({2})), [0, 1000]),
        (Reduction(None, Money(1000, "EUR")), [0, 0]),
    ],
)
def test_what_is_taken_off_is_shared_by_the_prices_it_touches(reduction: Reduction, off: list[int]) -> None:
    lines = [(1, usd(4900)), (2, usd(9900))]

    assert [part.minor for part in discounts(reduction, lines)] == off


@given(
    st.integers(1, 100) | st.integers(1, 10**6).map(usd),
    st.lists(st.integers(0, 10**6), min_size=1, max_size=5),
)
def test_no_line_is_ever_less_than_nothing(taken: int | Money, prices: list[int]) -> None:
    reduction = Reduction(None, taken) if isinstance(taken, Money) else Reduction(taken, None)
    lines = [(i, usd(price)) for i, price in enumerate(prices)]

    off = discounts(reduction, lines)

    assert all(0 <= less.minor <= price for less, price in zip(off, prices, strict=True))


@pytest.mark.parametrize(
    ("starts", "ends", "holds"),
    [
        (None, None, True),
        (0, None, True),
        (1, None, False),
        (None, 0, False),
        (None, 1, True),
        (-2, -1, False),
    ],
)
def test_a_code_holds_in_its_time(starts: int | None, ends: int | None, holds: bool) -> None:
    begin, end = (None if days is None else NOON + timedelta(days) for days in (starts, ends))

    assert is_within(begin, end, NOON) is holds


@pytest.mark.parametrize(
    ("before", "order", "after"),
    [
        (R, S.PROCESSING, R),
        (R, S.PAID, U),
        (R, S.EXPIRED, F),
        (R, S.FAILED, F),
        (R, S.DUPLICATE, F),
        (R, S.REVIEW, R),
        (R, S.REFUNDED, F),
        (R, S.CHARGED_BACK, F),
        (F, S.PAID, U),
        (F, S.REVIEW, R),
        (U, S.PARTLY_REFUNDED, U),
        (U, S.REFUNDED, U),
        (U, S.CHARGED_BACK, U),
    ],
)
def test_a_use_follows_its_order(before: UseState, order: OrderState, after: UseState) -> None:
    assert next_use(before, order) is after


def test_after_any_path_a_use_says_what_its_order_came_to() -> None:
    """Every path through the orders' table, two ways to one state included."""
    fits = {S.PENDING: {R}, S.PROCESSING: {R}, S.REVIEW: {R}, S.PAID: {U}, S.PARTLY_REFUNDED: {U}}
    paths = [(S.PENDING, R)]
    seen = set(paths)
    while paths:
        state, use = paths.pop()
        assert use in fits.get(state, {U, F})
        new = {(after, next_use(use, after)) for after in TRANSITIONS[state]} - seen
        seen |= new
        paths += new
    assert len(seen) >= len(S)
