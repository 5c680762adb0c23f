"""Refunds: written down before Stripe is asked, and followed to their end. Services: the door's transaction is open,
and the order is locked by whoever calls."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import select, update

from core import events
from core.audit import record
from core.clock import now
from core.config import current_config
from core.database import db
from core.errors import Conflict
from core.money import Money
from payments.gateway import NO_MONEY
from payments.refunds import GiveBack
from payments.values import Payment, PaymentsOff, Refund, RefundState
from shop.disputes import services as disputes
from shop.models import Order
from shop.plans.models import PlanPayment
from shop.refunds import rules
from shop.refunds.models import RefundRequest, RefundRow
from shop.refunds.rules import STANDING, RefundReason, RequestState
from shop.rules import OrderState

UNDER_WAY = "A refund of this order is on its way to the payment service. Wait until it has answered."
DISPUTED = "The buyer's bank disputes this payment, and a refund would pay twice. The bank decides now."
_OVER = frozenset(RefundState) - STANDING


@dataclass(frozen=True)
class Wish:
    """How much is to go back, why, and whether what the order gave ends though only a part goes back. `payment_id`
    names which payment of a plan; `seats` is how many free seats go back for it."""

    amount: Money
    reason: RefundReason = RefundReason.REQUESTED
    note: str = ""
    ends_access: bool = False
    payment_id: str = ""
    seats: int = 0


@dataclass(frozen=True)
class SeatsReturned:
    """So many free seats of an order are to be the team's no more, by this refund of their price."""

    refund_id: int
    order_id: int
    number: int


@dataclass(frozen=True)
class SeatsNotReturned:
    """The refund by which seats went back has failed."""

    refund_id: int


def refunds_of(order: Order) -> list[RefundRow]:
    """All refunds of an order, the oldest first."""
    return list(db.session.scalars(select(RefundRow).filter_by(order_id=order.id).order_by(RefundRow.id)))


def find_refund(refund_id: int) -> RefundRow:
    """A refund that is written down, as it is now."""
    return db.session.get_one(RefundRow, refund_id, populate_existing=True)


def left_of(order: Order, payment_id: str = "") -> Money:
    """What was paid and is not on its way back; nothing of an order that was not paid by Stripe. The money of a plan
    goes back payment by payment, so there one is named."""
    rows = [row for row in refunds_of(order) if row.payment_id == payment_id]
    return Money(_paid_by(order, payment_id) - standing_in(rows), order.paid_currency or order.currency)


def left_beside(order: Order, rows: Iterable[RefundRow]) -> Money:
    """What is left in all of an order that has these refunds."""
    is_by_stripe = order.payment_id or order.subscription_id
    paid = order.paid_minor or 0 if is_by_stripe else 0
    return Money(paid - standing_in(rows), order.paid_currency or order.currency)


def standing_in(rows: Iterable[RefundRow]) -> int:
    """What of these went back or is on its way, in minor units."""
    return sum(row.amount_minor for row in rows if row.state in STANDING)


def _paid_by(order: Order, payment_id: str) -> int:
    """What this payment of a plan brought, or the only payment of what is no plan."""
    if not payment_id:
        return order.paid_minor or 0 if order.payment_id else 0
    query = select(PlanPayment.amount_minor).filter_by(order_id=order.id, payment_id=payment_id)
    return db.session.scalar(query) or 0


def price_of_seats(order: Order, number: int) -> Money:
    """What so many more of its seats brought, beside those that went back."""
    gone = sum(row.seats for row in refunds_of(order) if row.state in STANDING)
    return rules.price_of_some(order.amount, order.quantity, gone, number)


