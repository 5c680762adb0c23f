"""What Stripe says, as values: a checkout session and its payment, an event. Pure.

Only `gateway.py` knows how Stripe spells them. Amounts are integers of the currency's minor unit.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.errors import Conflict, Unavailable
from core.money import Money


class PaymentsOff(Unavailable):
    """The school cannot take money at present; nobody was charged."""


class StripeSilent(Unavailable):
    """Stripe gave no answer in time: whether it did what was asked is not known, and asking again is safe."""


class StripeFailed(StripeSilent):
    """Stripe answered with an error of its own, which it repeats to whoever asks again with the same key."""


class StripeRefused(Conflict):
    """Stripe answered with a definite no. `code` is Stripe's word for it, or empty."""

    def __init__(self, sentence: str, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code


class SessionStatus(StrEnum):
    """Where the buyer stands in Stripe's checkout."""

    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Payment:
    """The money of a session. `refunded` counts refunds that went through, `returning` those under way."""

    id: str
    has_failed: bool
    captured: int
    refunded: int = 0
    returning: int = 0
    method: str = ""  # Stripe's word: card, sepa_debit …
    failure: str = ""  # Stripe's sentence for the buyer
    receipt_url: str = ""


@dataclass(frozen=True)
class Session:
    """A checkout session as Stripe gives it at this moment. `order_number` is what we wrote into it."""

    id: str
    status: SessionStatus
    is_paid: bool  # paid, or nothing was to be paid
    total: Money
    livemode: bool
    order_number: str
    school: str
    url: str
    expires_at: datetime
    payment: Payment | None
    subscription_id: str = ""  # of a plan, once it is paid

    @property
    def is_refunded(self) -> bool:
        """Whether everything that was captured went back."""
        return self.payment is not None and 0 < self.payment.captured <= self.payment.refunded


@dataclass(frozen=True)
class StripeEvent:
    """An event as it was delivered: a bell, never a source. `session_id`, `payment_id` or
    `subscription_id` says what to look at."""

    id: str
    kind: str
    livemode: bool
    api_version: str
    created_at: datetime
    object_id: str
    session_id: str
    payment_id: str
    subscription_id: str = ""
