"""The school at a glance: its figures of a period, drawn, and what waits for somebody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from admin.figures import Sums
from admin.models import Figure
from admin.rules import Chart, age_in_words, bar_chart, compact
from core.clock import now
from core.database import db
from core.jobs import last_beat
from core.money import Money
from core.outbox import MailState, OutboxMail
from payments.values import RefundState
from shop.models import EventFate, Order, StripeEventRow
from shop.refunds.models import RefundRequest, RefundRow
from shop.refunds.rules import RequestState
from shop.rules import GONE, OrderState

WORKER_SILENCE = timedelta(seconds=90)


@dataclass(frozen=True)
class Waiting:
    """What waits for somebody, counted as it is now."""

    dead_letters: int
    orders_on_their_way: int  # the buyer is done, the bank is not
    orders_to_review: int
    orders_paid_twice: int  # whose money has not gone back yet
    events_waiting: int
    refunds_asked: int  # by learners who wait for an answer
    refunds_failed: int  # whose money is with the school still


@dataclass(frozen=True)
class Card:
    """A drawn chart and the table behind it. `said` is for those who do not see it."""

    id: str
    title: str
    said: str
    head: str
    chart: Chart
    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Worker:
    """Whether the worker lives. `age` is how long ago it last said so, in words; empty when it never did."""

    is_alive: bool
    age: str


def waiting() -> Waiting:
    """What needs an eye."""
    counts: Select[*tuple[Any, ...]] = select(
        _count(OutboxMail.id, OutboxMail.state == MailState.DEAD),
        _count(Order.id, Order.state == OrderState.PROCESSING),
        _count(Order.id, Order.state == OrderState.REVIEW),
        _count(Order.id, Order.state == OrderState.DUPLICATE),
        _count(StripeEventRow.event_id, StripeEventRow.fate == EventFate.WAITING),
        _count(RefundRequest.id, RefundRequest.state == RequestState.OPEN),
        _count(RefundRow.id, RefundRow.state == RefundState.FAILED, ~_is_made_good()),
    )
    return Waiting(*db.session.execute(counts).one())


def cards(sums: Sums, *, with_money: bool) -> list[Card]:
    """The charts of a period: money by currency, each by itself, then people."""
    money = [
        _money_card(sums, figure, *each)
        for each in sums.monies
        for figure in (Figure.REVENUE, Figure.REFUNDED)
    ]
    return [
        *(card for card in money if card is not None and with_money),
        _people_card(sums, "Enrollments", "Enrollments begun", sums.part(Figure.ENROLLMENTS)),
        _people_card(sums, "Completions", "Courses completed", sums.part(Figure.COMPLETIONS)),
        _people_card(sums, "Active learners", "Active learners, on the mean day", learners_a_day(sums)),
    ]


def learners_a_day(sums: Sums) -> list[int]:
    """How many different people completed something, on the mean day of each stretch."""
    parts = zip(sums.part(Figure.LEARNERS), sums.stretches, strict=True)
    return [round(part / stretch.period.days) for part, stretch in parts]


def mean_learners(sums: Sums) -> int:
    """The same of the whole period."""
    return round(sums.total(Figure.LEARNERS) / sum(each.period.days for each in sums.stretches))


def worker_state() -> Worker:
    """When the worker last gave a sign of life."""
    beat = last_beat()
    if beat is None:
        return Worker(False, "")
    return Worker(now() - beat < WORKER_SILENCE, age_in_words(now() - beat))


def _money_card(sums: Sums, figure: Figure, currency: str, livemode: bool) -> Card | None:
    """One currency's revenue or refunds; None where there were none."""
    parts = sums.part(figure, currency, livemode)
    if not any(parts):
        return None
    noun = {Figure.REVENUE: "Revenue", Figure.REFUNDED: "Refunds"}[figure]
    title = f"{noun}, {currency}" + ("" if livemode else " of test money")
    # Where more refunds failed than went through, no bar stands; the table has the number.
    drawn = _labelled(sums, [max(0, part) for part in parts])
    chart = bar_chart(drawn, lambda minor: compact(Money(minor, currency).amount))
    rows = [(label, str(Money(part, currency))) for label, part in _labelled(sums, parts)]
    said = f"{title} in each part of the period. The table below holds the same numbers."
    return Card(f"{figure}-{currency}-{'live' if livemode else 'test'}", title, said, noun, chart, rows)


def _people_card(sums: Sums, title: str, what: str, parts: Sequence[int]) -> Card:
    rows = [(label, f"{part:,}") for label, part in _labelled(sums, parts)]
    said = f"{what}, in each part of the period. The table below holds the same numbers."
    return Card(title.lower().replace(" ", "-"), title, said, title, bar_chart(_labelled(sums, parts)), rows)


def _labelled(sums: Sums, parts: Sequence[int]) -> list[tuple[str, int]]:
    return [(stretch.label, part) for stretch, part in zip(sums.stretches, parts, strict=True)]


def _is_made_good() -> ColumnElement[bool]:
    """Whether a refund of the same payment was made after this one, or all of the money is gone anyway."""
    later = aliased(RefundRow)
    again = select(later.id).where(
        later.order_id == RefundRow.order_id, later.payment_id == RefundRow.payment_id, later.id > RefundRow.id,
        later.state != RefundState.CANCELED,
    )  # fmt: skip
    gone = select(Order.id).where(Order.id == RefundRow.order_id, Order.state.in_(GONE))
    return or_(again.exists(), gone.exists())


def _count(column: Any, *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count(column)).where(*conditions).scalar_subquery()
