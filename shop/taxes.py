"""The tax within what was paid: net, tax and gross, and the part of it in what went back. Pure.

Nothing here knows a rate: what Stripe worked out when it was paid is all that is known.
"""

from dataclasses import dataclass

from core.money import Money


@dataclass(frozen=True)
class Tax:
    """`minor` is the tax within `gross`, `refunded` what of the gross went back; all in the gross's minor units."""

    gross: Money
    minor: int
    refunded: int = 0

    @property
    def amount(self) -> Money:
        return Money(self.minor, self.gross.currency)

    @property
    def net(self) -> Money:
        return self.gross - self.amount

    @property
    def returned(self) -> Money:
        """The tax within what went back, by its share: Stripe reverses tax itself, and its own report counts."""
        kept = self.gross.minor - self.refunded
        return self.amount.split((kept, self.refunded))[1]
