"""The school in numbers, in one statement, and its enrollments by week."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from accounts.models import User
from admin.rules import Chart, age_in_words, bar_chart, week_starts
from certificates.models import Certificate
from core.clock import now
from core.database import db
from core.jobs import last_beat
from core.money import Money
from core.outbox import MailState, OutboxMail
from enrollment.models import Enrollment, EnrollmentState
from progress.models import CourseCompletion
from shop.models import EventFate, Order, StripeEventRow
from shop.refunds.models import RefundRequest
from shop.refunds.rules import RequestState
from shop.rules import OrderState

RECENT = timedelta(days=30)
WORKER_SILENCE = timedelta(seconds=90)
WEEKS = 12
EARNING = (OrderState.PAID, OrderState.PARTLY_REFUNDED, OrderState.REFUNDED)


@dataclass(frozen=True)
class Overview:
    """Counts as they are now; those called recent are of the last 30 days."""

    people: int
    recent_people: int
    active: int
    recent_enrollments: int
    completions: int
    recent_completions: int
    certificates: int
    recent_certificates: int
    dead_letters: int
    orders_on_their_way: int  # the buyer is done, the bank is not
    orders_to_review: int
    orders_paid_twice: int  # whose money has not gone back yet
    events_waiting: int
    refunds_asked: int  # by learners who wait for an answer


@dataclass(frozen=True)
class Revenue:
    """What came in the last 30 days for orders that gave access, less what of it went back; in one currency, and
    either real money or test money."""

    amount: Money
    orders: int
    is_test: bool


@dataclass(frozen=True)
class Worker:
    """Whether the worker lives. `age` is how long ago it last said so, in words; empty when it never did."""

    is_alive: bool
    age: str


def numbers() -> Overview:
    """The counts of the overview."""
    since = now() - RECENT
    counts: Select[*tuple[Any, ...]] = select(
        _count(User.id),
        _count(User.id, User.created_at >= since),
        _count(Enrollment.id, Enrollment.state == EnrollmentState.ACTIVE),
        _count(Enrollment.id, Enrollment.started_at >= since),
        _count(CourseCompletion.id),
        _count(CourseCompletion.id, CourseCompletion.completed_at >= since),
        _count(Certificate.id, Certificate.revoked_at.is_(None), Certificate.suspended_at.is_(None)),
        _count(Certificate.id, Certificate.issued_at >= since),
        _count(OutboxMail.id, OutboxMail.state == MailState.DEAD),
        _count(Order.id, Order.state == OrderState.PROCESSING),
        _count(Order.id, Order.state == OrderState.REVIEW),
        _count(Order.id, Order.state == OrderState.DUPLICATE),
        _count(StripeEventRow.event_id, StripeEventRow.fate == EventFate.WAITING),
        _count(RefundRequest.id, RefundRequest.state == RequestState.OPEN),
    )
    return Overview(*db.session.execute(counts).one())


def revenue() -> list[Revenue]:
    """By currency, real money first."""
    paid = func.coalesce(Order.paid_minor, Order.amount_minor) - Order.refunded_minor
    currency = func.coalesce(func.nullif(Order.paid_currency, ""), Order.currency)
    sums = select(currency, Order.livemode, func.sum(paid), func.count())
    recent = sums.where(Order.state.in_(EARNING), Order.paid_at >= now() - RECENT)
    rows = db.session.execute(
        recent.group_by(currency, Order.livemode).order_by(Order.livemode.desc(), currency)
    )
    return [Revenue(Money(int(minor), code), orders, not live) for code, live, minor, orders in rows]


def enrollments_by_week(zone: str) -> Chart:
    """The enrollments begun in each of the last weeks, which begin on Mondays in `zone`."""
    starts = week_starts(now(), WEEKS, zone)
    weeks = list(zip(starts, starts[1:], strict=False))
    counts = db.session.execute(
        select(*(_begun(*week) for week in weeks)).where(Enrollment.started_at >= starts[0])
    )
    labels = (f"{start:%-d %b}" for start, _ in weeks)
    return bar_chart(list(zip(labels, counts.one(), strict=True)))


def worker_state() -> Worker:
    """When the worker last gave a sign of life."""
    beat = last_beat()
    if beat is None:
        return Worker(False, "")
    return Worker(now() - beat < WORKER_SILENCE, age_in_words(now() - beat))


def _count(column: Any, *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count(column)).where(*conditions).scalar_subquery()


def _begun(start: datetime, end: datetime) -> ColumnElement[int]:
    return func.count().filter(Enrollment.started_at >= start, Enrollment.started_at < end)
