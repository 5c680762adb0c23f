"""Reports of money, added up: by course, by code and by month, each currency and real and test money by itself."""

from sqlalchemy import case, func, select

from admin.figures import Sums, is_earning, sums_of
from admin.models import Figure
from admin.periods import Period, bounds, months
from admin.report import Row, SumReport
from core.database import db
from core.money import Money
from core.school import current_school
from shop.models import Order, OrderLine
from shop.rules import OrderState


def _by_course(period: Period) -> list[Row]:
    """Lines of orders that were paid in the period, and how much of them belongs to orders given back whole."""
    zone = current_school().time_zone
    begin, end = bounds(period.first, zone)[0], bounds(period.last, zone)[1]
    gone = case((Order.state == OrderState.REFUNDED, OrderLine.amount_minor), else_=0)
    columns = (OrderLine.title, Order.currency, Order.livemode)
    query = (
        select(
            *columns,
            func.count(),
            func.sum(OrderLine.amount_minor),
            func.sum(OrderLine.tax_minor),
            func.sum(gone),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.paid_at >= begin, Order.paid_at < end, is_earning)
    )
    rows = db.session.execute(
        query.group_by(*columns).order_by(OrderLine.title, Order.currency, Order.livemode.desc())
    )
    return [
        (title, currency, _mode(live), number, *_taxed(came, tax, currency), Money(int(back), currency))
        for title, currency, live, number, came, tax, back in rows
    ]


def _by_code(period: Period) -> list[Row]:
    """Orders that were paid with a code in the period, and how much of them belongs to orders given back whole."""
    zone = current_school().time_zone
    begin, end = bounds(period.first, zone)[0], bounds(period.last, zone)[1]
    gone = case((Order.state == OrderState.REFUNDED, Order.amount_minor), else_=0)
    columns = (Order.coupon_code, Order.currency, Order.livemode)
    taxes = func.sum(func.coalesce(Order.tax_minor, 0))
    sums = (func.sum(Order.discount_minor), func.sum(Order.amount_minor), taxes, func.sum(gone))
    query = select(*columns, func.count(), *sums).where(
        Order.paid_at >= begin, Order.paid_at < end, is_earning, Order.coupon_code != ""
    )
    rows = db.session.execute(
        query.group_by(*columns).order_by(Order.coupon_code, Order.currency, Order.livemode.desc())
    )
    return [
        (
            code, currency, _mode(live), number, Money(int(off), currency), *_taxed(came, tax, currency),
            Money(int(back), currency),
        )
        for code, currency, live, number, off, came, tax, back in rows
    ]  # fmt: skip


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
    month = f"{sums.stretches[place].period.first:%Y-%m}"
    monies = (Money(minor, currency) for minor in (back, came - back))
    return (month, currency, _mode(livemode), orders, *_taxed(came, tax, currency), *monies)


def _taxed(came: int, tax: int, currency: str) -> tuple[Money, Money, Money]:
    """What was paid, the tax within it where Stripe worked it out, and the rest of it."""
    paid, within = Money(int(came), currency), Money(int(tax), currency)
    return paid, within, paid - within


def _mode(livemode: bool) -> str:
    return "live" if livemode else "test"


REVENUE_BY_COURSE = SumReport(
    "revenue-by-course", "Revenue by course", "What was paid for each course in the period.",
    ("Course", "Currency", "Mode", "Orders", "Paid", "Tax in it", "Net", "Given back whole since"), _by_course,
)  # fmt: skip
REVENUE_BY_MONTH = SumReport(
    "revenue-by-month", "Revenue by month", "What came in and what went back in each month of the period.",
    ("Month", "Currency", "Mode", "Orders", "Paid", "Tax in it", "Net", "Refunded", "Left"), _by_month,
)  # fmt: skip
REVENUE_BY_CODE = SumReport(
    "revenue-by-code", "Revenue by code", "What was paid with each code in the period, and what it took off.",
    ("Code", "Currency", "Mode", "Orders", "Taken off", "Paid", "Tax in it", "Net", "Given back whole since"), _by_code,
)  # fmt: skip
