"""The school's figures of a period: days that are over from their sums, today counted as it is.

A day is counted once it is over, again for some days after, and each night all of them, since a time zone may change
and people may be erased. So a year costs a few hundred small rows, however many there are behind them.

Money is that of the ledger, on the day on which it moved, whatever became of its order: what was paid twice or waits
for a look came too, and counts as gone once it goes back. Fees are no refunds. An order counts on the day on which its
money came. The tax within a payment counts with it; Stripe dates the payments of plans.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, delete, func, insert, literal, select, union_all

from accounts.models import User
from admin.models import DayFigure, Figure
from admin.periods import Period, Stretch, bounds
from core.clock import now
from core.database import db, transaction
from core.money import Money
from core.school import current_school
from enrollment.models import Enrollment
from progress.models import CourseCompletion, StepCompletion
from shop.ledger.models import LedgerEntry
from shop.ledger.rules import CAME, WENT_BACK, EntryKind
from shop.models import Order
from shop.plans.models import PlanPayment

RECENT = 3  # days that are counted again each hour
AT_ONCE = 31  # days written in one transaction
OF_MONEY = (Figure.REVENUE, Figure.REFUNDED)
paid_currency = func.coalesce(func.nullif(Order.paid_currency, ""), Order.currency)
Key = tuple[Figure, str, bool]
"""A figure, its currency (empty for what is no money), and whether it is of real money."""


@dataclass(frozen=True)
class Sums:
    """A period's figures: in each stretch, in all, and in as many days before."""

    stretches: Sequence[Stretch]
    parts: dict[Key, list[int]]
    before: dict[Key, int]

    def part(self, figure: Figure, currency: str = "", livemode: bool = True) -> list[int]:
        return self.parts.get((figure, currency, livemode), [0] * len(self.stretches))

    def total(self, figure: Figure, currency: str = "", livemode: bool = True) -> int:
        return sum(self.part(figure, currency, livemode))

    def earlier(self, figure: Figure, currency: str = "", livemode: bool = True) -> int:
        return self.before.get((figure, currency, livemode), 0)

    def taken(self, is_live: bool) -> list[tuple[str, bool]]:
        """Those of `monies` that the school takes: real money, and test money only where nothing else is taken."""
        live = [money for money in self.monies if money[1]]
        return live if live or is_live else self.monies

    def number_of_refunds(self, monies: Sequence[tuple[str, bool]]) -> int:
        """Of several monies: these are counts, which may be added."""
        return sum(self.total(Figure.REFUNDS, *money) for money in monies)

    def refunds_before(self, monies: Sequence[tuple[str, bool]]) -> int:
        """The same of as many days before."""
        return sum(self.earlier(Figure.REFUNDS, *money) for money in monies)

    @property
    def monies(self) -> list[tuple[str, bool]]:
        """The currencies in which something came or went, real money first."""
        found = {(currency, live) for figure, currency, live in self.parts if figure in OF_MONEY}
        return sorted(found, key=lambda money: (not money[1], money[0]))

    def net(self, currency: str, livemode: bool) -> Money:
        """What came, less what went back in the same period."""
        came, back = (self.total(figure, currency, livemode) for figure in OF_MONEY)
        return Money(came - back, currency)


def sums_of(period: Period, stretches: Sequence[Stretch]) -> Sums:
    """The figures of a period, drawn in these stretches."""
    today = school_day()
    days = [each.period for each in stretches] + [period.before]
    columns = (func.coalesce(func.sum(DayFigure.amount).filter(_within(each)), 0) for each in days)
    query = select(DayFigure.figure, DayFigure.currency, DayFigure.livemode, *columns).where(
        DayFigure.day >= period.before.first, DayFigure.day <= period.last, DayFigure.day < today
    )
    rows = db.session.execute(query.group_by(DayFigure.figure, DayFigure.currency, DayFigure.livemode))
    found: dict[Key, list[int]] = {
        (figure, currency, live): [int(each) for each in numbers] for figure, currency, live, *numbers in rows
    }
    for row in _count_day(today) if period.holds(today) else ():
        key = (row["figure"], row["currency"], row["livemode"])
        found.setdefault(key, [0] * len(days))[_place_of(today, days)] += row["amount"]
    return Sums(
        stretches,
        {key: each[:-1] for key, each in found.items()},
        {key: each[-1] for key, each in found.items()},
    )


def count_recent() -> None:
    """Count the days that have just ended once more."""
    today = school_day()
    _keep([today - timedelta(n) for n in range(RECENT, 0, -1)])


def count_all() -> None:
    """Count every day since the school began."""
    today, first = school_day(), _first_day()
    days = [first + timedelta(n) for n in range((today - first).days)]
    for begin in range(0, len(days), AT_ONCE):
        _keep(days[begin : begin + AT_ONCE])


def school_day() -> date:
    """Today where the school is."""
    return now().astimezone(ZoneInfo(current_school().time_zone)).date()


