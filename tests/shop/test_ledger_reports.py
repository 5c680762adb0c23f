"""The nightly comparison: what moved at Stripe on a day, beside what the ledger says of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.database import db, transaction
from core.school import change_school
from shop import checkout, jobs
from shop.ledger import reports
from shop.ledger.models import LedgerReport
from shop.ledger.rules import EntryKind
from shop.ledger.services import book
from shop.models import Order
from tests import factories
from tests.conftest import NOON, Clock
from tests.shop.shop import Shop
from tests.stripe import Sandbox


@pytest.fixture(autouse=True)
def day(shop: Shop, sandbox: Sandbox, clock: Clock) -> Any:
    with transaction():
        change_school({"support_email": "help@example.org"})
    sandbox.clock(int(NOON.timestamp()))
    return NOON.date()


def faults(report: reports.Report) -> list[tuple[str, Any, Any]]:
    return [(each["fault"], each["ours"], each["theirs"]) for each in report.differences]


def pay_unheard(shop: Shop, sandbox: Sandbox) -> str:
    session = shop.begin(shop.buyer())
    sandbox.pay(session)
    return session


def test_books_that_say_the_same_differ_in_nothing(shop: Shop, sandbox: Sandbox, day: Any) -> None:
    first = pay_unheard(shop, sandbox)
    checkout.fulfill(first, "return")
    refund = sandbox.refund(first, 1000)
    sandbox.refund_falls(refund["id"])
    sandbox.refund(first, 900)
    checkout.fulfill(first, "return")

    report = reports.make(day, "command")

    assert (report.compared, report.others, report.differences) == (4, 0, [])
    assert report.sums == [{"currency": "USD", "ours": 4000, "theirs": 4000}]
    assert [each.kind for each in factories.mails("help@example.org")] == ["refund_failed"]


def test_each_difference_is_listed_kept_and_mailed_once(shop: Shop, sandbox: Sandbox, day: Any) -> None:
    session = pay_unheard(shop, sandbox)
    checkout.fulfill(session, "return")
    sandbox.refund(session, 1000)  # Not heard of.
    with transaction() as database:
        order = database.scalars(select(Order)).one()
        book(order, EntryKind.DISPUTE, "du_nobody", -700, "USD")

    report = reports.make(day, "command")
    told = shop.app.test_cli_runner().invoke(args=["stratum", "stripe", "report", "--day", day.isoformat()])
    reports.make(day, "job")

    assert told.exit_code == 1
    assert "USD: 4200 here, 3900 at Stripe, in minor units." in told.output
    assert "missing_there: dispute:du_nobody" in told.output
    assert faults(report) == [("missing_there", -700, None), ("missing_here", None, -1000)]
    db.session.rollback()
    kept = db.session.scalars(select(LedgerReport)).one()
    assert (kept.is_right, kept.cause, len(kept.report["differences"])) == (False, "job", 2)
    assert [each.kind for each in factories.mails("help@example.org")] == ["ledger_differs"]


def test_what_one_book_notes_after_midnight_is_no_difference(
    shop: Shop, sandbox: Sandbox, day: Any, clock: Clock
) -> None:
    session = pay_unheard(shop, sandbox)
    clock(NOON + timedelta(days=1))
    checkout.fulfill(session, "return")

    assert reports.make(day, "command").differences == []
    assert reports.make(day + timedelta(days=1), "command").differences == []


def test_a_dispute_that_nobody_booked_shows_with_its_fee(shop: Shop, sandbox: Sandbox, day: Any) -> None:
    session = pay_unheard(shop, sandbox)
    checkout.fulfill(session, "return")
    sandbox.dispute(session)

    assert faults(reports.make(day, "command")) == [
        ("missing_here", None, -4900),
        ("missing_here", None, -1500),
    ]


def test_the_worker_compares_the_day_before_once_a_night(shop: Shop, sandbox: Sandbox, clock: Clock) -> None:
    midnight = datetime(2026, 11, 22, tzinfo=UTC)
    made = []
    for hour in (1, 2, 3):
        clock(midnight + timedelta(hours=hour))
        jobs.nightly()
        db.session.rollback()
        made.append(db.session.scalars(select(LedgerReport.day)).all())

    assert made == [[], [NOON.date()], [NOON.date()]]
