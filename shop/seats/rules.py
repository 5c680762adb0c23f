"""What seats cost by their number. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.errors import InvalidInput
from core.money import Money

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
