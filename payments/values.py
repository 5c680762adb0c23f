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


class DisputeStatus(StrEnum):
    """Where a dispute stands. Those that begin with `warning` are inquiries: the bank asks, and no money moves."""

    WARNING_NEEDS_RESPONSE = "warning_needs_response"
    WARNING_UNDER_REVIEW = "warning_under_review"
    WARNING_CLOSED = "warning_closed"
    PREVENTED = "prevented"  # settled between the banks before it began
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True)
class Booked:
    """What a dispute moved in Stripe's balance: `amount` below 0 where the bank took it, `fee` where it came back."""

    amount: Money
    fee: Money


@dataclass(frozen=True)
class Dispute:
    """A dispute of a payment as Stripe gives it at this moment. `reason` is Stripe's word; `due_by` is when the
    school's answer must be there; `is_answered`: evidence was handed in."""

    id: str
    payment_id: str
    status: DisputeStatus
    amount: Money
    reason: str
    due_by: datetime | None
    opened_at: datetime
    is_answered: bool
    booked: tuple[Booked, ...] = ()


class RefundState(StrEnum):
    """How a refund stands, in Stripe's words. One that went through may fail later: a card was closed meanwhile."""

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"  # the buyer has to say where the money should go
    SUCCEEDED = "succeeded"
    FAILED = "failed"  # the money is back with the school
    CANCELED = "canceled"


UNDER_WAY = frozenset({RefundState.PENDING, RefundState.REQUIRES_ACTION})


@dataclass(frozen=True)
class Refund:
    """Money that goes back, as Stripe gives it now. `mark` is what we wrote into it: the number of our row, empty for
    one that was made at Stripe. `is_booked` and `is_booked_back`: it has left the balance, and has come back to it."""

    id: str
    state: RefundState
    amount: int
    currency: str
    reason: str = ""
    failure: str = ""  # Stripe's word for why it failed
    mark: str = ""
    is_booked: bool = False
    is_booked_back: bool = False
    payment_id: str = ""  # whose money it is


@dataclass(frozen=True)
class Invoicing:
    """What a company wants on its invoice. `order_reference` is its own order number; `by_transfer`: it pays by bank
    transfer, and the money comes days after the checkout."""

    company: str
    order_reference: str = ""
    by_transfer: bool = False


@dataclass(frozen=True)
class Taxing:
    """What a checkout does about tax. `is_worked_out`: Stripe works out the tax within the price; `asks_number`: the
    buyer may give a tax number."""

    is_worked_out: bool = False
    asks_number: bool = False


@dataclass(frozen=True)
class Taxed:
    """What Stripe says of the tax in a payment. `minor` is None where it did not work it out, `country` is where it is
    due (two letters), `number` the buyer's tax number; they are empty where nothing is known."""

    minor: int | None = None
    country: str = ""
    number: str = ""


@dataclass(frozen=True)
class Payment:
    """The money of a session, with all refunds of it. `charge_id` names the attempt that brought it."""

    id: str
    has_failed: bool
    captured: int
    charge_id: str = ""
    refunds: tuple[Refund, ...] = ()
    method: str = ""  # Stripe's word: card, sepa_debit …
    failure: str = ""  # Stripe's sentence for the buyer
    receipt_url: str = ""
    disputes: tuple[Dispute, ...] = ()

    @property
    def is_charged_back(self) -> bool:
        """Whether the buyer's bank took it back for good."""
        return any(each.status is DisputeStatus.LOST for each in self.disputes)

    @property
    def refunded(self) -> int:
        """What went back."""
        return sum(each.amount for each in self.refunds if each.state is RefundState.SUCCEEDED)

    @property
    def has_failed_refund(self) -> bool:
        return any(each.state in (RefundState.FAILED, RefundState.CANCELED) for each in self.refunds)

    @property
    def returning(self) -> int:
        """What is on its way back."""
        return sum(each.amount for each in self.refunds if each.state in UNDER_WAY)


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
    invoice_url: str = ""  # empty while there is no invoice
    subscription_id: str = ""  # of a plan, once it is paid
    tax: Taxed = Taxed()
    email: str = ""  # of the buyer, as Stripe has it

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
