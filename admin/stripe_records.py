"""What Stripe told the school and what the reconciler did, as the admin reads it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, union_all

from admin.listing import Listing
from admin.order_words import FATES, NOT_ABOUT_US, STARTERS, UNTRIED, RunReport, Word, report_in_words
from admin.paging import Order as OrderOf
from admin.paging import Page, Table, Term, find_page, in_order, values_of
from admin.rules import PageOf, age_in_words, page_of
from core.clock import now
from core.database import db
from payments.news import NEWS_OF_PAYMENTS, NEWS_OF_SESSIONS
from shop.models import EventFate, Order, ReconcileRun, StripeEventRow

EVENTS = Table(StripeEventRow.event_id, {"received": OrderOf((StripeEventRow.received_at,))})
RUN_COLUMNS = {"started": ReconcileRun.started_at}


@dataclass(frozen=True)
class Event:
    """One event that Stripe delivered, and the number of the order that it was about, where it was about one."""

    row: StripeEventRow
    order: str | None

    @property
    def fate(self) -> Word:
        is_of_others = (
            self.row.fate is EventFate.IGNORED and self.row.kind in NEWS_OF_SESSIONS | NEWS_OF_PAYMENTS
        )
        return NOT_ABOUT_US if is_of_others else FATES[self.row.fate]

    @property
    def reason(self) -> str:
        """Why it waits; empty for one that does not."""
        waits = self.row.fate is EventFate.WAITING
        return self.row.error or (UNTRIED if waits else "")


@dataclass(frozen=True)
class Run:
    """One run of the reconciler. `took` is how long, in words; empty for one that is not done."""

    started_at: datetime
    took: str
    starter: str
    report: RunReport


def page_of_events(asked: Listing) -> tuple[list[Event], Page]:
    """One page of the events that were asked for."""
    page = find_page(EVENTS, asked, _terms(asked))
    query = select(StripeEventRow, Order.number).outerjoin(Order, _is_about)
    rows = db.session.execute(query.where(StripeEventRow.event_id.in_(page.ids)))
    return in_order(page.ids, {row.event_id: Event(row, number) for row, number in rows}), page


def kinds() -> list[str]:
    """Every kind of event that has come."""
    return values_of(StripeEventRow.kind)


def page_of_runs(asked: Listing) -> tuple[list[Run], PageOf]:
    """One page of the reconciler's runs."""
    page = page_of(asked.wanted_page, db.session.scalar(select(func.count()).select_from(ReconcileRun)) or 0)
    query = select(ReconcileRun).order_by(*asked.order(RUN_COLUMNS, ReconcileRun.id))
    rows = db.session.scalars(query.offset(page.offset).limit(page.last - page.offset))
    return [_run(row, now()) for row in rows], page


def last_run() -> Run | None:
    """The reconciler's last run, or None where it has never run."""
    row = db.session.scalar(select(ReconcileRun).order_by(ReconcileRun.id.desc()).limit(1))
    return _run(row, now()) if row else None


_is_about = Order.id == StripeEventRow.order_id


def _run(row: ReconcileRun, moment: datetime) -> Run:
    took = age_in_words(row.finished_at - row.started_at) if row.finished_at else ""
    report = report_in_words(row.report, row.started_at, moment)
    return Run(row.started_at, took, STARTERS.get(row.cause, row.cause), report)


def _terms(asked: Listing) -> list[Term]:
    found = [_named(word) for word in asked.words]
    if asked.filters["fate"]:
        found.append(_where(StripeEventRow.fate == EventFate(asked.filters["fate"])))
    if asked.filters["kind"]:
        found.append(_where(StripeEventRow.kind == asked.filters["kind"]))
    return found


def _named(word: str) -> Term:
    """An id of Stripe or the number of an order, as a whole."""
    order = select(Order.id).where(Order.number == word.upper()).scalar_subquery()
    whole = (
        StripeEventRow.event_id == word,
        StripeEventRow.object_id == word,
        StripeEventRow.order_id == order,
    )
    ids = union_all(*(select(StripeEventRow.event_id).where(each) for each in whole)).subquery()
    return Term(or_(*whole), select(ids.c.event_id))


def _where(holds: ColumnElement[bool]) -> Term:
    return Term(holds, select(StripeEventRow.event_id).where(holds))
