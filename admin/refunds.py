"""Refunds, requests for them and the ledger as the admin reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from accounts.models import User
from admin.listing import Listing
from admin.order_words import Word
from admin.orders import term_by_order
from admin.paging import BATCH, Page, Table, Term, all_ids, find_page, in_order
from admin.paging import Order as OrderOf
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
Model = type[RefundRow] | type[RefundRequest]
REFUNDS = Table(RefundRow.id, {"made": OrderOf((RefundRow.created_at,))})
REQUESTS_MADE = Table(RefundRequest.id, {"asked": OrderOf((RefundRequest.asked_at,))})


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


def page_of_refunds(asked: Listing) -> tuple[list[RefundLine], Page]:
    """One page of the refunds that were asked for."""
    shown = find_page(REFUNDS, asked, _terms(asked))
    return _read(shown.ids), shown


def all_refunds(asked: Listing) -> list[RefundLine]:
    """Everything that was asked for: of a school's orders few go back."""
    found = all_ids(REFUNDS, asked, _terms(asked), db.session, BATCH)
    return [line for ids in found for line in _read(ids)]


def page_of_requests(asked: Listing) -> tuple[list[RequestLine], Page]:
    """One page of the requests that were asked for."""
    terms = [term_by_order(RefundRequest, word) for word in asked.words]
    if asked.filters["state"]:
        terms.append(_where(RefundRequest.id, RefundRequest.state == RequestState(asked.filters["state"])))
    shown = find_page(REQUESTS_MADE, asked, terms)
    rows = db.session.execute(_requests().where(RefundRequest.id.in_(shown.ids)))
    return in_order(shown.ids, {row[-1].id: RequestLine(*row) for row in rows}), shown


def request_line(request_id: int) -> RequestLine | None:
    """One request, or None."""
    row = db.session.execute(_requests().where(RefundRequest.id == request_id)).one_or_none()
    return RequestLine(*row) if row else None


def page_of_reports(asked: Listing) -> tuple[list[LedgerReport], PageOf]:
    """One page of the nightly comparisons."""
    page = page_of(asked.wanted_page, db.session.scalar(select(func.count()).select_from(LedgerReport)) or 0)
    ordered = select(LedgerReport).order_by(*asked.order(REPORT_COLUMNS, LedgerReport.id))
    return list(db.session.scalars(ordered.offset(page.offset).limit(page.last - page.offset))), page


def _terms(asked: Listing) -> list[Term]:
    found = [term_by_order(RefundRow, word, RefundRow.stripe_id == word) for word in asked.words]
    if asked.filters["state"]:
        found.append(_where(RefundRow.id, RefundRow.state == RefundState(asked.filters["state"])))
    return found


def _read(ids: Sequence[int]) -> list[RefundLine]:
    query = select(Order.number, Order.user_id, User.name, Order.email, Order.livemode, RefundRow)
    rows = db.session.execute(_joined(query, RefundRow).where(RefundRow.id.in_(ids)))
    return in_order(ids, {row[-1].id: RefundLine(*row) for row in rows})


def _requests() -> Rows:
    query = select(
        Order.number, Order.user_id, User.name, Order.email, Order.title, Order.paid_minor,
        Order.paid_currency, Order.paid_at, RefundRequest,
    )  # fmt: skip
    return _joined(query, RefundRequest)


def _joined(query: Rows, model: Model) -> Rows:
    orders = query.select_from(model).join(Order, Order.id == model.order_id)
    return orders.outerjoin(User, User.id == Order.user_id)


def _where(key: InstrumentedAttribute[int], holds: ColumnElement[bool]) -> Term:
    return Term(holds, select(key).where(holds))