def place(order: Order, wish: Wish, by: int | None) -> RefundRow:
    """Write down that this much is to go back. `by` is None where nobody asked for it.

    Raises Conflict while another is not answered yet, while the payment is disputed, where nothing can go back, and
    where fewer seats are free than are to go, InvalidInput for too much, PaymentsOff without a key.
    """
    if disputes.is_disputed(order.id):
        raise Conflict(DISPUTED)
    if _unsent(order) is not None:
        raise Conflict(UNDER_WAY)
    rules.require_refundable(order.state, left_of(order, wish.payment_id), wish.amount)
    _require_payments(order)
    row = RefundRow(
        order_id=order.id, payment_id=wish.payment_id, amount_minor=wish.amount.minor, currency=wish.amount.currency,
        state=RefundState.PENDING, reason=wish.reason.value, note=wish.note, asked_by=by,
        ends_access=wish.ends_access, seats=wish.seats, attempt=1, created_at=now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    told = {
        "amount": str(row.amount),
        "reason": row.reason,
        "ends_access": row.ends_access,
        "seats": row.seats,
    }
    record("order.refund", f"order:{order.number}", told, actor_id=by)
    if row.seats:
        events.publish(SeatsReturned(row.id, order.id, row.seats))
    return row


def _require_payments(order: Order) -> None:
    config = current_config()
    if not config.takes_money:
        raise PaymentsOff(NO_MONEY)
    if order.livemode != config.is_live:
        raise Conflict(
            "This order was made in the other mode, test or live, so Stripe cannot be asked for it now."
        )


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


@dataclass(frozen=True)
class Settled:
    """A payment as it is known with all that was ever heard of its refunds, since an old answer may come late; the
    refunds that went through, and that failed, just now, and which of these had gone through before; and whether one
    of a part ended access, before and now."""

    payment: Payment
    had_ended: bool
    has_ended: bool
    arrived: list[RefundRow]
    failed: list[RefundRow]
    returned: list[RefundRow]


def settle(order: Order, payment: Payment) -> Settled:
    """Write down how the refunds of a payment stand, those too that were made at Stripe."""
    rows = refunds_of(order)
    of_stripe = {row.stripe_id: row for row in rows if row.stripe_id}
    waiting = {str(row.id): row for row in rows if not row.stripe_id}
    turned: list[RefundRow] = []
    had_arrived = [row for row in rows if row.state is RefundState.SUCCEEDED]
    had_ended = _end_access(rows)
    for refund in payment.refunds:
        row = of_stripe.get(refund.id) or waiting.get(refund.mark) or _made_at_stripe(order, refund)
        of_stripe[refund.id] = row
        if _turn(row, refund):
            turned.append(row)
    db.session.flush()
    known = tuple(_as_told(row) for row in of_stripe.values())
    return Settled(
        replace(payment, refunds=known),
        had_ended,
        _end_access(rows),
        [row for row in turned if row.state is RefundState.SUCCEEDED],
        [row for row in turned if row.state in _OVER],
        [row for row in turned if row.state in _OVER and row in had_arrived],
    )


def ended_access(order: Order) -> bool:
    """Whether a refund of a part ended what the order gave."""
    return order.refunded_minor > 0 and _end_access(refunds_of(order))


def close_request(order: Order) -> None:
    """All of it went back by another way: what its buyer asked for, and nobody answered, is answered by that."""
    asked = update(RefundRequest).filter_by(order_id=order.id, state=RequestState.OPEN)
    db.session.execute(asked.values(state=RequestState.OVERTAKEN, answered_at=now()))


def to_send(refund_id: int) -> tuple[GiveBack, str] | None:
    """What Stripe is to be asked for, and the checkout session of its order; None where it has answered."""
    query = select(RefundRow, Order).join(Order, Order.id == RefundRow.order_id)
    row, order = db.session.execute(query.where(RefundRow.id == refund_id)).one()
    payment_id = row.payment_id or order.payment_id
    if not _is_unsent(row) or not payment_id or not order.session_id:
        return None
    asked = GiveBack(row.id, row.attempt, payment_id, row.amount_minor, row.reason, order.number)
    return asked, order.session_id


def refuse(refund_id: int, sentence: str) -> None:
    """Stripe said no for good, and has made nothing by this row."""
    row = _locked(refund_id)
    if _is_unsent(row):
        row.state, row.failure, row.settled_at = RefundState.FAILED, sentence, now()
        db.session.flush()
        _give_seats_again(row)


def count_failure(refund_id: int, attempt: int) -> None:
    """Stripe failed by itself and repeats that for this key: the next attempt gets one of its own."""
    row = _locked(refund_id)
    if _is_unsent(row):
        row.attempt = max(row.attempt, attempt + 1)
        db.session.flush()


def _end_access(rows: Iterable[RefundRow]) -> bool:
    return any(row.ends_access and row.state is RefundState.SUCCEEDED for row in rows)


def _unsent(order: Order) -> RefundRow | None:
    return next((row for row in refunds_of(order) if _is_unsent(row)), None)


def _is_unsent(row: RefundRow) -> bool:
    return row.stripe_id is None and row.state is RefundState.PENDING


def _locked(refund_id: int) -> RefundRow:
    query = select(RefundRow).where(RefundRow.id == refund_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _made_at_stripe(order: Order, refund: Refund) -> RefundRow:
    row = RefundRow(
        order_id=order.id, payment_id=refund.payment_id if order.subscription_id else "",
        amount_minor=refund.amount, currency=refund.currency, state=RefundState.PENDING,
        reason=refund.reason, asked_by=None, created_at=now(),
    )  # fmt: skip
    db.session.add(row)
    return row


def _turn(row: RefundRow, refund: Refund) -> bool:
    """Let the row be what Stripe says; whether that changed it."""
    # What Stripe has made is not refused, whatever it said before.
    before = row.state if row.stripe_id else RefundState.PENDING
    after = rules.next_state(before, refund.state)
    has_turned = (row.stripe_id, row.state) != (refund.id, after)
    row.stripe_id, row.state = refund.id, after
    if after is not before:
        row.failure = refund.failure.replace("_", " ")
        row.settled_at = None if after is RefundState.REQUIRES_ACTION else now()
        _give_seats_again(row)
    return has_turned


def _give_seats_again(row: RefundRow) -> None:
    if row.seats and row.state in _OVER:
        events.publish(SeatsNotReturned(row.id))


def _as_told(row: RefundRow) -> Refund:
    return Refund(row.stripe_id or "", row.state, row.amount_minor, row.currency)
