"""What a code takes off, when it holds, and what becomes of its use. Pure: facts come in, decisions go out."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.errors import InvalidInput
from core.money import Money
from shop.rules import OrderState

LONGEST_CODE = 40  # characters
REFUSED = "This code does not hold for this order. Look for a slip of the pen, or go on without it."

NEEDS_ACCOUNT = "This code counts how often each person has used it. Sign in, or make an account, to use it."


class CodeRefused(InvalidInput):
    """A code that cannot be used here. The sentence is one for all reasons, so that it tells nobody which exist."""

    def __init__(self) -> None:
        super().__init__(REFUSED, "code")


class UseState(StrEnum):
    """What an order has of its code."""

    RESERVED = "reserved"  # while it is not decided
    USED = "used"  # paid with it: counted for good, also when the money goes back
    FREED = "freed"  # the order ended, and its buyer was never let in by it


@dataclass(frozen=True)
class Reduction:
    """What a code takes off: `percent` (1 to 100), or else `amount`; only from these courses, from all where there
    are none."""

    percent: int | None
    amount: Money | None
    course_ids: frozenset[int] = frozenset()

    def touches(self, course_id: int) -> bool:
        return not self.course_ids or course_id in self.course_ids

    def __str__(self) -> str:
        return f"{self.percent} %" if self.percent is not None else str(self.amount)


def normal_code(text: str) -> str:
    """The code as it is kept and compared: without spaces, in capitals, each letter in its one form."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def is_within(starts_at: datetime | None, ends_at: datetime | None, now: datetime) -> bool:
    """Whether it is this code's time; the last moment is past."""
    return (starts_at is None or starts_at <= now) and (ends_at is None or now < ends_at)


def discounts(reduction: Reduction, lines: Sequence[tuple[int, Money]]) -> tuple[Money, ...]:
    """What is taken off each line (course, price), in their order; nothing where it does not hold.

    It is reckoned once for all lines that it touches, and shared among them in proportion to their prices.
    """
    currency = lines[0][1].currency
    touched = [price.minor if reduction.touches(course_id) else 0 for course_id, price in lines]
    whole = _taken_off(reduction, Money(sum(touched), currency))
    return whole.split(touched) if any(touched) else (whole,) * len(lines)


def next_use(now: UseState, order: OrderState) -> UseState:
    """What becomes of the use of an order's code when the order turns."""
    return USES.get((now, order), now)


def _taken_off(reduction: Reduction, touched: Money) -> Money:
    if reduction.percent is not None:
        return touched.share(reduction.percent)
    if reduction.amount is None or reduction.amount.currency != touched.currency:
        return Money(0, touched.currency)
    return Money(min(reduction.amount.minor, touched.minor), touched.currency)


_ENDED_UNUSED = (
    OrderState.FAILED,
    OrderState.EXPIRED,
    OrderState.DUPLICATE,
    OrderState.REFUNDED,
    OrderState.CHARGED_BACK,
)
_BOUGHT = (OrderState.PAID, OrderState.PARTLY_REFUNDED)
# Money that comes after all counts the use again, beyond the most if need be: what was shown is owed.
USES: dict[tuple[UseState, OrderState], UseState] = {
    **{(UseState.RESERVED, state): UseState.FREED for state in _ENDED_UNUSED},
    **{(UseState.RESERVED, state): UseState.USED for state in _BOUGHT},
    **{(UseState.FREED, state): UseState.USED for state in _BOUGHT},
    (UseState.FREED, OrderState.REVIEW): UseState.RESERVED,
}
