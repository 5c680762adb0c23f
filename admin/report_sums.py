"""Reports of money, added up: by course, by code and by month, each currency and real and test money by itself."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, func, select

from admin.figures import Sums, paid_currency, sums_of
from admin.models import Figure
from admin.periods import Period, bounds, month_of, months
from admin.report import Row, SumReport
from admin.rules import mode_cell
from core.database import db
from core.money import Money
from core.school import current_school
from shop.models import Order, OrderLine


def _by_course(period: Period) -> list[Row]:
    """Lines of orders whose money came in the period: what came for them, and what of it went back, so far."""
    return [
        (title, currency, mode_cell(live), number, *_taxed(came, tax, currency), Money(back, currency))
        for title, currency, live, number, _, came, tax, back in _sums_of_lines(period, OrderLine.title)
    ]


def _by_code(period: Period) -> list[Row]:
    """The same of orders that were made with a code, and what it took off."""
    with_code = Order.coupon_code != ""
    return [
        (
            code, currency, mode_cell(live), number, Money(off, currency), *_taxed(came, tax, currency),
            Money(back, currency),
        )
        for code, currency, live, number, off, came, tax, back in _sums_of_lines(
            period, Order.coupon_code, with_code
        )
    ]  # fmt: skip


def _sums_of_lines(period: Period, by: Any, *which: ColumnElement[bool]) -> Iterator[tuple[Any, ...]]:
    """Of each group, currency and mode: the number of orders, then taken off, paid, tax and given back, in minor
    units; the tax is None where Stripe worked out none."""
    zone = current_school().time_zone
    begin, end = bounds(period.first, zone)[0], bounds(period.last, zone)[1]
    groups = (by, paid_currency, Order.livemode)
    minors = (OrderLine.discount_minor, OrderLine.paid_minor, OrderLine.tax_minor, OrderLine.refunded_minor)
    query = (
        select(*groups, func.count(Order.id.distinct()), func.count(Order.tax_minor), *map(func.sum, minors))
        .join_from(Order, OrderLine, OrderLine.order_id == Order.id)
        .where(Order.paid_at >= begin, Order.paid_at < end, *which)
    )
    rows = db.session.execute(query.group_by(*groups).order_by(by, paid_currency, Order.livemode.desc()))
    for *group, number, taxed, off, came, tax, back in rows:
        yield *group, number, int(off), int(came), int(tax) if taxed else None, int(back)


def _by_month(period: Period) -> list[Row]:
    """What came and what went back in each month, on the days on which it did."""
    sums = sums_of(period, months(period))
    rows = (
        _month(sums, place, currency, live)
        for place in range(len(sums.stretches))
        for currency, live in sums.monies
    )
    return [row for row in rows if row is not None]


def _month(sums: Sums, place: int, currency: str, livemode: bool) -> Row | None:
    figures = (Figure.ORDERS, Figure.REVENUE, Figure.TAX, Figure.REFUNDED)
    orders, came, tax, back = (sums.part(figure, currency, livemode)[place] for figure in figures)
    if not came and not back:
        return None
    month = month_of(sums.stretches[place].period)
    monies = (Money(minor, currency) for minor in (back, came - back))
    # A day's figure of 0 is not kept, so no tax and none worked out look alike here.
    return (month, currency, mode_cell(livemode), orders, *_taxed(came, tax or None, currency), *monies)


def _taxed(came: int, tax: int | None, currency: str) -> tuple[Money, Money | None, Money | None]:
    """What was paid, the tax within it where Stripe worked it out, and the rest of it."""
    paid = Money(came, currency)
    if tax is None:
        return paid, None, None
    within = Money(tax, currency)
    return paid, within, paid - within


REVENUE_BY_COURSE = SumReport(
    "revenue-by-course", "Revenue by course",
    "What came for each course by orders paid in the period, and what of it went back so far.",
    ("Course", "Currency", "Mode", "Orders", "Paid", "Tax in it", "Net", "Given back so far"), _by_course,
)  # fmt: skip
REVENUE_BY_MONTH = SumReport(
    "revenue-by-month", "Revenue by month", "What came in and what went back in each month of the period.",
    ("Month", "Currency", "Mode", "Orders", "Paid", "Tax in it", "Net", "Refunded", "Left"), _by_month,
)  # fmt: skip
REVENUE_BY_CODE = SumReport(
    "revenue-by-code", "Revenue by code",
    "What came by orders paid with each code in the period, what it took off, and what went back so far.",
    ("Code", "Currency", "Mode", "Orders", "Taken off", "Paid", "Tax in it", "Net", "Given back so far"), _by_code,
)  # fmt: skip
