"""Refunds as pure rules: how one turns, how much may go back, when the promise holds; and how two books differ."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict, InvalidInput
from core.money import Money
from payments.values import RefundState
from shop.ledger.rules import EntryKind, Fault, Movement, compare, key_of, sums
from shop.refunds.rules import (
    STANDING,
    TRANSITIONS,
    Outside,
    Promise,
    next_state,
    outside,
    price_of_some,
    require_refundable,
)
from shop.rules import OrderState

LAST_DAY = date(2026, 11, 21)
STATES = st.sampled_from(list(RefundState))


@given(STATES, st.lists(STATES, max_size=6))
def test_a_refund_never_turns_back(start: RefundState, news: list[RefundState]) -> None:
    seen = [start]
    for told in news:
        after = next_state(seen[-1], told)
        assert after is seen[-1] or after not in seen
        seen.append(after)


def test_what_failed_stays_so() -> None:
    assert set(TRANSITIONS) == set(RefundState)
    assert {state for state, ways in TRANSITIONS.items() if not ways} == set(RefundState) - STANDING


@pytest.mark.parametrize(
    ("state", "left", "minor", "error"),
    [
        (OrderState.PAID, 4900, 4900, None),
        (OrderState.REVIEW, 4900, 1, None),
        (OrderState.PAID, 4900, 4901, InvalidInput),
        (OrderState.PAID, 4900, 0, InvalidInput),
        (OrderState.PAID, 4900, -1, InvalidInput),
        (OrderState.PAID, 0, 1, Conflict),
        (OrderState.REFUNDED, 4900, 1, Conflict),
        (OrderState.PENDING, 4900, 1, Conflict),
    ],
)
def test_how_much_may_go_back(
    state: OrderState, left: int, minor: int, error: type[Exception] | None
) -> None:
    if error is None:
        require_refundable(state, Money(left, "USD"), Money(minor, "USD"))
        return
    with pytest.raises(error):
        require_refundable(state, Money(left, "USD"), Money(minor, "USD"))


def test_another_currency_never_goes_back() -> None:
    with pytest.raises(InvalidInput):
        require_refundable(OrderState.PAID, Money(4900, "USD"), Money(100, "EUR"))


@pytest.mark.parametrize(
    ("days", "progress", "late", "why"),
    [
        (14, 0, 0, None),
        (14, 30, 0, None),
        (14, 31, 0, Outside.TOO_FAR),
        (14, 0, 1, Outside.TOO_LATE),
        (14, 100, 1, Outside.TOO_LATE),
        (0, 0, 0, Outside.NO_PROMISE),
    ],
)
def test_when_the_promise_holds(days: int, progress: int, late: int, why: Outside | None) -> None:
    assert outside(Promise(LAST_DAY, days, 30, progress), LAST_DAY + timedelta(days=late)) is why


def books(*movements: tuple[str, int, str]) -> dict[str, Movement]:
    return {key: Movement(key, minor, currency) for key, minor, currency in movements}


def test_two_books_differ_by_what_one_lacks_and_by_amounts() -> None:
    ours = books(("payment:ch_1", 100, "USD"), ("payment:ch_2", 200, "USD"), ("payment:ch_3", 5, "USD"))
    theirs = books(("payment:ch_1", 100, "USD"), ("payment:ch_2", 200, "EUR"), ("refund:re_1", -7, "USD"))

    found = [(each.fault, each.key, each.ours, each.theirs) for each in compare(ours, theirs)]

    assert found == [
        (Fault.OTHER_AMOUNT, "payment:ch_2", 200, 200),
        (Fault.MISSING_THERE, "payment:ch_3", 5, None),
        (Fault.MISSING_HERE, "refund:re_1", None, -7),
    ]
    assert compare(ours, ours) == []
    assert sums(theirs.values()) == {"EUR": 200, "USD": 93}
    assert key_of(EntryKind.REFUND, "re_1") == "refund:re_1"


@pytest.mark.parametrize(
    ("paid", "currency", "seats", "expected"),
    [(300, "USD", 3, [100, 100, 100]), (301, "USD", 3, [101, 100, 100]), (0, "USD", 2, [0, 0])],
)
def test_seats_that_go_back_one_by_one_bring_what_was_paid(
    paid: int, currency: str, seats: int, expected: list[int]
) -> None:
    price = Money(paid, currency)

    assert [price_of_some(price, seats, gone, 1).minor for gone in range(seats)] == expected
    assert price_of_some(price, seats, 0, seats) == price
