"""What seats cost by their number. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.errors import InvalidInput
from core.money import Money, read_money

MOST_SEATS = 500  # in one order; whoever needs more orders twice, or writes to the school


@dataclass(frozen=True)
class PriceBreak:
    """From `from_seats` seats on, each of them costs `unit`."""

    from_seats: int
    unit: Money


@dataclass(frozen=True)
class Band:
    """A line of the price table: so many seats, at this price each. `last` is None where there is no next one."""

    first: int
    last: int | None
    unit: Money

    @property
    def text(self) -> str:
        if self.last is None:
            return f"{self.first} or more"
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"


def bands(price: Money, breaks: Sequence[PriceBreak]) -> tuple[Band, ...]:
    """The price table of a course that costs `price`: it begins with one seat and leaves no number out."""
    steps = [PriceBreak(1, price), *sorted(breaks, key=lambda each: each.from_seats)]
    inner = [Band(low.from_seats, high.from_seats - 1, low.unit) for low, high in pairwise(steps)]
    return (*inner, Band(steps[-1].from_seats, None, steps[-1].unit))


def unit_price(table: Sequence[Band], seats: int) -> Money:
    """What each of so many seats costs. Raises InvalidInput for a number that is not sold."""
    if not 1 <= seats <= MOST_SEATS:
        raise InvalidInput(f"Order between 1 and {MOST_SEATS} seats at a time.", "seats")
    return next(band.unit for band in reversed(table) if band.first <= seats)


def total_price(table: Sequence[Band], seats: int) -> Money:
    """What so many seats cost together. Raises InvalidInput for a number that is not sold."""
    unit = unit_price(table, seats)
    return Money(unit.minor * seats, unit.currency)


def read_breaks(text: str, currency: str) -> tuple[PriceBreak, ...]:
    """Price breaks as they are typed: a line for each, the number of seats and the price of one, as `10 39.00`.

    Raises InvalidInput for a line that says neither, for a number that stands twice, and for one that is not sold.
    """
    found = [_read_break(line, currency) for line in text.splitlines() if line.strip()]
    numbers = [each.from_seats for each in found]
    if len(set(numbers)) < len(numbers):
        raise InvalidInput("A number of seats stands twice.", "breaks")
    return tuple(sorted(found, key=lambda each: each.from_seats))


def write_breaks(breaks: Sequence[PriceBreak]) -> str:
    """The same breaks as text."""
    return "\n".join(f"{each.from_seats} {each.unit.amount}" for each in breaks)


def _read_break(line: str, currency: str) -> PriceBreak:
    first, _, price = line.strip().partition(" ")
    if not first.isdecimal() or not 2 <= int(first[:9]) <= MOST_SEATS:
        raise InvalidInput(
            f"{line.strip()!r} must begin with a number of seats from 2 to {MOST_SEATS}.", "breaks"
        )
    unit = read_money(price, currency)
    if unit.is_free:
        raise InvalidInput(f"{line.strip()!r} needs a price above 0.", "breaks")
    return PriceBreak(int(first), unit)
