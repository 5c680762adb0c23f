"""The admin's reports: what stands in each, on screen and as a file."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from admin import figures
from admin.reports import REPORTS
from certificates.services import certificates_of, revoke
from core.audit import AuditEntry
from core.database import db, transaction
from tests.admin.orders import next_page
from tests.conftest import NOON, Clock
from tests.factories import complete, enroll, make_course, make_order, make_user, steps_of


@pytest.fixture
def school(admin: Any, clock: Clock) -> None:
    """In October Ada paid for the first course and completed it; in November Bea began, paid, and got a part back."""
    first, second = make_course("first", title="First course"), make_course("second", title="Second course")
    ada, bea = make_user("ada@example.org", "Ada Learner"), make_user("bea@example.org", "=Bea")
    before = NOON - timedelta(days=40)
    clock(before)
    enroll(ada, first)
    complete(ada, *steps_of(first))
    make_order(ada, first, amount_minor=4900, livemode=True, paid_at=before, tax_minor=782)
    clock(NOON)
    enroll(bea, second)
    back = {"refunded_minor": 400, "refunded_at": NOON, "coupon_code": "SPRING", "discount_minor": 100}
    make_order(bea, second, "partly_refunded", amount_minor=900, livemode=True, paid_at=NOON, **back)
    with transaction():
        revoke(certificates_of(ada.id)[0].id, "A mistake")
    figures.count_all()


FULL = "?from=2026-10-01&to=2026-11-21"


def rows(client: FlaskClient, key: str, query: str = FULL) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(f"/admin/reports/{key}.csv{query}").text)))


COLUMNS = {
    "enrollments": ("Name", "Course", "State", "Ended"),
    "progress": ("Name", "Course", "Progress in percent", "Finished"),
    "completions": ("Name", "Course", "Completed", "Time"),
    "certificates": ("Holder", "Course", "Revoked", "Reason"),
    "contact-hours": ("Holder", "Course", "Contact hours", "Revoked"),
    "revenue-by-course": ("Course", "Currency", "Paid", "Tax in it", "Net", "Given back so far"),
    "revenue-by-code": ("Code", "Currency", "Taken off", "Paid", "Given back so far"),
    "revenue-by-month": ("Month", "Currency", "Paid", "Tax in it", "Net", "Refunded"),
}
DONE = "2026-10-12 12:00"


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("enrollments", [("'=Bea", "Second course", "Active", ""), ("Ada Learner", "First course", "Finished", "")]),
        ("progress", [("'=Bea", "Second course", "0", ""), ("Ada Learner", "First course", "100", DONE)]),
        ("completions", [("Ada Learner", "First course", DONE, "1")]),
        ("certificates", [("Ada Learner", "First course", "2026-11-21 12:00", "A mistake")]),
        ("contact-hours", [("Ada Learner", "First course", "0", "2026-11-21 12:00")]),
        ("revenue-by-course", [
            ("First course", "USD", "49.00", "7.82", "41.18", "0.00"),
            ("Second course", "USD", "9.00", "", "", "4.00"),
        ]),
        ("revenue-by-code", [("SPRING", "USD", "1.00", "9.00", "4.00")]),
        ("revenue-by-month", [
            ("2026-10", "USD", "49.00", "7.82", "41.18", "0.00"),
            ("2026-11 (days 1 to 21)", "USD", "9.00", "", "", "4.00"),
        ]),
    ],
)  # fmt: skip
def test_each_report_holds_its_rows(
    client: FlaskClient, school: None, key: str, found: list[tuple[str, ...]]
) -> None:
    assert [tuple(row[column] for column in COLUMNS[key]) for row in rows(client, key)] == found
    assert client.get(f"/admin/reports/{key}{FULL}").text.count('<th scope="row">') == len(found)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?course=first", ["Ada Learner"]), ("?q=bea", ["'=Bea"]), ("?from=2026-11-01", ["'=Bea"]),
        ("?to=2026-10-12", ["Ada Learner"]), ("?to=2026-10-11", []), ("?from=x&course=x", ["'=Bea", "Ada Learner"]),
    ],
)  # fmt: skip
def test_a_report_is_narrowed_by_its_address(
    client: FlaskClient, school: None, query: str, names: list[str]
) -> None:
    assert [row["Name"] for row in rows(client, "enrollments", query)] == names


def test_there_is_a_page_for_each_report_and_for_no_other(client: FlaskClient, admin: Any) -> None:
    index = client.get("/admin/reports").text

    assert all(f'href="/admin/reports/{key}"' in index for key in REPORTS)
    assert client.get("/admin/reports/salaries").status_code == 404
    assert client.get("/admin/reports/salaries.csv").status_code == 404


def test_revenue_is_told_by_coupon(client: FlaskClient, admin: Any) -> None:
    course, off = make_course("first"), {"coupon_code": "SPRING", "discount_minor": 100, "paid_at": NOON}
    for price in (900, 800):
        make_order(make_user(), course, amount_minor=price, livemode=True, **off)
    make_order(make_user(), course, paid_at=NOON)

    found = [
        (row["Code"], row["Orders"], row["Taken off"], row["Paid"]) for row in rows(client, "revenue-by-code")
    ]

    assert found == [("SPRING", "2", "2.00", "17.00")]


def test_a_long_report_goes_on_and_who_took_it_is_in_the_trail(client: FlaskClient, admin: Any) -> None:
    course = make_course("many")
    for n in range(26):
        enroll(make_user(f"learner{n}@example.org", f"Learner {n:02d}"), course)

    first = client.get("/admin/reports/enrollments?course=many").text
    second = client.get(next_page(first)).text
    assert [page.count('<th scope="row">') for page in (first, second)] == [25, 1]
    assert len(rows(client, "enrollments", "")) == 26

    entry = db.session.scalar(select(AuditEntry).filter_by(action="report.export"))
    assert entry
    assert (entry.subject, entry.actor_id) == ("report:enrollments", admin.id)
