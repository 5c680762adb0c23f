"""Money: integer minor units and a currency. Two currencies are never added."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from core.errors import InvalidInput

# Currencies whose minor unit is not a hundredth (ISO 4217), of those that card payments support.
_NO_DECIMALS = {
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "JPY",
    "KMF",
    "KRW",
    "MGA",
    "PYG",
    "RWF",
    "UGX",
    "VND",
    "VUV",
    "XAF",
} | {
    "XOF",
    "XPF",
}
_THREE_DECIMALS = {"BHD", "JOD", "KWD", "OMR", "TND"}


def decimals(currency: str) -> int:
    """How many decimal places the currency's major unit has: 0, 2 or 3."""
    if currency in _NO_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2


@dataclass(frozen=True)
class Money:
    """`minor` is an integer count of the currency's smallest unit (cents); `currency` an ISO code in capitals."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be added")
        return Money(self.minor + other.minor, self.currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-decimals(self.currency))

    @property
    def is_free(self) -> bool:
        return self.minor == 0

    def __str__(self) -> str:
        return f"{self.amount:,} {self.currency}"


def read_money(text: str, currency: str) -> Money:
    """Read a decimal string of major units, as in a course's front matter: `489.00`.

    Raises InvalidInput for anything but a plain, non-negative amount with no more places than the currency has.
    """
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        raise InvalidInput(f"{text!r} is not an amount. Write it as 489.00.", "price") from None
    places = decimals(currency)
    if not amount.is_finite() or amount < 0 or amount > 10**9 or amount != round(amount, places):
        raise InvalidInput(f"{text!r} is not an amount of {currency} with {places} decimals.", "price")
    return Money(int(amount.scaleb(places)), currency)
