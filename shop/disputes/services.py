"""What follows from a dispute. Services: the door's transaction is open, the order and its buyer are locked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core import events
from core.audit import record
from core.clock import now
from core.database import db
from core.errors import Conflict, NotFound
from core.school import current_school
from enrollment.models import Grant
from enrollment.rules import PauseReason
from enrollment.services import given_by, rests_on
from payments.values import Dispute, DisputeStatus
from shop.disputes import mails, rules
from shop.disputes.models import DisputeRow
from shop.fulfilment import fulfilment_of
from shop.models import Order
from shop.orders import lock_with_buyer
from shop.rules import ENTERED


@dataclass(frozen=True)
class PaymentDisputed:
    """The payment that alone lets this person into the course is disputed."""

    user_id: int
    course_id: int


@dataclass(frozen=True)
class DisputeOver:
    """No dispute holds back any more what was paid for this person's course; it may have been lost."""

    user_id: int
    course_id: int


def apply(order: Order, told: Sequence[Dispute]) -> None:
    """Write down how an order's disputes stand at Stripe, with all that follows; the order has turned already."""
    if not told:
        return
    was_disputed = is_disputed(order.id)
    turned = [row for row in (_write_down(order, each) for each in told) if row is not None]
    is_held = is_disputed(order.id)
    if is_held:  # Each time: a refund that failed may have opened again what was paused.
        _hold(order)
    if was_disputed and not is_held:
        _release(order)
    for row in turned:
        _tell(order, row, was_disputed)


def is_disputed(order_id: int) -> bool:
    """Whether a dispute of this order holds money back: then nothing of it may be refunded."""
    held = select(DisputeRow.id).where(DisputeRow.order_id == order_id, DisputeRow.status.in_(rules.HOLDING))
    return db.session.scalar(held.limit(1)) is not None


def taken_by(found: Iterable[DisputeRow]) -> str:
    """What the bank holds, or has taken for good, by these disputes, in words; empty where that is nothing. Each in its
    own currency."""
    return " and ".join(str(row.amount) for row in found if row.status in rules.TAKING)


def disputed_among(orders: Sequence[Order]) -> set[int]:
    """The ids of those of these orders of which a dispute holds money back."""
    held = select(DisputeRow.order_id).where(
        DisputeRow.order_id.in_([each.id for each in orders]), DisputeRow.status.in_(rules.HOLDING)
    )
    return set(db.session.scalars(held)) if orders else set()


def is_held_back(user_id: int, course_id: int) -> bool:
    """Whether what alone lets this person into the course is disputed."""
    orders = (
        select(DisputeRow.order_id)
        .join(Grant, Grant.order_id == DisputeRow.order_id)
        .where(DisputeRow.status.in_(rules.HOLDING), Grant.user_id == user_id, Grant.course_id == course_id)
    )
    found = db.session.scalars(orders.distinct()).all()
    return any((user_id, course_id) in rests_on(order_id) for order_id in found)


def find_dispute(dispute_id: int) -> DisputeRow:
    """A dispute by its id here. Raises NotFound."""
    found = db.session.get(DisputeRow, dispute_id)
    if found is None:
        raise NotFound("There is no such dispute.")
    return found


def disputes_of(order_id: int) -> list[DisputeRow]:
    """All disputes of an order, the newest first."""
    query = select(DisputeRow).filter_by(order_id=order_id).order_by(DisputeRow.id.desc())
    return list(db.session.scalars(query))


