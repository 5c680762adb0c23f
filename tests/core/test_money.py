"""Money: exact, in minor units, never mixed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.money import Money, decimals, read_money

CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD"])


@given(st.integers(0, 10**9), CURRENCIES)
def test_an_amount_is_read_back_exactly(minor: int, currency: str) -> None:
    money = Money(minor, currency)

    assert read_money(f"{money.amount:f}", currency) == money


@given(st.lists(st.integers(0, 10**12)))
def test_a_sum_is_exact(parts: list[int]) -> None:
    total = Money(0, "USD")
    for part in parts:
        total += Money(part, "USD")

    assert total.minor == sum(parts)


def test_two_currencies_are_never_added() -> None:
    with pytest.raises(ValueError, match="USD and EUR"):
        Money(1, "USD") + Money(1, "EUR")


@pytest.mark.parametrize(("currency", "places"), [("USD", 2), ("JPY", 0), ("XOF", 0), ("KWD", 3)])
def test_a_currency_has_its_own_number_of_decimals(currency: str, places: int) -> None:
    assert decimals(currency) == places


def test_an_amount_is_shown_in_major_units_with_its_currency() -> None:
    assert str(Money(48900, "USD")) == "489.00 USD"
    assert str(Money(125000, "JPY")) == "125,000 JPY"
    assert Money(1, "KWD").amount == Decimal("0.001")


def test_nothing_is_free_but_nothing() -> None:
    assert Money(0, "USD").is_free
    assert not Money(1, "USD").is_free


@pytest.mark.parametrize("text", ["", "free", "1,50", "1.505", "-1", "NaN", "Infinity", "1e10", "1 2"])
def test_what_is_no_amount_is_refused_with_the_field_it_stands_in(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_money(text, "USD")

    assert refusal.value.field == "price"


def test_a_currency_without_decimals_refuses_them() -> None:
    with pytest.raises(InvalidInput, match="0 decimals"):
        read_money("1.5", "JPY")
