"""Writing into the ledger, and reading what stands there. Services: the door's transaction is open."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import select

from core.clock import now
from core.database import db, insert_once
from core.money import Money
from payments.values import Dispute, Payment, Refund, RefundState
from shop.ledger.models import LedgerEntry
from shop.ledger.rules import CAME, WENT_BACK, EntryKind, key_of
from shop.models import Order

_DISPUTE_TAKEN = EntryKind.DISPUTE, EntryKind.DISPUTE_FEE
_DISPUTE_WON = EntryKind.DISPUTE_WON, EntryKind.DISPUTE_FEE_BACK
Move = tuple[EntryKind, str, int, str]
"""What moved: its kind, Stripe's id of what moved it, how much in minor units, and the currency."""


def book(order: Order, kind: EntryKind, source_id: str, minor: int, currency: str) -> bool:
    """Write down that money of this order moved; what is written already stays. True where it was news."""
    row = {
        "order_id": order.id, "kind": kind, "source_id": source_id, "source_key": key_of(kind, source_id),
        "amount_minor": minor, "currency": currency, "livemode": order.livemode, "at": now(),
    }  # fmt: skip
    return bool(minor) and insert_once(LedgerEntry, row, ("source_key",))


def book_payments(order: Order, payments: Iterable[Payment], currency: str) -> None:
    """Write down all that an order's payments, their refunds and their disputes moved, as Stripe tells it now; where
    that is news, each line of the order takes its share."""
    moves = [move for payment in payments for move in _moves(payment, currency)]
    news = [move for move in moves if book(order, *move)]
    if news:
        share(order, currency)


def share(order: Order, currency: str) -> None:
    """Give each line its part of what came and of what went back so far.

    The sums are shared, not each movement by itself: so what went back whole went back whole of each line too.
    """
    entries = entries_of(order)
    for line, minor in order.shares(Money(_sum_of(entries, CAME), currency)):
        line.paid_minor = minor
    for line, minor in order.shares(Money(-_sum_of(entries, WENT_BACK), currency)):
        line.refunded_minor = minor


def _sum_of(entries: Iterable[LedgerEntry], kinds: Sequence[EntryKind]) -> int:
    return sum(entry.amount_minor for entry in entries if entry.kind in kinds)


def _moves(payment: Payment, currency: str) -> Iterator[Move]:
    if payment.captured:
        yield EntryKind.PAYMENT, payment.charge_id, payment.captured, currency
        for refund in payment.refunds:
            yield from _moves_of_refund(refund)
        for dispute in payment.disputes:
            yield from _moves_of_dispute(dispute)


def _moves_of_refund(refund: Refund) -> Iterator[Move]:
    # Of a refund that failed before it went anywhere neither is written: nothing moved.
    if refund.is_booked or refund.state is RefundState.SUCCEEDED:
        yield EntryKind.REFUND, refund.id, -refund.amount, refund.currency
    if refund.is_booked_back:
        yield EntryKind.REFUND_FAILED, refund.id, refund.amount, refund.currency


def _moves_of_dispute(dispute: Dispute) -> Iterator[Move]:
    for moved in dispute.booked:
        is_taken = moved.amount.minor < 0
        kind, fee = _DISPUTE_TAKEN if is_taken else _DISPUTE_WON
        yield kind, dispute.id, moved.amount.minor, moved.amount.currency
        yield fee, dispute.id, -moved.fee.minor, moved.fee.currency


def entries_of(order: Order) -> list[LedgerEntry]:
    """What is written of an order, the oldest first."""
    return list(db.session.scalars(select(LedgerEntry).filter_by(order_id=order.id).order_by(LedgerEntry.id)))
