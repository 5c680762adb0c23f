"""What is done with several enrollments at once, and taken back."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.audit import AuditEntry
from core.database import db, transaction
from enrollment.rules import EndReason
from enrollment.services import is_enrolled, take_back_grants
from tests.factories import enroll, make_course, make_user, post

SELECTED = "/admin/enrollments/selected"


@pytest.fixture
def some(admin: Any) -> tuple[Any, list[Any], list[int]]:
    """A course, two people in it, and the ids of their enrollments."""
    course, people = make_course("first"), [make_user("", name) for name in ("Ada", "Bea")]
    return course, people, [enroll(person, course) for person in people]


def who_is_in(course: Any, people: list[Any]) -> list[bool]:
    db.session.rollback()
    return [is_enrolled(person.id, course.id) for person in people]


def test_what_is_ticked_is_shown_before_anything_is_done(client: FlaskClient, some: Any) -> None:
    course, people, ids = some
    assert f'form="chosen" name="id" value="{ids[0]}"' in client.get("/admin/enrollments").text

    page = client.get(f"{SELECTED}?id={ids[0]}&id=999&id=x").text

    assert "Revoke access of 1" in page
    assert "<b>Ada</b>" in page
    assert "<b>Bea</b>" not in page
    assert who_is_in(course, people) == [True, True]


def test_access_of_several_ends_and_is_given_back(client: FlaskClient, some: Any) -> None:
    course, people, ids = some

    ended = post(client, f"{SELECTED}/revoke", {"id": [*map(str, ids), "999"]})
    assert who_is_in(course, people) == [False, False]
    assert "Give access back: 2" in client.get(ended.location).text
    post(client, f"{SELECTED}/restore", {"id": [str(ids[1])]})

    assert who_is_in(course, people) == [False, True]
    deeds = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(3)).all()
    assert deeds == ["enrollment.reopen", "enrollment.revoke", "enrollment.revoke"]


def test_who_ticks_nobody_is_led_back(client: FlaskClient, some: Any) -> None:
    answer = client.get(SELECTED)

    assert answer.location == "/admin/enrollments"
    assert "Tick the enrollments that you mean first." in client.get(answer.location).text


def test_those_ticked_are_taken_as_a_file(client: FlaskClient, some: Any) -> None:
    ids = some[2]

    lines = client.get(f"{SELECTED}/file.csv?id={ids[1]}").text.splitlines()

    assert [line.partition(",")[0] for line in lines] == ["Name", "Bea"]


def test_what_is_gone_meanwhile_stays_ended_and_the_page_says_so(client: FlaskClient, admin: Any) -> None:
    course, ada = make_course("first"), make_user("", "Ada")
    enrolled = enroll(ada, course, "order", "order:1")
    post(client, f"{SELECTED}/revoke", {"id": str(enrolled)})
    with transaction():
        take_back_grants("order:1", EndReason.REFUND)

    answer = post(client, f"{SELECTED}/restore", {"id": str(enrolled)})

    page = client.get(answer.location).text
    assert "Access given back: 0. For 1 it stays ended" in page
    assert "Stays ended: Paid, for the money went back, or its time is over" in page
    assert "/admin/enrollments/new?email=" in page
    assert who_is_in(course, [ada]) == [False]


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/admin/enrollments?q=Bea&state=active", "/admin/enrollments?q=Bea&amp;state=active"),
        ("//elsewhere.org/admin/enrollments", "/admin/enrollments"),
        ("/admin/orders?q=Bea", "/admin/enrollments"),
    ],
)
def test_the_way_back_leads_to_the_list_as_it_was_asked_for(
    client: FlaskClient, some: Any, asked: str, led: str
) -> None:
    ids = some[2]

    for address in (SELECTED, f"/admin/enrollments/{ids[1]}/revoke"):
        page = client.get(address, query_string={"id": ids[1], "next": asked}).text
        assert f'<a class="btn-text" href="{led}">' in page
        assert f'name="next" value="{led}"' in page


def test_after_an_end_the_list_is_as_it_was(client: FlaskClient, some: Any) -> None:
    ids, asked = some[2], "/admin/enrollments?q=Bea&course=first"
    assert "next=/admin/enrollments?q%3DBea" in client.get(asked).text

    answer = post(client, f"/admin/enrollments/{ids[1]}/revoke", {"next": asked})
    several = post(client, f"{SELECTED}/revoke", {"id": str(ids[0]), "next": asked})

    assert answer.location == asked
    assert (
        "Bea" in client.get(several.location).text.partition("Back to enrollments")[0].rpartition("href=")[2]
    )
