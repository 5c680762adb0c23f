"""Money: integer minor units and a currency. Two currencies are never added."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from core.errors import InvalidInput

# Currencies whose minor unit is not a hundredth, of those that card payments support. Stripe counts the Icelandic
# króna and the Ugandan shilling in hundredths too, though whole ones alone can be charged.
_NO_DECIMALS = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
_THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "OMR", "TND"})
_WHOLE_ONLY = frozenset({"ISK", "UGX"})
_PLAIN = re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+")  # no sign, and no exponent


def decimals(currency: str) -> int:
    """How many decimal places the currency's major unit has: 0, 2 or 3."""
    if currency in _NO_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2


def step(currency: str) -> int:
    """The least difference between two amounts that can be charged, in minor units: 1, 10 or 100.

    The banks behind Stripe take three decimals with a last digit of 0.
    """
    if currency in _WHOLE_ONLY:
        return 100
    return 10 if currency in _THREE_DECIMALS else 1


@dataclass(frozen=True)
class Money:
    """`minor` is an integer count of the currency's smallest unit (cents); `currency` an ISO code in capitals."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be added")
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return self + Money(-other.minor, other.currency)

    def share(self, percent: int) -> "Money":
        """So many percent of it, the half rounded up to what can be charged."""
        unit = step(self.currency)
        steps = (Decimal(self.minor) * percent / (100 * unit)).to_integral_value(ROUND_HALF_UP)
        return Money(int(steps) * unit, self.currency)

    def split(self, weights: Sequence[int]) -> "tuple[Money, ...]":
        """Its parts in proportion to the weights, in equal ones where all weights are 0; their sum is the whole.

        What is left of rounding down goes step by step to the largest remainders, of equal ones to the first.
        """
        weights = weights if any(weights) else [1] * len(weights)
        unit, whole = step(self.currency), sum(weights)
        steps, odd = divmod(self.minor, unit)
        parts = [steps * weight // whole for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: -(steps * weights[i] % whole))
        for i in by_remainder[: steps - sum(parts)]:
            parts[i] += 1
        minors = [part * unit for part in parts]
        minors[0] += odd  # An amount that is no whole number of steps stays what it is.
        return tuple(Money(minor, self.currency) for minor in minors)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-decimals(self.currency))

    @property
    def is_free(self) -> bool:
        return self.minor == 0

    def __str__(self) -> str:
        places = 0 if self.currency in _WHOLE_ONLY else decimals(self.currency)
        return f"{self.amount:,.{places}f} {self.currency}"


def read_money(text: str, currency: str) -> Money:
    """Read a decimal string of major units, as in a course's front matter: `489.00`.

    Raises InvalidInput for anything but a plain, non-negative amount that can be charged in this currency.
    """
    if not _PLAIN.fullmatch(text.strip()):
        raise InvalidInput(f"{text!r} is not an amount. Write it as 489.00.", "price")
    amount = Decimal(text.strip())
    places = decimals(currency)
    if amount > 10**9 or amount != round(amount, places):
        raise InvalidInput(f"{text!r} is not an amount of {currency} with {places} decimals.", "price")
    read = Money(int(amount.scaleb(places)), currency)
    if read.minor % step(currency):
        least = Money(step(currency), currency)
        raise InvalidInput(f"{text!r} cannot be charged: {currency} is charged in steps of {least}.", "price")
    return read
