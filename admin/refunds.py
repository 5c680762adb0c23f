"""Refunds, requests for them and the ledger as the admin reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from accounts.models import User
from admin.listing import Listing, holds
from admin.order_words import Word
from admin.refund_words import REASONS, REQUESTS, STATES
from admin.rules import PageOf, page_of
from core.database import db
from core.money import Money
from payments.values import RefundState
from shop.ledger.models import LedgerReport
from shop.models import Order
from shop.refunds.models import RefundRequest, RefundRow
from shop.refunds.rules import RequestState

Rows = Select[*tuple[Any, ...]]
Columns = dict[str, InstrumentedAttribute[Any] | ColumnElement[Any]]
REPORT_COLUMNS: Columns = {"day": LedgerReport.day}
COLUMNS: Columns = {"made": RefundRow.created_at, "buyer": func.lower(Order.email)}
REQUEST_COLUMNS: Columns = {"asked": RefundRequest.asked_at, "buyer": func.lower(Order.email)}


@dataclass(frozen=True)
class RefundLine:
    """A refund with its order."""

    number: str
    user_id: int | None
    name: str | None
    email: str
    livemode: bool
    row: RefundRow

    @property
    def word(self) -> Word:
        return word_of(self.row)

    @property
    def reason(self) -> str:
        return reason_of(self.row)


@dataclass(frozen=True)
class RequestLine:
    """A learner's request with its order."""

    number: str
    user_id: int | None
    name: str | None
    email: str
    title: str
    paid_minor: int | None
    paid_currency: str
    paid_at: datetime | None
    row: RefundRequest

    @property
    def word(self) -> Word:
        return REQUESTS[self.row.state]

    @property
    def paid(self) -> Money:
        return Money(self.paid_minor or 0, self.paid_currency)


def word_of(row: RefundRow) -> Word:
    """How a refund stands; one of which Stripe has not said a word yet is named so."""
    is_unsent = row.stripe_id is None and row.state is RefundState.PENDING
    return Word("Not answered yet", "warn", "clock") if is_unsent else STATES[row.state]


def reason_of(row: RefundRow) -> str:
    """Why, in words; what was made at Stripe without a reason says so."""
    found = {str(reason): text for reason, text in REASONS.items()}.get(row.reason)
    return found or row.reason.replace("_", " ") or "Made at Stripe"


def page_of_refunds(asked: Listing) -> tuple[list[RefundLine], PageOf]:
    """One page of the refunds that were asked for."""
    facts = select(Order.number, Order.user_id, User.name, Order.email, Order.livemode, RefundRow)
    wanted = [holds(w, Order.number, Order.email, RefundRow.stripe_id, User.name) for w in asked.words]
    if asked.filters["state"]:
        wanted.append(RefundRow.state == RefundState(asked.filters["state"]))
    rows, shown = _page(asked, facts, RefundRow, wanted, COLUMNS)
    return [RefundLine(*row) for row in rows], shown


def page_of_requests(asked: Listing) -> tuple[list[RequestLine], PageOf]:
    """One page of the requests that were asked for."""
    wanted = [holds(w, Order.number, Order.email, User.name) for w in asked.words]
    if asked.filters["state"]:
        wanted.append(RefundRequest.state == RequestState(asked.filters["state"]))
    rows, shown = _page(asked, _requests(), RefundRequest, wanted, REQUEST_COLUMNS)
    return [RequestLine(*row) for row in rows], shown


def request_line(request_id: int) -> RequestLine | None:
    """One request, or None."""
    query = _requests().select_from(RefundRequest).join(Order).outerjoin(User, User.id == Order.user_id)
    row = db.session.execute(query.where(RefundRequest.id == request_id)).one_or_none()
    return RequestLine(*row) if row else None


def page_of_reports(asked: Listing) -> tuple[list[LedgerReport], PageOf]:
    """One page of the nightly comparisons."""
    page = page_of(asked.wanted_page, db.session.scalar(select(func.count()).select_from(LedgerReport)) or 0)
    ordered = select(LedgerReport).order_by(*asked.order(REPORT_COLUMNS, LedgerReport.id))
    return list(db.session.scalars(ordered.offset(page.offset).limit(page.last - page.offset))), page


def _requests() -> Rows:
    return select(
        Order.number, Order.user_id, User.name, Order.email, Order.title, Order.paid_minor,
        Order.paid_currency, Order.paid_at, RefundRequest,
    )  # fmt: skip


def _page(
    asked: Listing,
    facts: Rows,
    table: type[RefundRow] | type[RefundRequest],
    wanted: list[ColumnElement[bool]],
    columns: Columns,
) -> tuple[Sequence[Any], PageOf]:
    def joined(query: Rows) -> Rows:
        order = Order.id == table.order_id
        return (
            query.select_from(table)
            .join(Order, order)
            .outerjoin(User, User.id == Order.user_id)
            .where(*wanted)
        )

    page = page_of(asked.wanted_page, db.session.scalar(joined(select(func.count()))) or 0)
    ordered = joined(facts).order_by(*asked.order(columns, table.id))
    return db.session.execute(ordered.offset(page.offset).limit(page.last - page.offset)).all(), page
