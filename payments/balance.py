"""What Stripe's balance moved."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from payments.gateway import _pages

AT_MOST = 10_000  # transactions of a day


@dataclass(frozen=True)
class BalanceLine:
    """A transaction of the balance, with what moved it: a charge, a refund, a dispute, or something else.

    `category` is Stripe's word for it. `minor` is in the currency of what moved it, which the balance may not be kept
    in; `fee` is in that of the balance. `payment_id` and `school` are empty where what moved it names none.
    """

    category: str
    source_id: str
    payment_id: str
    school: str
    minor: int
    currency: str
    fee: int
    fee_currency: str


def lines_between(start: datetime, end: datetime) -> Iterator[BalanceLine]:
    """All transactions from `start` until before `end`, the newest first."""
    return _lines({"created": {"gte": int(start.timestamp()), "lt": int(end.timestamp())}})


def lines_of(source_id: str) -> Iterator[BalanceLine]:
    """All transactions that this charge, refund or dispute moved."""
    return _lines({"source": source_id})


def _lines(wanted: dict[str, Any]) -> Iterator[BalanceLine]:
    params: Any = {**wanted, "limit": 100, "expand": ["data.source"]}
    found = _pages(lambda stripe, more: stripe.v1.balance_transactions.list(params | more), AT_MOST)
    return map(_line, found)


def _line(given: Any) -> BalanceLine:
    source = given.source if given.source is not None and not isinstance(given.source, str) else None
    marks = getattr(source, "metadata", None)
    return BalanceLine(
        category=given.reporting_category,
        source_id=source.id if source is not None else given.source or "",
        payment_id=getattr(source, "payment_intent", None) or "",
        school=marks.to_dict().get("school", "") if marks else "",
        minor=_moved(given, source),
        currency=(getattr(source, "currency", None) or given.currency).upper(),
        fee=given.fee,
        fee_currency=given.currency.upper(),
    )


def _moved(given: Any, source: Any) -> int:
    """By how much what moved it says that it did, with the sign that the balance gives it."""
    says = getattr(source, "amount_captured", None)
    says = getattr(source, "amount", None) if says is None else says
    if says is None:
        return int(given.amount)
    return -abs(int(says)) if given.amount < 0 else abs(int(says))
