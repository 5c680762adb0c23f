"""What Stripe says of a subscription and its invoices, as values. Pure.

Only `subscriptions.py` and `invoices.py` know how Stripe spells them. Amounts are in the currency's
minor unit.
"""

from dataclasses import dataclass
from datetime import datetime

from core.money import Money
from payments.values import Payment


@dataclass(frozen=True)
class Invoice:
    """One bill of a subscription. `until` is the end of the period that it is for; `payment` is the money that
    settled it, `tax` the tax within the total, None where Stripe did not work it out. `url` is
    Stripe's page of it, where it can be paid while it is open."""

    id: str
    is_paid: bool
    is_open: bool
    total: Money
    drawn_at: datetime
    until: datetime
    paid_at: datetime | None = None
    payment_id: str = ""
    payment: Payment | None = None
    tax: int | None = None
    url: str = ""

    @property
    def refunded(self) -> int:
        """What went back of it."""
        return self.payment.refunded if self.payment is not None else 0


@dataclass(frozen=True)
class Subscription:
    """A subscription as Stripe gives it at this moment, with its invoices. `order_number` is what we wrote into it.

    `is_over`: nothing more is drawn. `is_failing`: its latest invoice is due and was not paid. `renews_at` ends the
    present period. `ends_at` is when it will end, where somebody has cancelled it, or when it ended; `end_mark` is what
    we wrote into it when we last changed that.
    """

    id: str
    order_number: str
    school: str
    livemode: bool
    customer_id: str
    is_over: bool
    is_failing: bool
    renews_at: datetime
    ends_at: datetime | None
    end_mark: str = ""
    invoices: tuple[Invoice, ...] = ()

    @property
    def paid(self) -> tuple[Invoice, ...]:
        return tuple(each for each in self.invoices if each.is_paid)

    @property
    def owed(self) -> Invoice | None:
        """The bill by which the subscription stands while a payment is missing: the latest, where it is open."""
        latest = self.invoices[-1] if self.invoices else None
        return latest if latest is not None and latest.is_open and self.is_failing else None
