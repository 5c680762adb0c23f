"""The card on a course's page: for each person the one thing to do, or why there is none."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.clock import now
from core.config import Config
from core.database import db, transaction
from core.school import change_school
from courses.models import Step
from enrollment.rules import EndReason, PauseReason
from enrollment.services import end_access, pause_grants
from tests.conftest import make_config
from tests.counting import statements
from tests.factories import enroll, make_course, make_order, make_user, sign_in, steps_of


@pytest.fixture
def paid(app: Flask) -> Any:
    return make_course("paid", ("lesson lesson!",), price_minor=48900)


@pytest.fixture
def free(app: Flask) -> Any:
    return make_course("free")


@pytest.fixture
def person(app: Flask, client: FlaskClient) -> Any:
    found = make_user()
    sign_in(client, found)
    return found


def card(client: FlaskClient, slug: str = "paid") -> str:
    page = client.get(f"/courses/{slug}")
    assert page.status_code == 200
    found = re.search(r'<aside class="buy".*?</aside>', page.text, re.DOTALL)
    assert found
    return found[0]


def buttons(html: str) -> list[str]:
    return re.findall(r"<button[^>]*>(.*?)</button>", html)


def forms(html: str) -> list[tuple[str, ...]]:
    return re.findall(r'<form method="(\w+)" action="([^"]+)"', html)


def end(person: Any, course: Any, reason: str) -> None:
    enroll(person, course, "order")
    with transaction():
        end_access(person.id, course.id, EndReason(reason))
    db.session.rollback()


def test_a_visitor_enrolls_on_the_last_page_before_the_payment(client: FlaskClient, paid: Any) -> None:
    html = card(client)

    assert buttons(html) == ["Enroll for 489.00 USD"]
    assert forms(html) == [("get", "/courses/paid/enroll")]
    assert 'href="/login?next=/courses/paid/enroll"' in html


def test_who_is_signed_in_enrolls_by_one_press(client: FlaskClient, person: Any, paid: Any) -> None:
    html = card(client)

    assert buttons(html) == ["Enroll for 489.00 USD"]
    assert forms(html) == [("post", "/courses/paid/enroll")]


def test_what_the_button_agrees_to_stands_under_it(client: FlaskClient, paid: Any) -> None:
    with transaction():
        change_school({"refund_days": 21, "refund_max_progress": 25})

    html = card(client)

    assert 'href="/legal/terms"' in html
    assert 'href="/legal/refunds"' in html
    assert "(21 days, if you have completed no more than 25&nbsp;% of the course)" in html
    assert "Test payments only: no money moves." in html


def test_a_free_course_starts_free(client: FlaskClient, free: Any) -> None:
    html = card(client, "free")

    assert buttons(html) == ["Start free"]
    assert forms(html) == [("get", "/register")]
    assert '<input type="hidden" name="next" value="/courses/free">' in html
    assert "/legal/" not in html


def test_a_free_course_starts_by_one_press(client: FlaskClient, person: Any, free: Any) -> None:
    html = card(client, "free")

    assert buttons(html) == ["Start free"]
    assert forms(html) == [("post", "/courses/free/enroll")]


def test_who_is_in_goes_on(client: FlaskClient, person: Any, paid: Any) -> None:
    enroll(person, paid, "order")

    html = card(client)

    assert buttons(html) == []
    assert '<a class="btn btn-lg btn-wide" href="/learn/paid">Continue</a>' in html


def test_who_left_the_checkout_goes_on_to_it(client: FlaskClient, person: Any, paid: Any) -> None:
    make_order(person, paid, "pending")

    html = card(client)

    assert buttons(html) == ["Continue to payment"]
    assert forms(html) == [("post", "/courses/paid/enroll")]


def test_who_left_a_checkout_that_has_closed_enrolls_anew(
    client: FlaskClient, person: Any, paid: Any
) -> None:
    make_order(person, paid, "pending", expires_at=now() - timedelta(minutes=1))

    assert buttons(card(client)) == ["Enroll for 489.00 USD"]


def test_who_waits_for_the_bank_cannot_pay_again(client: FlaskClient, person: Any, paid: Any) -> None:
    order = make_order(person, paid, "processing")

    html = card(client)

    assert buttons(html) == []
    assert "Your bank payment is being confirmed." in html
    assert f'href="{order.url}"' in html


def test_who_got_the_money_back_may_enroll_again(client: FlaskClient, person: Any, paid: Any) -> None:
    end(person, paid, "refund")

    html = card(client)

    assert "your progress is kept" in html
    assert buttons(html) == ["Enroll for 489.00 USD"]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("seat", "The team that gave you your seat had its money back."),
        ("gift", "Whoever gave you this course had their money back."),
    ],
)
def test_who_paid_nothing_reads_whose_money_went_back(
    client: FlaskClient, person: Any, paid: Any, kind: str, said: str
) -> None:
    enroll(person, paid, kind)
    with transaction():
        end_access(person.id, paid.id, EndReason.REFUND)

    html = card(client)

    assert said in html
    assert buttons(html) == ["Enroll for 489.00 USD"]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("order", "ask your bank to withdraw the dispute"),
        ("seat", "Ask the team that gave you the seat"),
        ("gift", "Ask whoever gave it to you"),
    ],
)
def test_who_is_to_settle_a_dispute_is_told_so_and_the_others_whom_to_ask(
    client: FlaskClient, person: Any, paid: Any, kind: str, said: str
) -> None:
    enroll(person, paid, kind)
    with transaction():
        pause_grants(kind, PauseReason.DISPUTE)

    html = card(client)

    assert said in html
    assert buttons(html) == []


@pytest.mark.parametrize("slug", ["paid", "free"])
def test_who_was_put_out_by_the_school_is_told_whom_to_write_to(
    client: FlaskClient, person: Any, paid: Any, free: Any, slug: str
) -> None:
    with transaction():
        change_school({"support_email": "help@example.org"})
    end(person, {"paid": paid, "free": free}[slug], "admin")

    html = card(client, slug)

    assert buttons(html) == []
    assert 'href="mailto:help@example.org"' in html


def test_an_order_for_another_course_says_nothing_here(client: FlaskClient, person: Any, paid: Any) -> None:
    make_order(person, make_course("other", price_minor=100), "processing")

    assert buttons(card(client)) == ["Enroll for 489.00 USD"]


def test_a_visitors_page_has_no_session_and_asks_for_no_order(client: FlaskClient, paid: Any) -> None:
    client.get("/courses/paid")

    with statements() as sent:
        page = client.get("/courses/paid")

    assert "Set-Cookie" not in page.headers
    assert not [sql for sql in sent if "orders" in sql or "enrollments" in sql]


def test_the_page_counts_cases_as_cases(client: FlaskClient, app: Flask) -> None:
    course = make_course("mixed", ("lesson lesson quiz quiz",))
    last = steps_of(course)[3].id
    with transaction() as session:
        session.get_one(Step, last).noun = "case"

    page = client.get("/courses/mixed").text

    assert "2 lessons, 1 quiz, 1 case" in page
    assert "Case: Step 4" in page


class TestWithoutPayments:
    """A school that has not set up payments."""

    @pytest.fixture
    def config(self, database_url: str, tmp_path: Path) -> Config:
        return replace(make_config(tmp_path, DATABASE_URL=database_url), stripe_secret_key=None)

    @pytest.mark.parametrize("is_signed_in", [False, True])
    def test_a_paid_course_says_so_and_whom_to_ask(
        self, app: Flask, client: FlaskClient, paid: Any, is_signed_in: bool
    ) -> None:
        with transaction():
            change_school({"support_email": "help@example.org"})
        if is_signed_in:
            sign_in(client, make_user())

        html = card(client)

        assert buttons(html) == []
        assert "Payments are not set up yet." in html
        assert 'href="mailto:help@example.org"' in html

    def test_a_free_course_works(self, client: FlaskClient, free: Any) -> None:
        assert buttons(card(client, "free")) == ["Start free"]

    def test_the_page_before_the_payment_has_no_button(
        self, client: FlaskClient, person: Any, paid: Any
    ) -> None:
        page = client.get("/courses/paid/enroll")

        assert page.status_code == 200
        assert buttons(page.text.partition("<main")[2].partition("</main>")[0]) == []
        assert "ayments are not set up" in page.text