def _keep(days: Sequence[date]) -> None:
    rows = [row for day in days for row in _count_day(day)]
    with transaction() as session:
        session.execute(delete(DayFigure).where(DayFigure.day >= days[0], DayFigure.day <= days[-1]))
        if rows:
            session.execute(insert(DayFigure), rows)


def _first_day() -> date:
    firsts = (
        db.session.scalar(select(func.min(column)))
        for column in (
            User.created_at,
            Enrollment.started_at,
            StepCompletion.completed_at,
            Order.paid_at,
            LedgerEntry.at,
        )
    )
    zone = ZoneInfo(current_school().time_zone)
    return min((first.astimezone(zone).date() for first in firsts if first), default=school_day())


def _count_day(day: date) -> Iterator[dict[str, Any]]:
    """The rows of one day, those that are not 0."""
    begin, end = bounds(day, current_school().time_zone)
    for figure, number in zip(_COUNTED, db.session.execute(_counts(begin, end)).one(), strict=True):
        yield from _rows(day, [(figure, "", True, number)])
    yield from _rows(day, _money(begin, end))


_COUNTED = (Figure.ENROLLMENTS, Figure.COMPLETIONS, Figure.LEARNERS)


def _counts(begin: datetime, end: datetime) -> Any:
    return select(
        select(func.count()).where(_between(Enrollment.started_at, begin, end)).scalar_subquery(),
        select(func.count()).where(_between(CourseCompletion.completed_at, begin, end)).scalar_subquery(),
        select(func.count(StepCompletion.user_id.distinct()))
        .where(_between(StepCompletion.completed_at, begin, end))
        .scalar_subquery(),
    )


def _money(begin: datetime, end: datetime) -> Iterator[tuple[Figure, str, bool, int]]:
    parts = union_all(_of_ledger(begin, end), _of_plans(begin, end), _of_orders(begin, end)).subquery()
    currency, live, *figures = parts.c
    query = select(currency, live, *map(func.sum, figures)).group_by(currency, live)
    for code, is_live, *numbers in db.session.execute(query):
        for figure, number in zip(_OF_MONEY, numbers, strict=True):
            yield figure, code, is_live, int(number)


_OF_MONEY = (Figure.REVENUE, Figure.REFUNDED, Figure.REFUNDS, Figure.TAX, Figure.ORDERS)
_NOTHING = literal(0)
_is_payment = LedgerEntry.kind.in_(CAME)
Part = Select[*tuple[Any, ...]]
"""A currency and its mode, then each of _OF_MONEY."""


def _of_ledger(begin: datetime, end: datetime) -> Part:
    """What came and what went back, and the tax within what was paid at once."""
    query = select(
        LedgerEntry.currency,
        LedgerEntry.livemode,
        func.sum(_where(_is_payment, LedgerEntry.amount_minor)),
        -func.sum(_where(LedgerEntry.kind.in_(WENT_BACK), LedgerEntry.amount_minor)),
        func.sum(case({EntryKind.REFUND: 1, EntryKind.REFUND_FAILED: -1}, value=LedgerEntry.kind, else_=0)),
        func.sum(_where(and_(_is_payment, Order.rhythm == ""), func.coalesce(Order.tax_minor, 0))),
        _NOTHING,
    )
    query = query.join(Order, Order.id == LedgerEntry.order_id).where(_between(LedgerEntry.at, begin, end))
    return query.group_by(LedgerEntry.currency, LedgerEntry.livemode)


def _of_plans(begin: datetime, end: datetime) -> Part:
    """The tax within the payments of plans."""
    taxes = func.sum(func.coalesce(PlanPayment.tax_minor, 0))
    query = select(paid_currency, Order.livemode, *[_NOTHING] * 3, taxes, _NOTHING).select_from(PlanPayment)
    query = query.join(Order, Order.id == PlanPayment.order_id).where(
        _between(PlanPayment.paid_at, begin, end)
    )
    return query.group_by(paid_currency, Order.livemode)


def _of_orders(begin: datetime, end: datetime) -> Part:
    """How many were paid."""
    query = select(paid_currency, Order.livemode, *[_NOTHING] * 4, func.count())
    return query.where(_between(Order.paid_at, begin, end)).group_by(paid_currency, Order.livemode)


def _where(holds: ColumnElement[bool], value: Any) -> ColumnElement[int]:
    return case((holds, value), else_=0)


def _rows(day: date, figures: Iterable[tuple[Figure, str, bool, int]]) -> Iterator[dict[str, Any]]:
    for figure, currency, live, amount in figures:
        if amount:
            yield {"figure": figure, "day": day, "currency": currency, "livemode": live, "amount": amount}


def _between(column: Any, begin: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(column >= begin, column < end)


def _within(period: Period) -> ColumnElement[bool]:
    return DayFigure.day.between(period.first, period.last)


def _place_of(day: date, periods: Sequence[Period]) -> int:
    return next(place for place, period in enumerate(periods) if period.holds(day))