def freeze(dispute_id: int, evidence: Mapping[str, str], by: int) -> tuple[str, Mapping[str, str], str]:
    """Keep what is to be handed in, before Stripe is asked: Stripe's id, the texts and our key for this sending.

    What an earlier try kept is sent again. Raises NotFound, Conflict.
    """
    row = db.session.get(DisputeRow, dispute_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("There is no such dispute.")
    if row.evidence_sent_at is not None:
        raise Conflict("Evidence was handed in already, and the bank takes it once.")
    if not row.is_answerable:
        raise Conflict("This dispute takes no evidence any more.")
    if row.evidence is None:
        row.evidence, row.evidence_by = dict(evidence), by
        db.session.flush()
    return row.stripe_id, row.evidence, f"dispute:{row.id}:evidence:{row.evidence_attempt}"


def count_refusal(dispute_id: int, forget: bool) -> None:
    """Stripe refused this try, or failed at it: the next gets a key of its own."""
    row = db.session.get_one(DisputeRow, dispute_id, with_for_update=True, populate_existing=True)
    row.evidence_attempt += 1
    if forget and row.evidence_sent_at is None:
        row.evidence, row.evidence_by = None, None
    db.session.flush()


def note_sent(dispute_id: int, told: Dispute) -> None:
    """Stripe has the evidence: when, and how the dispute stands now."""
    row = find_dispute(dispute_id)
    order = lock_with_buyer(db.session.get_one(Order, row.order_id).number)
    row.evidence_sent_at = row.evidence_sent_at or now()
    sent = {"dispute": row.stripe_id, "fields": sorted(row.evidence or {})}
    record("dispute.evidence", f"order:{order.number}", sent, actor_id=row.evidence_by)
    apply(order, (told,))


def _write_down(order: Order, told: Dispute) -> DisputeRow | None:
    """The row where the dispute is new or has turned, None where it stands as before."""
    row = db.session.scalar(select(DisputeRow).filter_by(stripe_id=told.id))
    has_turned = row is None or rules.next_status(row.status, told.status) is not row.status
    if row is None:
        row = _add(order, told)
    elif has_turned:
        _turn(row, told.status)
    _refresh(row, told)
    db.session.flush()
    if has_turned:
        facts = {"dispute": row.stripe_id, "amount": str(row.amount)}
        record(f"dispute.{row.status}", f"order:{order.number}", facts)
    return row if has_turned else None


def _add(order: Order, told: Dispute) -> DisputeRow:
    row = DisputeRow(
        stripe_id=told.id, order_id=order.id, status=told.status, reason=told.reason, opened_at=told.opened_at,
        closed_at=_closed(told.status), evidence_attempt=1,
    )  # fmt: skip
    db.session.add(row)
    return row


def _turn(row: DisputeRow, status: DisputeStatus) -> None:
    was_inquiry = row.is_inquiry
    row.status, row.closed_at = status, _closed(status)
    if was_inquiry and not row.is_inquiry:  # The bank takes an answer of its own to the dispute.
        row.evidence, row.evidence_by, row.evidence_sent_at = None, None, None
        row.evidence_attempt += 1


def _refresh(row: DisputeRow, told: Dispute) -> None:
    if row.status is not told.status:  # It was read before what stands here.
        return
    row.amount_minor, row.currency, row.due_by = told.amount.minor, told.amount.currency, told.due_by
    if told.is_answered and row.status not in rules.ANSWERABLE:
        row.evidence_sent_at = row.evidence_sent_at or now()


def _closed(status: DisputeStatus) -> datetime | None:
    return None if status in rules.OPEN else now()


def _hold(order: Order) -> None:
    if current_school().pauses_disputed:
        fulfilment_of(order).pause(order, PauseReason.DISPUTE)
    for user_id, course_id in rests_on(order.id):
        events.publish(PaymentDisputed(user_id, course_id))


def _release(order: Order) -> None:
    fulfilment_of(order).resume(order, PauseReason.DISPUTE)
    for user_id, course_id in given_by(order.id):
        events.publish(DisputeOver(user_id, course_id))


def _tell(order: Order, row: DisputeRow, was_disputed: bool) -> None:
    """The school hears of every turn that asks something of it or ends it; the buyer, of what it does to them."""
    if row.status in rules.ANSWERABLE or not row.is_open:
        mails.tell_school(order, row)
    is_given = order.state in ENTERED  # Of a gift that waits, and of seats, nobody may be in by it yet.
    if row.status in rules.HOLDING and not was_disputed and is_given:
        mails.tell_buyer(order, row, "payment_disputed", current_school().pauses_disputed)
    if row.status is DisputeStatus.WON and was_disputed and is_given:
        mails.tell_buyer(order, row, "dispute_settled")
