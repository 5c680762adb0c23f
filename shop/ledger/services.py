"""Writing into the ledger, and reading what stands there. Services: the door's transaction is open."""

from sqlalchemy import select

from core.clock import now
from core.database import db, insert_once
from payments.values import Dispute, Payment, Refund, RefundState
from shop.ledger.models import LedgerEntry
from shop.ledger.rules import EntryKind, key_of
from shop.models import Order

_DISPUTE_TAKEN = EntryKind.DISPUTE, EntryKind.DISPUTE_FEE
_DISPUTE_WON = EntryKind.DISPUTE_WON, EntryKind.DISPUTE_FEE_BACK


def book(order: Order, kind: EntryKind, source_id: str, minor: int, currency: str) -> bool:
    """Write down that money of this order moved; what is written already stays. True where it was news."""
    row = {
        "order_id": order.id, "kind": kind, "source_id": source_id, "source_key": key_of(kind, source_id),
        "amount_minor": minor, "currency": currency, "livemode": order.livemode, "at": now(),
    }  # fmt: skip
    return bool(minor) and insert_once(LedgerEntry, row, ("source_key",))


def book_payment(order: Order, payment: Payment, currency: str) -> None:
    """Write down all that a payment, its refunds and its disputes moved, as Stripe tells it now."""
    if payment.captured:
        book(order, EntryKind.PAYMENT, payment.charge_id, payment.captured, currency)
        for refund in payment.refunds:
            _book_refund(order, refund)
        for dispute in payment.disputes:
            _book_dispute(order, dispute)


def _book_refund(order: Order, refund: Refund) -> None:
    # Of a refund that failed before it went anywhere neither is written: nothing moved.
    if refund.is_booked or refund.state is RefundState.SUCCEEDED:
        book(order, EntryKind.REFUND, refund.id, -refund.amount, refund.currency)
    if refund.is_booked_back:
        book(order, EntryKind.REFUND_FAILED, refund.id, refund.amount, refund.currency)


def _book_dispute(order: Order, dispute: Dispute) -> None:
    for moved in dispute.booked:
        is_taken = moved.amount.minor < 0
        kind, fee = _DISPUTE_TAKEN if is_taken else _DISPUTE_WON
        book(order, kind, dispute.id, moved.amount.minor, moved.amount.currency)
        book(order, fee, dispute.id, -moved.fee.minor, moved.fee.currency)


def entries_of(order: Order) -> list[LedgerEntry]:
    """What is written of an order, the oldest first."""
    return list(db.session.scalars(select(LedgerEntry).filter_by(order_id=order.id).order_by(LedgerEntry.id)))
