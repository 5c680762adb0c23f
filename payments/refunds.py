"""Giving money back at Stripe."""

from dataclasses import dataclass
from typing import Any

from core.config import current_config
from payments.gateway import _call, _once, read_refund
from payments.values import Refund


@dataclass(frozen=True)
class GiveBack:
    """What Stripe is asked for. `mark` is the number of our row, `attempt` counts definite refusals of its key."""

    mark: int
    attempt: int
    payment_id: str
    amount: int  # of the payment's currency, in minor units
    reason: str  # Stripe's word: duplicate, fraudulent, requested_by_customer
    number: str  # of the order

    @property
    def key(self) -> str:
        return f"refund:{self.mark}:{self.attempt}"


def create(asked: GiveBack) -> Refund:
    """Give back this much of a payment. Asked twice for the same attempt, Stripe gives the same refund.

    Raises StripeRefused (its code says why), StripeSilent, StripeFailed.
    """
    params: Any = {
        "payment_intent": asked.payment_id,
        "amount": asked.amount,
        "reason": asked.reason,
        "metadata": {"refund": str(asked.mark), "order": asked.number, "school": current_config().host},
    }
    return read_refund(_call(lambda stripe: stripe.v1.refunds.create(params, _once(asked.key))))
