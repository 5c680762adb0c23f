"""Refunds: written down before Stripe is asked, and followed to their end. Services: the door's transaction is open,
and the order is locked by whoever calls."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import select, update

from core.audit import record
from core.clock import now
from core.database import db
from core.errors import Conflict
from core.money import Money
from payments.refunds import GiveBack
from payments.values import Payment, Refund, RefundState
from shop.disputes import services as disputes
from shop.models import Order
from shop.refunds import rules
from shop.refunds.models import RefundRequest, RefundRow
from shop.refunds.rules import STANDING, RefundReason, RequestState
from shop.rules import OrderState

UNDER_WAY = "A refund of this order is on its way to the payment service. Wait until it has answered."
DISPUTED = "The buyer's bank disputes this payment, and a refund would pay twice. The bank decides now."
_OVER = frozenset(RefundState) - STANDING


@dataclass(frozen=True)
class Wish:
    """How much is to go back, why, and whether what the order gave ends though only a part goes back."""

    amount: Money
    reason: RefundReason = RefundReason.REQUESTED
    note: str = ""
    ends_access: bool = False


def refunds_of(order: Order) -> list[RefundRow]:
    """All refunds of an order, the oldest first."""
    return list(db.session.scalars(select(RefundRow).filter_by(order_id=order.id).order_by(RefundRow.id)))


def find_refund(refund_id: int) -> RefundRow:
    """A refund that is written down, as it is now."""
    return db.session.get_one(RefundRow, refund_id, populate_existing=True)


def left_of(order: Order) -> Money:
    """What was paid and is not on its way back; nothing of an order that was not paid by Stripe."""
    return left_beside(order, refunds_of(order))


def left_beside(order: Order, rows: Iterable[RefundRow]) -> Money:
    """What is left of an order that has these refunds."""
    paid = order.paid_minor if order.paid_minor is not None and order.payment_id else 0
    standing = sum(row.amount_minor for row in rows if row.state in STANDING)
    return Money(paid - standing, order.paid_currency or order.currency)


def place(order: Order, wish: Wish, by: int | None) -> RefundRow:
    """Write down that this much is to go back. `by` is None where nobody asked for it.

    Raises Conflict while another is not answered yet, while the payment is disputed or where nothing can go back,
    InvalidInput for too much.
    """
    if disputes.is_disputed(order.id):
        raise Conflict(DISPUTED)
    if _unsent(order) is not None:
        raise Conflict(UNDER_WAY)
    rules.require_refundable(order.state, left_of(order), wish.amount)
    row = RefundRow(
        order_id=order.id, amount_minor=wish.amount.minor, currency=wish.amount.currency,
        state=RefundState.PENDING, reason=wish.reason.value, note=wish.note, asked_by=by,
        ends_access=wish.ends_access, attempt=1, created_at=now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    told = {"amount": str(row.amount), "reason": row.reason, "ends_access": row.ends_access}
    record("order.refund", f"order:{order.number}", told, actor_id=by)
    return row


def owe_back(order: Order) -> int | None:
    """The refund of a double payment that Stripe is still to be asked for, written down where it was not.

    What failed once is not tried again by itself: the school was told, and decides.
    """
    if order.state is not OrderState.DUPLICATE or disputes.is_disputed(order.id):
        return None
    left, unsent = left_of(order), _unsent(order)
    if unsent is not None or not left.minor:
        return unsent.id if unsent is not None else None
    if any(row.state in _OVER and row.amount_minor == left.minor for row in refunds_of(order)):
        return None
    return place(order, Wish(left, RefundReason.DUPLICATE), None).id


def settle(order: Order, payment: Payment) -> tuple[Payment, list[RefundRow]]:
    """Write down how the refunds of a payment stand, those too that were made at Stripe.

    Gives the payment as it is known with all that was ever heard, since an old answer may come late; and the refunds
    that have failed now.
    """
    rows = refunds_of(order)
    of_stripe = {row.stripe_id: row for row in rows if row.stripe_id}
    waiting = {str(row.id): row for row in rows if not row.stripe_id}
    failed = []
    for refund in payment.refunds:
        row = of_stripe.get(refund.id) or waiting.get(refund.mark) or _made_at_stripe(order, refund)
        of_stripe[refund.id] = row
        if _turn(row, refund) in _OVER:
            failed.append(row)
    db.session.flush()
    known = tuple(_as_told(row) for row in of_stripe.values())
    return replace(payment, refunds=known), failed


def ended_access(order: Order) -> bool:
    """Whether a refund of a part ended what the order gave."""
    query = select(RefundRow.id).filter_by(order_id=order.id, ends_access=True, state=RefundState.SUCCEEDED)
    return db.session.scalar(query.limit(1)) is not None


def close_request(order: Order) -> None:
    """All of it went back, by whatever way: what its buyer asked for has been answered."""
    asked = update(RefundRequest).filter_by(order_id=order.id, state=RequestState.OPEN)
    db.session.execute(asked.values(state=RequestState.APPROVED, answered_at=now()))


def to_send(refund_id: int) -> tuple[GiveBack, str] | None:
    """What Stripe is to be asked for, and the checkout session of its order; None where it has answered."""
    query = select(RefundRow, Order).join(Order, Order.id == RefundRow.order_id)
    row, order = db.session.execute(query.where(RefundRow.id == refund_id)).one()
    if not _is_unsent(row) or not order.payment_id or not order.session_id:
        return None
    asked = GiveBack(row.id, row.attempt, order.payment_id, row.amount_minor, row.reason, order.number)
    return asked, order.session_id


def refuse(refund_id: int, sentence: str) -> None:
    """Stripe said no for good, and has made nothing by this row."""
    row = _locked(refund_id)
    if _is_unsent(row):
        row.state, row.failure, row.settled_at = RefundState.FAILED, sentence, now()
        db.session.flush()


def count_failure(refund_id: int, attempt: int) -> None:
    """Stripe failed by itself and repeats that for this key: the next attempt gets one of its own."""
    row = _locked(refund_id)
    if _is_unsent(row):
        row.attempt = max(row.attempt, attempt + 1)
        db.session.flush()


def _unsent(order: Order) -> RefundRow | None:
    return next((row for row in refunds_of(order) if _is_unsent(row)), None)


def _is_unsent(row: RefundRow) -> bool:
    return row.stripe_id is None and row.state is RefundState.PENDING


def _locked(refund_id: int) -> RefundRow:
    query = select(RefundRow).where(RefundRow.id == refund_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _made_at_stripe(order: Order, refund: Refund) -> RefundRow:
    row = RefundRow(
        order_id=order.id, amount_minor=refund.amount, currency=refund.currency, state=RefundState.PENDING,
        reason=refund.reason, asked_by=None, created_at=now(),
    )  # fmt: skip
    db.session.add(row)
    return row


def _turn(row: RefundRow, refund: Refund) -> RefundState | None:
    """Let the row be what Stripe says; the state that it turned into, None where it stays."""
    row.stripe_id = refund.id
    after = rules.next_state(row.state, refund.state)
    if after is row.state:
        return None
    row.state, row.failure = after, refund.failure.replace("_", " ")
    row.settled_at = None if after in (RefundState.PENDING, RefundState.REQUIRES_ACTION) else now()
    return after


def _as_told(row: RefundRow) -> Refund:
    return Refund(row.stripe_id or "", row.state, row.amount_minor, row.currency)
