"""Refunds as rules: how much may go back, what a refund may turn into, whether the promise still holds. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.errors import Conflict, InvalidInput
from core.money import Money
from payments.values import RefundState
from shop.rules import OrderState

R = RefundState
# From each state, those that it may turn into; old news that comes late changes nothing.
TRANSITIONS: dict[RefundState, frozenset[RefundState]] = {
    R.PENDING: frozenset({R.REQUIRES_ACTION, R.SUCCEEDED, R.FAILED, R.CANCELED}),
    R.REQUIRES_ACTION: frozenset({R.SUCCEEDED, R.FAILED, R.CANCELED}),
    R.SUCCEEDED: frozenset({R.FAILED, R.CANCELED}),  # the bank could not take it after all
    R.FAILED: frozenset(),
    R.CANCELED: frozenset(),
}
STANDING = frozenset({R.PENDING, R.REQUIRES_ACTION, R.SUCCEEDED})  # these count towards what was captured
# Money of these is with the school, and may go back.
REFUNDABLE = frozenset({OrderState.PAID, OrderState.PARTLY_REFUNDED, OrderState.REVIEW, OrderState.DUPLICATE})


class RefundReason(StrEnum):
    """Why money goes back, in Stripe's words."""

    REQUESTED = "requested_by_customer"
    DUPLICATE = "duplicate"
    FRAUDULENT = "fraudulent"


def next_state(current: RefundState, told: RefundState) -> RefundState:
    """Where a refund goes when Stripe says `told`: there, or nowhere."""
    return told if told in TRANSITIONS[current] else current


def require_refundable(state: OrderState, left: Money, amount: Money) -> None:
    """Raises Conflict where nothing can go back, InvalidInput for more than is left or nothing at all."""
    if state not in REFUNDABLE or left.minor <= 0:
        raise Conflict("There is nothing of this order that could go back.")
    if amount.currency != left.currency or not 0 < amount.minor <= left.minor:
        raise InvalidInput(
            f"Write an amount from the least to {left}, which is what is left of it.", "amount"
        )


def price_of_some(paid: Money, seats: int, gone: int, number: int) -> Money:
    """What so many of `seats` that were paid together brought, where `gone` of them went back before; all of them
    bring what was paid."""
    parts = paid.split([1] * seats)[gone : gone + number]
    return Money(sum(part.minor for part in parts), paid.currency)


@dataclass(frozen=True)
class Promise:
    """The refund promise as it was frozen in an order, and what it is held against. `last_day` is the last one on
    which it holds, where its buyer lives; progress is in percent."""

    last_day: date
    days: int
    most_progress: int
    progress: int


class Outside(StrEnum):
    """Why an order is outside the promise."""

    NO_PROMISE = "no_promise"
    TOO_LATE = "too_late"
    TOO_FAR = "too_far"
    DISPUTED = "disputed"  # the buyer's bank holds the money: a refund would pay twice
    BY_LETTER = "by_letter"  # of several payments, or for others: a person has to look at it


def outside(promise: Promise, today: date) -> Outside | None:
    """Why the promise does not hold (any more), None where it does."""
    if not promise.days:
        return Outside.NO_PROMISE
    if today > promise.last_day:
        return Outside.TOO_LATE
    return Outside.TOO_FAR if promise.progress > promise.most_progress else None


class RequestState(StrEnum):
    """What became of a learner's request."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"  # by the learner
    OVERTAKEN = "overtaken"  # nobody answered it: the money went back by another way
