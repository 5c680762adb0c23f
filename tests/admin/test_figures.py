"""The school's figures of a period: each day counted where the school is, sums that agree with what there is."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from admin import figures
from admin.models import DayFigure, Figure
from admin.periods import Period, bounds, month_of, months, read_period, refusal, stretches
from core.database import db, transaction
from core.school import change_school
from shop.ledger.models import LedgerEntry
from shop.ledger.rules import CAME, WENT_BACK, EntryKind
from shop.plans.models import PlanPayment
from tests.conftest import NOON, Clock
from tests.factories import complete, enroll, make_course, make_entry, make_order, make_user, steps_of

TODAY = date(2026, 11, 21)  # a Saturday
LAST_30 = Period(date(2026, 10, 23), TODAY)


@pytest.mark.parametrize(
    ("asked", "first", "last", "length"),
    [
        ({}, date(2026, 10, 23), TODAY, "30"),
        ({"days": "7"}, date(2026, 11, 15), TODAY, "7"),
        ({"days": "8"}, date(2026, 10, 23), TODAY, "30"),
        ({"from": "2026-01-01", "to": "2026-01-31", "days": "7"}, date(2026, 1, 1), date(2026, 1, 31), ""),
        ({"from": "2026-02-01", "to": "2026-01-31"}, date(2026, 10, 23), TODAY, "30"),
        ({"from": "0001-01-01", "to": "2026-01-31"}, date(2026, 10, 23), TODAY, "30"),
        ({"from": "x", "to": "2026-01-31"}, date(2026, 10, 23), TODAY, "30"),
        ({"days": "400"}, date(2026, 10, 23), TODAY, "30"),
    ],
)
def test_a_period_is_read_from_the_address(
    asked: dict[str, str], first: date, last: date, length: str
) -> None:
    assert read_period(asked, TODAY) == (Period(first, last), length)
    was_taken = not asked or not length or asked == {"days": length}
    assert bool(refusal(asked, Period(first, last), length)) == (not was_taken)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [(1, 31, "2026-10"), (24, 31, "2026-10 (days 24 to 31)"), (1, 5, "2026-10 (days 1 to 5)")],
)
def test_a_part_of_a_month_is_named_as_one(first: int, last: int, words: str) -> None:
    assert month_of(Period(date(2026, 10, first), date(2026, 10, last))) == words


@pytest.mark.parametrize(
    ("days", "parts", "labels"),
    [
        (7, 7, ["15 Nov", "16 Nov"]),
        (31, 31, ["22 Oct", "23 Oct"]),
        (90, 13, ["24 Aug", "31 Aug"]),
        (365, 13, ["Nov 25", "Dec 25"]),
    ],
)
def test_a_period_is_drawn_by_day_week_or_month(days: int, parts: int, labels: list[str]) -> None:
    drawn = stretches(Period(TODAY - timedelta(days - 1), TODAY))

    assert ([each.label for each in drawn][:2], len(drawn)) == (labels, parts)
    assert sum(each.period.days for each in drawn) == days
    assert all(b.period.first - a.period.last == timedelta(1) for a, b in zip(drawn, drawn[1:], strict=False))


def test_a_day_is_as_long_as_the_clocks_make_it() -> None:
    begin, end = bounds(date(2026, 10, 25), "Europe/Berlin")

    assert end - begin == timedelta(hours=25)


def totals(period: Period = LAST_30) -> dict[Figure, int]:
    sums = figures.sums_of(period, stretches(period))
    found = {figure: sums.total(figure) for figure in Figure}
    for figure in (Figure.REVENUE, Figure.REFUNDED, Figure.ORDERS, Figure.REFUNDS):
        found[figure] = sums.total(figure, "USD")
    return {figure: number for figure, number in found.items() if number}


@pytest.fixture
def busy(app: Flask, clock: Clock) -> None:
    """Two days: on the first Ada pays and completes, on the second, which is today, her money goes back."""
    course, ada, bea = make_course("one"), make_user(), make_user()
    clock(NOON - timedelta(days=1))
    enroll(ada, course)
    enroll(bea, course)
    complete(ada, *steps_of(course))
    paid = {"livemode": True, "paid_at": NOON - timedelta(days=1), "amount_minor": 4900}
    make_order(ada, course, "refunded", refunded_minor=4900, refunded_at=NOON, **paid)
    make_order(bea, course, "review", **paid)
    clock(NOON)


TODAY_ALONE = {Figure.REFUNDED: 4900, Figure.REFUNDS: 1}
BOTH = {
    **TODAY_ALONE, Figure.REVENUE: 9800, Figure.ORDERS: 2, Figure.ENROLLMENTS: 2, Figure.COMPLETIONS: 1,
    Figure.LEARNERS: 1,
}  # fmt: skip


def test_days_that_are_over_are_added_up_and_today_is_counted_as_it_is(busy: None) -> None:
    assert totals() == TODAY_ALONE

    figures.count_recent()
    assert totals() == BOTH
    figures.count_recent()
    figures.count_all()
    assert totals() == BOTH


def test_a_period_is_told_beside_as_many_days_before(busy: None) -> None:
    figures.count_recent()
    today = Period(TODAY, TODAY)

    sums = figures.sums_of(today, stretches(today))

    assert (sums.total(Figure.ENROLLMENTS), sums.earlier(Figure.ENROLLMENTS)) == (0, 2)


def test_every_day_is_counted_since_the_first(busy: None, clock: Clock) -> None:
    clock(NOON + timedelta(days=70))
    figures.count_recent()
    assert db.session.scalars(select(DayFigure.day)).all() == []

    figures.count_all()

    assert totals(Period(TODAY - timedelta(1), TODAY)) == BOTH


def test_a_day_begins_at_midnight_where_the_school_is(app: Flask, clock: Clock) -> None:
    clock(datetime.fromisoformat("2026-11-20T23:30:00+00:00"))
    enroll(make_user(), make_course("one"))
    with transaction():
        change_school({"time_zone": "Europe/Berlin"})
    clock(NOON + timedelta(days=2))

    figures.count_all()

    assert db.session.scalars(select(DayFigure.day).filter_by(figure=Figure.ENROLLMENTS)).all() == [TODAY]


def test_the_overview_draws_the_period_of_its_address(client: FlaskClient, admin: Any, busy: None) -> None:
    figures.count_recent()

    page = " ".join(client.get("/admin?from=2026-11-20&to=2026-11-20").text.split())

    assert '<th scope="row">20 Nov</th><td class="r">98.00 USD</td>' in page
    assert "2 paid in USD, 0 in the 1 day before" in page
    assert '<h2 class="h3" id="refunded-USD-live">' not in page
    assert 'value="2026-11-20" required' in page


BEFORE = NOON - timedelta(days=1)
# What moved after an order of 50.00 was paid yesterday: on which day, and by how much; then what each day counts.
MOVES: dict[str, tuple[list[tuple[datetime, str, int]], tuple[int, int, int], tuple[int, int, int]]] = {
    "USD": ([(NOON, "payment", 5000)], (5000, 0, 0), (5000, 0, 0)),  # the second payment of a plan
    "EUR": ([(NOON, "refund", -1200)], (5000, 0, 0), (0, 1200, 1)),
    "GBP": ([(BEFORE, "refund", -1200), (NOON, "refund_failed", 1200)], (5000, 1200, 1), (0, -1200, -1)),
    "CHF": ([(NOON, "dispute", -5000), (NOON, "dispute_fee", -1500)], (5000, 0, 0), (0, 5000, 0)),
    "SEK": ([(BEFORE, "dispute", -5000), (NOON, "dispute_won", 5000)], (5000, 5000, 0), (0, -5000, 0)),
}


def test_money_counts_in_its_currency_on_the_day_on_which_it_moved(app: Flask, clock: Clock) -> None:
    course = make_course("one")
    for currency, (moves, _, _) in MOVES.items():
        order = make_order(None, course, amount_minor=5000, currency=currency, paid_at=BEFORE, rhythm="month")
        for n, (at, kind, minor) in enumerate(moves):
            make_entry(order, kind, minor, at, source_id=f"{kind}_{currency}_{n}")
    figures.count_recent()

    both = Period(TODAY - timedelta(1), TODAY)
    sums = figures.sums_of(both, stretches(both))

    counted = (Figure.REVENUE, Figure.REFUNDED, Figure.REFUNDS)
    for currency, (_, *days) in MOVES.items():
        told = zip(*(sums.part(figure, currency, False) for figure in counted), strict=True)
        assert (currency, list(told)) == (currency, days)
        assert sums.part(Figure.ORDERS, currency, False) == [1, 0]


def test_tax_counts_with_the_payment_that_it_is_in(app: Flask) -> None:
    course = make_course("one")
    make_order(None, course, amount_minor=5000, tax_minor=798, paid_at=BEFORE)
    plan = make_order(None, course, amount_minor=2000, tax_minor=638, rhythm="month", paid_at=BEFORE)
    make_entry(plan, "payment", 2000, NOON, source_id="ch_second")
    with transaction() as session:
        for at, key in ((BEFORE, "in_1"), (NOON, "in_2")):
            session.add(PlanPayment(
                invoice_id=key, order_id=plan.id, paid_at=at, until=NOON, amount_minor=2000, refunded_minor=0,
                tax_minor=319,
            ))  # fmt: skip
    figures.count_recent()

    both = Period(TODAY - timedelta(1), TODAY)
    sums = figures.sums_of(both, stretches(both))

    assert sums.part(Figure.TAX, "USD", False) == [798 + 319, 319]
    assert sums.part(Figure.REVENUE, "USD", False) == [7000, 2000]


def test_what_the_months_tell_is_what_the_ledger_holds(app: Flask) -> None:
    chance, course = Random(1), make_course("one")
    kinds = (*CAME, *WENT_BACK, EntryKind.DISPUTE_FEE)
    for n in range(40):
        currency, live = chance.choice(("USD", "JPY")), chance.random() < 0.7
        at = NOON - timedelta(hours=chance.randrange(24 * 90))
        order = make_order(None, course, "expired", currency=currency, livemode=live)
        make_entry(order, chance.choice(kinds), chance.randrange(1, 9000), at, source_id=f"n{n}")
    figures.count_all()

    year = Period(TODAY - timedelta(364), TODAY)
    sums = figures.sums_of(year, months(year))

    for figure, sign, kept in ((Figure.REVENUE, 1, CAME), (Figure.REFUNDED, -1, WENT_BACK)):
        for currency, live in sums.monies:
            held = select(func.sum(LedgerEntry.amount_minor)).filter_by(currency=currency, livemode=live)
            assert sums.total(figure, currency, live) == sign * (
                db.session.scalar(held.where(LedgerEntry.kind.in_(kept))) or 0
            )
    assert len(sums.monies) == 4


def test_tiles_tell_of_test_money_only_where_the_school_takes_no_other() -> None:
    def taken(*monies: tuple[str, bool], is_live: bool) -> list[tuple[str, bool]]:
        keys = {(Figure.REVENUE, currency, live): [1] for currency, live in monies}
        return figures.Sums([], keys, {}).taken(is_live)

    live, test = ("USD", True), ("USD", False)
    assert taken(live, test, is_live=True) == taken(live, test, is_live=False) == [live]
    assert taken(test, is_live=False) == [test]
    assert taken(test, is_live=True) == []


def test_the_tile_of_refunds_counts_test_money_in_a_school_that_takes_no_other(
    client: FlaskClient, admin: Any
) -> None:
    order = make_order(None, make_course("one"), "partly_refunded", amount_minor=5000)
    make_entry(order, "refund", -1200)

    tile = " ".join(client.get("/admin").text.partition("<dt>Refunds</dt>")[2].partition("</div>")[0].split())

    assert tile.startswith('<dd class="big">1</dd><dd class="delta">of test money, 0 in the 30 days before')
