"""Money: exact, in minor units, never mixed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.money import Money, decimals, read_money, step

CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD", "ISK"])


@given(st.integers(0, 10**7), CURRENCIES)
def test_an_amount_is_read_back_exactly(steps: int, currency: str) -> None:
    money = Money(steps * step(currency), currency)

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


@pytest.mark.parametrize(
    "text", ["", "free", "1,50", "1.505", "-1", "NaN", "Infinity", "1e10", "1e2", "+1", "1_0", "1 2"]
)
def test_what_is_no_amount_is_refused_with_the_field_it_stands_in(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_money(text, "USD")

    assert refusal.value.field == "price"


def test_a_currency_without_decimals_refuses_them() -> None:
    with pytest.raises(InvalidInput, match="0 decimals"):
        read_money("1.5", "JPY")


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (0, "USD", "0.00 USD"),
        (500, "JPY", "500 JPY"),
        (500, "ISK", "5 ISK"),
        (500, "UGX", "5 UGX"),
        (5120, "KWD", "5.120 KWD"),
    ],
)
def test_each_currency_is_shown_with_its_own_places(minor: int, currency: str, shown: str) -> None:
    assert str(Money(minor, currency)) == shown


@pytest.mark.parametrize(("text", "currency"), [("5.124", "KWD"), ("5.50", "ISK"), ("1.5", "UGX")])
def test_what_the_banks_do_not_charge_is_refused(text: str, currency: str) -> None:
    with pytest.raises(InvalidInput, match="steps of"):
        read_money(text, currency)


@pytest.mark.parametrize(
    ("minor", "currency", "percent", "share"),
    [
        (4900, "USD", 20, 980),
        (4901, "USD", 50, 2451),
        (101, "JPY", 50, 51),
        (5130, "KWD", 50, 2570),
        (500, "ISK", 50, 300),
        (4900, "USD", 100, 4900),
    ],
)
def test_a_share_is_rounded_to_what_can_be_charged(
    minor: int, currency: str, percent: int, share: int
) -> None:
    assert Money(minor, currency).share(percent).minor == share


@pytest.mark.parametrize(
    ("minor", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (100, [0, 0], [50, 50]),
        (1000, [4900, 9900], [331, 669]),
        (0, [3, 7], [0, 0]),
        (7, [0, 5], [0, 7]),
    ],
)
def test_the_rest_of_a_split_goes_to_the_largest_remainders(
    minor: int, weights: list[int], parts: list[int]
) -> None:
    assert [part.minor for part in Money(minor, "USD").split(weights)] == parts


@given(st.integers(0, 10**9), CURRENCIES, st.lists(st.integers(0, 10**6), min_size=1, max_size=6))
def test_the_parts_of_a_split_are_the_whole(minor: int, currency: str, weights: list[int]) -> None:
    parts = Money(minor, currency).split(weights)

    assert sum(part.minor for part in parts) == minor
    assert len(parts) == len(weights)
