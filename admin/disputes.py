"""Disputes as the admin reads them: the list, one dispute with its evidence, and what waits for an answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from accounts.models import User
from admin.listing import Listing, holds
from admin.order_words import Word
from admin.rules import PageOf, page_of
from core.clock import now
from core.database import db
from core.errors import NotFound
from payments.values import DisputeStatus
from shop.disputes.models import DisputeRow
from shop.disputes.rules import ANSWERABLE, reason_in_words, time_left
from shop.models import Order

S = DisputeStatus
COLUMNS: dict[str, InstrumentedAttribute[Any]] = {
    "opened": DisputeRow.opened_at,
    "due": DisputeRow.due_by,
}
STATES: dict[str, Word] = {
    S.NEEDS_RESPONSE: Word("Answer it", "bad", "flag"),
    S.WARNING_NEEDS_RESPONSE: Word("Inquiry: answer it", "warn", "flag"),
    S.UNDER_REVIEW: Word("With the bank", "info", "clock"),
    S.WARNING_UNDER_REVIEW: Word("Inquiry with the bank", "info", "clock"),
    S.WON: Word("Won", "ok", "circle-check"),
    S.LOST: Word("Lost", "bad", "undo-2"),
    S.WARNING_CLOSED: Word("Inquiry closed", "", "circle-check"),
    S.PREVENTED: Word("Settled before", "", "minus"),
}
FIELDS = {  # Stripe's text fields, as they are called here
    "product_description": "What was sold",
    "service_date": "Open since",
    "customer_name": "Buyer",
    "customer_email_address": "Address",
    "access_activity_log": "What the buyer did",
    "refund_policy_disclosure": "The refund promise, and where it was shown",
    "uncategorized_text": "Terms, mails and what else is known",
}


@dataclass(frozen=True)
class DisputeLine:
    """One dispute in a list, with its order and its buyer; `name` is None where there is no account (any more)."""

    row: DisputeRow
    number: str
    title: str
    email: str
    user_id: int | None
    name: str | None

    @property
    def word(self) -> Word:
        return STATES[self.row.status]

    @property
    def reason(self) -> str:
        return reason_in_words(self.row.reason)

    @property
    def left(self) -> str:
        """How long the school may still answer; empty where nothing waits for an answer."""
        return _left(self.row.due_by) if self.row.is_answerable else ""


@dataclass(frozen=True)
class Waiting:
    """The disputes that wait for the school's answer: how many, the one that is due first, and how long it has."""

    count: int
    first_id: int
    left: str


def page_of_disputes(asked: Listing) -> tuple[list[DisputeLine], PageOf]:
    """One page of what was asked for, and where it stands in the whole."""
    conditions = _conditions(asked)
    counted = _joined(select(func.count()).select_from(DisputeRow)).where(*conditions)
    shown = page_of(asked.wanted_page, db.session.scalar(counted) or 0)
    query = _lines().where(*conditions).order_by(*asked.order(COLUMNS, DisputeRow.id))
    rows = db.session.execute(query.offset(shown.offset).limit(shown.last - shown.offset))
    return [DisputeLine(*row) for row in rows], shown


def all_disputes(asked: Listing) -> list[DisputeLine]:
    """Everything that was asked for."""
    query = _lines().where(*_conditions(asked)).order_by(*asked.order(COLUMNS, DisputeRow.id))
    return [DisputeLine(*row) for row in db.session.execute(query)]


def find_line(dispute_id: int) -> DisputeLine:
    """One dispute with its order and buyer. Raises NotFound."""
    row = db.session.execute(_lines().where(DisputeRow.id == dispute_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such dispute.")
    return DisputeLine(*row)


def sender_of(row: DisputeRow) -> str:
    """Who handed its evidence in, by name; empty where that is not known."""
    person = db.session.get(User, row.evidence_by) if row.evidence_by is not None else None
    return (person.name or person.email) if person is not None else ""


def waiting() -> Waiting | None:
    """What waits for the school's answer, or None."""
    open_ones = select(DisputeRow.id, DisputeRow.due_by).where(
        DisputeRow.status.in_(ANSWERABLE), DisputeRow.evidence_sent_at.is_(None)
    )
    rows = db.session.execute(open_ones.order_by(DisputeRow.due_by, DisputeRow.id)).all()
    return Waiting(len(rows), rows[0].id, _left(rows[0].due_by)) if rows else None


def _left(due_by: datetime | None) -> str:
    return time_left(due_by, now()) if due_by is not None else ""


def _lines() -> Select[*tuple[Any, ...]]:
    return _joined(
        select(DisputeRow, Order.number, Order.title, Order.email, Order.user_id, User.name).select_from(
            DisputeRow
        )
    )


def _joined(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return query.join(Order, Order.id == DisputeRow.order_id).outerjoin(User, User.id == Order.user_id)


def _conditions(asked: Listing) -> list[ColumnElement[bool]]:
    found = [
        holds(word, Order.number, Order.email, Order.title, DisputeRow.stripe_id, User.name)
        for word in asked.words
    ]
    if asked.filters["state"]:
        found.append(DisputeRow.status == DisputeStatus(asked.filters["state"]))
    return found
