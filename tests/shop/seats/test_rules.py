"""What seats cost by their number."""

import pytest

from core.errors import InvalidInput
from core.money import Money
from shop.seats.rules import MOST_SEATS, PriceBreak, bands, read_breaks, total_price, write_breaks

BREAKS = (PriceBreak(10, Money(3900, "USD")), PriceBreak(5, Money(4500, "USD")))


@pytest.mark.parametrize(
    ("seats", "total"),
    [(1, 4900), (4, 4 * 4900), (5, 5 * 4500), (9, 9 * 4500), (10, 39000), (MOST_SEATS, MOST_SEATS * 3900)],
)
def test_all_seats_cost_what_the_last_break_reached_says(seats: int, total: int) -> None:
    assert total_price(bands(Money(4900, "USD"), BREAKS), seats) == Money(total, "USD")


def test_the_table_leaves_no_number_out() -> None:
    table = bands(Money(4900, "USD"), (*BREAKS, PriceBreak(11, Money(3800, "USD"))))

    assert [band.text for band in table] == ["1 to 4", "5 to 9", "10", "11 or more"]


@pytest.mark.parametrize("seats", [-1, 0, MOST_SEATS + 1])
def test_other_numbers_are_not_sold(seats: int) -> None:
    with pytest.raises(InvalidInput):
        total_price(bands(Money(4900, "USD"), ()), seats)


def test_breaks_are_read_in_any_order_and_written_again() -> None:
    found = read_breaks("10 39.00\n\n 5 45 \n", "USD")

    assert found == tuple(reversed(BREAKS))
    assert write_breaks(found) == "5 45.00\n10 39.00"


@pytest.mark.parametrize(
    "text", ["x 4.00", "1 4.00", "501 4.00", "5", "5 0", "5 -1", "5 4.001", "5 4\n5 3", "5 a"]
)
def test_what_is_no_break_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_breaks(text, "USD")
