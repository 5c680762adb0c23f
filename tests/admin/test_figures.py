"""The school's figures of a period: each day counted where the school is, sums that agree with what there is."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from admin import figures
from admin.models import DayFigure, Figure
from admin.periods import Period, bounds, read_period, stretches
from core.database import db, transaction
from core.school import change_school
from tests.conftest import NOON, Clock
from tests.factories import complete, enroll, make_course, make_order, make_user, steps_of

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
    ],
)
def test_a_period_is_read_from_the_address(
    asked: dict[str, str], first: date, last: date, length: str
) -> None:
    assert read_period(asked, TODAY) == (Period(first, last), length)


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
    **TODAY_ALONE, Figure.REVENUE: 4900, Figure.ORDERS: 1, Figure.ENROLLMENTS: 2, Figure.COMPLETIONS: 1,
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

    assert '<th scope="row">20 Nov</th><td class="r">49.00 USD</td>' in page
    assert "1 paid in USD, 0 in the 1 day before" in page
    assert '<h2 class="h3" id="refunded-USD-live">' not in page
    assert 'value="2026-11-20" required' in page
