"""The admin's enrollments: the list, its export, enrolling by hand, revoking."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.audit import AuditEntry
from core.database import db
from core.outbox import OutboxMail
from enrollment.services import find_enrollment, grants_of, is_enrolled
from tests.admin.orders import next_page
from tests.conftest import NOON, Clock
from tests.counting import statements
from tests.factories import complete, enroll, make_course, make_user, post, steps_of


def names(html: str, everybody: tuple[str, ...]) -> list[str]:
    """Which of these people a page shows, in its order."""
    table = html.partition("<tbody>")[2].partition("</tbody>")[0]
    return sorted(
        (name for name in everybody if f">{name}<" in table), key=lambda name: table.index(f">{name}<")
    )


@pytest.fixture
def three(admin: Any, clock: Clock) -> tuple[Any, Any]:
    """Two courses and three learners: Ada active in the first, Bea finished it, Cem revoked from the second."""
    from core.database import transaction
    from enrollment.services import revoke

    first, second = make_course("first", title="First course"), make_course("second", title="Second course")
    ada, bea, cem = (make_user(f"{n.lower()}@example.org", f"{n} Learner") for n in ("Ada", "Bea", "Cem"))
    enroll(ada, first)
    clock(NOON + timedelta(hours=1))
    enroll(bea, first)
    complete(bea, *steps_of(first))
    clock(NOON + timedelta(hours=2))
    ended = enroll(cem, second)
    with transaction():
        revoke(ended, admin.id)
    return first, second


WHY = {"note": "Scholarship 2026"}
THREE = ("Ada Learner", "Bea Learner", "Cem Learner")


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["Cem Learner", "Bea Learner", "Ada Learner"]),
        ("?q=BEA", ["Bea Learner"]),
        ("?q=learner+cem", ["Cem Learner"]),
        ("?q=ada%40example", ["Ada Learner"]),
        ("?q=%25", []),
        ("?state=active", ["Ada Learner"]),
        ("?state=finished", ["Bea Learner"]),
        ("?state=revoked", ["Cem Learner"]),
        ("?course=first", ["Bea Learner", "Ada Learner"]),
        ("?course=first&state=revoked", []),
        ("?sort=name", ["Ada Learner", "Bea Learner", "Cem Learner"]),
        ("?sort=started", ["Ada Learner", "Bea Learner", "Cem Learner"]),
        ("?sort=-name&state=active", ["Ada Learner"]),
        ("?state=paused", []),
        ("?sort=password%3B--&state=nonsense&page=x", ["Cem Learner", "Bea Learner", "Ada Learner"]),
    ],
)
def test_the_list_is_searched_filtered_and_sorted_by_its_address(
    client: FlaskClient, three: object, query: str, shown: list[str]
) -> None:
    page = client.get(f"/admin/enrollments{query}")

    assert page.status_code == 200
    assert names(page.text, THREE) == shown


def test_progress_is_in_each_row_and_the_page_costs_few_statements(
    client: FlaskClient, three: object
) -> None:
    client.get("/admin/enrollments")

    with statements() as sent:
        page = client.get("/admin/enrollments").text

    assert 'aria-label="Bea Learner: 100 percent"' in page
    assert 'aria-label="Ada Learner: 0 percent"' in page
    assert len(sent) <= 5, sent  # the reader, the courses, how many, which, and what is known of them


def test_a_learner_is_found_by_the_number_of_the_certificate(client: FlaskClient, three: object) -> None:
    from certificates.models import Certificate

    number = db.session.scalar(select(Certificate.id))
    assert number

    page = client.get(f"/admin/enrollments?q={number[:4].lower()}-{number[4:]}").text

    assert names(page, THREE) == ["Bea Learner"]


def test_pages_hold_everybody_once_and_keep_the_filters(client: FlaskClient, admin: Any) -> None:
    course = make_course("many")
    for n in range(27):
        enroll(make_user(f"learner{n}@example.org", f"Learner {n:02d}"), course)

    first = client.get("/admin/enrollments?course=many&sort=name").text
    second = client.get(next_page(first)).text

    assert "27 enrollments, by name." in first
    assert "course=many&sort=name&after=" in next_page(first)
    assert "Learner 24" in first
    assert "Learner 25" not in first
    assert "Learner 25" in second
    assert "Learner 24" not in second
    assert 'rel="next"' not in second


def test_the_export_holds_the_same_filter_with_cells_that_are_safe(client: FlaskClient, three: Any) -> None:
    enroll(make_user("eve@example.org", '=HYPERLINK("http://evil.example")'), three[0])

    answer = client.get("/admin/enrollments.csv?course=first&sort=name")

    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert sorted(row["Name"] for row in rows) == [
        '\'=HYPERLINK("http://evil.example")',
        "Ada Learner",
        "Bea Learner",
    ]
    bea = next(row for row in rows if row["Name"] == "Bea Learner")
    assert (bea["State"], bea["Progress in percent"], bea["Enrolled"]) == (
        "Finished",
        "100",
        "2026-11-21 13:00",
    )
    assert len(bea["Certificate"]) == 20


def test_who_took_an_export_is_in_the_trail(client: FlaskClient, admin: Any) -> None:
    client.get("/admin/enrollments.csv?q=ada").get_data()

    entry = db.session.scalar(select(AuditEntry).filter_by(action="enrollment.export"))
    assert entry
    assert entry.actor_id == admin.id
    assert entry.detail["q"] == "ada"


def test_an_admin_enrolls_a_learner_by_hand(client: FlaskClient, admin: Any) -> None:
    learner, course = make_user("ada@example.org", "Ada Learner"), make_course("paid", price_minor=48900)

    answer = post(client, "/admin/enrollments/new", {"email": " ADA@example.org ", "course": "paid", **WHY})

    found = find_enrollment(learner.id, course.id)
    assert found
    assert [(each.kind, each.granted_by, each.note) for each in grants_of(learner.id, course.id)] == [
        ("admin", admin.id, "Scholarship 2026")
    ]
    assert "Ada Learner is enrolled in Course paid." in client.get(answer.location).text
    told = db.session.scalars(select(OutboxMail).filter_by(kind="enrolled_by_school")).one()
    assert (told.to_address, told.subject) == ("ada@example.org", "You are enrolled in Course paid")


def test_a_last_day_is_the_whole_of_it_and_the_learner_is_told(client: FlaskClient, admin: Any) -> None:
    learner, course = make_user("ada@example.org", "Ada Learner"), make_course("paid")
    fields = {"email": "ada@example.org", "course": "paid", "last_day": "2026-12-24", **WHY}

    post(client, "/admin/enrollments/new", fields)

    (grant,) = grants_of(learner.id, course.id)
    assert grant.ends_at == datetime(2026, 12, 25, tzinfo=UTC)
    told = db.session.scalars(select(OutboxMail).filter_by(kind="enrolled_by_school")).one()
    assert "open to you until the end of 24 December 2026" in told.text
    assert "Scholarship" not in told.text


def test_enrolling_twice_says_so_and_changes_nothing(client: FlaskClient, admin: Any) -> None:
    learner, course = make_user("ada@example.org", "Ada Learner"), make_course("paid")
    enroll(learner, course)

    answer = post(client, "/admin/enrollments/new", {"email": "ada@example.org", "course": "paid", **WHY})

    assert answer.status_code == 422
    assert "Ada Learner is enrolled in Course paid already." in answer.text
    assert "<title>Error: " in answer.text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"email": "nobody@example.org", "course": "paid"},
            "Nobody has an account with the address nobody@example.org",
        ),
        ({"email": "", "course": "paid"}, "Enter the learner&#39;s email address"),
        ({"email": "no address", "course": "paid"}, "email-error"),
        ({"email": "sam@example.org", "course": ""}, "Choose a course"),
        ({"email": "sam@example.org", "course": "no-such"}, "course-error"),
        ({"email": "sam@example.org", "course": "paid", "note": " "}, "Enter why you let them in"),
        (
            {"email": "sam@example.org", "course": "paid", "last_day": "2026-11-20"},
            "a day that is not over yet",
        ),
        ({"email": "sam@example.org", "course": "paid", "last_day": "soon"}, "last_day-error"),
    ],
)
def test_a_wrong_form_comes_back_with_what_is_wrong(
    client: FlaskClient, admin: Any, fields: dict[str, str], said: str
) -> None:
    make_course("paid")

    answer = post(client, "/admin/enrollments/new", {**WHY, **fields})

    assert answer.status_code == 422
    assert said in answer.text
    assert "There is a problem" in answer.text


def test_revoking_asks_first_then_ends_access_and_keeps_the_record(client: FlaskClient, admin: Any) -> None:
    learner, course = make_user("ada@example.org", "Ada Learner"), make_course("paid")
    number = enroll(learner, course)

    asked = client.get(f"/admin/enrollments/{number}/revoke")
    assert "Ada Learner" in asked.text
    assert is_enrolled(learner.id, course.id)
    db.session.rollback()
    post(client, f"/admin/enrollments/{number}/revoke")

    assert not is_enrolled(learner.id, course.id)
    entry = db.session.scalar(select(AuditEntry).filter_by(action="enrollment.revoke"))
    assert entry
    assert (entry.actor_id, entry.subject) == (admin.id, f"enrollment:{number}")


def test_what_does_not_exist_is_not_found(client: FlaskClient, admin: Any) -> None:
    assert client.get("/admin/enrollments/999/revoke").status_code == 404


def test_the_command_enrolls_and_says_what_it_did(app: Flask) -> None:
    learner, course = make_user("ada@example.org"), make_course("paid")
    run = app.test_cli_runner()

    first = run.invoke(args=["stratum", "enroll", "ada@example.org", "paid", "--note", "Scholarship"])
    second = run.invoke(args=["stratum", "enroll", "ada@example.org", "paid", "--note", "Scholarship"])
    stranger = run.invoke(args=["stratum", "enroll", "nobody@example.org", "paid", "--note", "Scholarship"])

    assert (first.exit_code, first.output) == (0, "ada@example.org is enrolled in Course paid.\n")
    assert "already" in second.output
    assert second.exit_code == 0
    assert stranger.exit_code == 1
    assert is_enrolled(learner.id, course.id)
