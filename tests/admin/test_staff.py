"""What support and finance may do, and what only an admin may."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.database import transaction
from core.mail import queue
from enrollment.rules import GrantKind, PauseReason
from enrollment.services import enroll as let_in
from enrollment.services import pause_grants
from tests.admin.test_pages import roles_of
from tests.conftest import NOON
from tests.factories import enroll, make_course, make_order, make_user, post, sign_in

LATER = NOON + timedelta(days=30)


def staff(client: FlaskClient, role: str) -> Any:
    """Somebody on the staff, signed in."""
    user = make_user(f"{role}@example.org", f"{role.capitalize()} Person", role)
    sign_in(client, user)
    return user


def tabs(page: str) -> list[str]:
    """The parts of the admin that its navigation shows."""
    shown = page.partition('aria-label="Admin"')[2].partition("</nav>")[0]
    return [part.partition("</a>")[0].rpartition(">")[2] for part in shown.split("<a ")[1:]]


@pytest.mark.parametrize(
    ("role", "path", "shown"),
    [
        ("support", "/admin", ["Overview", "Learners", "Reports", "Upkeep"]),
        (
            "support",
            "/admin/enrollments",
            ["Overview", "Learners", "Reports", "Upkeep", "People", "Enrollments", "Cohorts", "Seats"],
        ),
        ("support", "/admin/mail", ["Overview", "Learners", "Reports", "Upkeep"]),
        ("finance", "/admin", ["Overview", "Sales", "Offers", "Reports", "Upkeep"]),
        (
            "finance",
            "/admin/events",
            ["Overview", "Sales", "Offers", "Reports", "Upkeep", "Reconcile", "Events"],
        ),
    ],
)
def test_the_navigation_shows_what_the_role_may_see(
    client: FlaskClient, role: str, path: str, shown: list[str]
) -> None:
    staff(client, role)

    page = client.get(path).text

    assert tabs(page) == shown
    assert ('href="/studio"' in page, 'href="/admin"' in page) == (False, True)


def test_support_sees_a_person_without_their_money_and_gives_no_roles(client: FlaskClient) -> None:
    learner, course = make_user("ada@example.org", "Ada Learner"), make_course("first", title="First course")
    enroll(learner, course)
    make_order(learner, course, "paid", number="THE-ORDER")
    staff(client, "support")

    page = client.get(f"/admin/people/{learner.id}").text

    assert "First course" in page
    assert "Close this account" in page
    assert "THE-ORDER" not in page
    assert "Give<" not in page


def test_support_does_not_close_accounts_of_the_staff(client: FlaskClient) -> None:
    teacher, learner = make_user("", "Tea Teacher", "instructor"), make_user("", "Ada Learner")
    staff(client, "support")

    refused = post(client, f"/admin/people/{teacher.id}/close")

    assert refused.status_code == 403
    assert "only an admin" in refused.text
    assert "Close this account" not in client.get(f"/admin/people/{teacher.id}").text
    assert post(client, f"/admin/people/{learner.id}/close").status_code == 303


def test_finance_reads_an_order_without_ways_to_people_and_mails(client: FlaskClient) -> None:
    learner = make_user("ada@example.org", "Ada Learner")
    make_order(learner, make_course("first"), "paid", number="THE-ORDER")
    staff(client, "finance")

    pages = client.get("/admin/orders/THE-ORDER").text + client.get("/admin/orders").text

    assert "Ada Learner" in pages
    assert "/admin/people/" not in pages
    assert "/admin/mail/" not in pages


@pytest.mark.parametrize("role", ["support", "finance"])
def test_an_admin_gives_and_takes_the_roles_of_the_staff(client: FlaskClient, admin: Any, role: str) -> None:
    person = make_user("", "Sue Person")

    post(client, f"/admin/people/{person.id}/roles/{role}/grant")
    assert roles_of(person) == {"learner", role}
    post(client, f"/admin/people/{person.id}/roles/{role}/revoke")

    assert roles_of(person) == {"learner"}


def test_a_persons_page_says_why_they_are_in_what_was_mailed_and_where_they_are_signed_in(
    app: Flask, client: FlaskClient, admin: Any
) -> None:
    learner, course = make_user("ada@example.org", "Ada Learner"), make_course("first", title="First course")
    other = make_course("second", title="Second course")
    order = make_order(learner, course, "paid")
    with transaction():
        let_in(learner.id, course.id, GrantKind.ORDER, source="order", order_id=order.id)
        let_in(
            learner.id, other.id, GrantKind.ADMIN, granted_by=admin.id, note="Scholarship 2026", ends_at=LATER
        )
        pause_grants("order", PauseReason.DISPUTE)
        queue("reset_password", learner.email, {"name": "Ada", "path": "/reset/x"})
    sign_in(app.test_client(), learner)

    page = " ".join(client.get(f"/admin/people/{learner.id}").text.split())

    assert (
        '<span class="badge warn">Paused</span>'
        in page.partition('id="courses"')[2].partition("</section>")[0]
    )
    why = page.partition("What lets them in")[2].partition("</section>")[0]
    assert f"/admin/orders/{order.number}" in why
    assert "the payment is disputed" in why
    assert "Enrolled by hand, Sam Rivera" in why
    assert "Scholarship 2026" in why
    assert "21 Dec 2026, 12:00" in why
    assert "Set a new password" in page.partition(">Mails<")[2].partition("</section>")[0]
    assert "since 21 Nov 2026, 12:00" in page.partition(">Signed in<")[2].partition("</section>")[0]
