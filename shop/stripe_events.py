"""What Stripe delivered, and what became of it. Services: a door's transaction is open.

A row is written on arrival and settled in the transaction that acts on it. One that is not settled is acted on
again when it comes again, so a worker that dies in between loses nothing.
"""

from datetime import datetime

from sqlalchemy import select, update

from core.clock import now
from core.database import db, insert_once
from payments.values import StripeEvent
from shop.models import EventFate, StripeEventRow


def note_arrival(event: StripeEvent) -> EventFate:
    """Write down that this event came, or came again. What became of it so far."""
    row = {
        "event_id": event.id, "kind": event.kind, "object_id": event.object_id, "livemode": event.livemode,
        "api_version": event.api_version, "created_at": event.created_at, "received_at": now(), "deliveries": 1,
        "fate": EventFate.WAITING, "handled_at": None, "order_id": None, "error": "",
    }  # fmt: skip
    if insert_once(StripeEventRow, row, ("event_id",)):
        return EventFate.WAITING
    again = update(StripeEventRow).where(StripeEventRow.event_id == event.id)
    db.session.execute(again.values(deliveries=StripeEventRow.deliveries + 1))
    return db.session.scalars(select(StripeEventRow.fate).filter_by(event_id=event.id)).one()


def settle(event_id: str, fate: EventFate, order_id: int | None = None) -> None:
    """Write down what became of an event."""
    row = db.session.get_one(StripeEventRow, event_id, with_for_update=True)
    row.fate, row.handled_at, row.order_id, row.error = fate, now(), order_id, ""
    db.session.flush()


def note_trouble(event_id: str, sentence: str) -> None:
    """Write down why an event still waits."""
    waits = update(StripeEventRow).where(
        StripeEventRow.event_id == event_id, StripeEventRow.fate == EventFate.WAITING
    )
    db.session.execute(waits.values(error=sentence[:500]))


def waiting_events(since: datetime) -> list[str]:
    """The ids of the events since then that wait, oldest first."""
    query = (
        select(StripeEventRow.event_id)
        .filter_by(fate=EventFate.WAITING)
        .where(StripeEventRow.created_at >= since)
    )
    return list(db.session.scalars(query.order_by(StripeEventRow.received_at)))


def settled_among(event_ids: list[str]) -> set[str]:
    """Which of these events came and were settled, although Stripe (or another endpoint) thinks otherwise."""
    query = select(StripeEventRow.event_id).where(StripeEventRow.event_id.in_(event_ids))
    return set(db.session.scalars(query.where(StripeEventRow.fate != EventFate.WAITING)))
