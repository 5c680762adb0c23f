"""The door of every step, on its pages: a closed one says why, what to do, and leads there."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from core.clock import now
from core.database import db, transaction
from core.school import change_school
from courses.models import Module
from enrollment.rules import EndReason, PauseReason
from enrollment.services import end_access, pause_grants
from tests.conftest import NOON, Clock
from tests.counting import statements
from tests.factories import complete, enroll, make_course, make_order, make_user, post, sign_in, steps_of

LESSON = "/learn/skin/lesson-1"


@pytest.fixture
def skin(app: Flask) -> Any:
    return make_course("skin", ("lesson lesson", "lesson! lesson"), price_minor=12900)


@pytest.fixture
def person(app: Flask, client: FlaskClient) -> Any:
    found = make_user()
    sign_in(client, found)
    return found


def end(person: Any, course: Any, reason: str) -> None:
    enroll(person, course, "order")
    with transaction():
        end_access(person.id, course.id, EndReason(reason))
    db.session.rollback()


def told(client: FlaskClient) -> str:
    """What the closed lesson says, on the page of the course."""
    answer = client.get(LESSON, follow_redirects=True)
    assert answer.request.path == "/courses/skin"
    return answer.text


def test_who_is_not_enrolled_is_told_how_to_get_in(client: FlaskClient, person: Any, skin: Any) -> None:
    assert "Step 1 is part of the course. This page says how you get in." in told(client)


def test_who_left_the_checkout_is_led_back_to_it(client: FlaskClient, person: Any, skin: Any) -> None:
    make_order(person, skin, "pending")

    assert "Your checkout is still open" in told(client)


def test_a_checkout_that_has_run_out_is_not_continued(client: FlaskClient, person: Any, skin: Any) -> None:
    make_order(person, skin, "pending", expires_at=now() - timedelta(seconds=1))

    assert "Your checkout is still open" not in told(client)


def test_who_waits_for_the_bank_is_told_that_there_is_nothing_to_do(
    client: FlaskClient, person: Any, skin: Any
) -> None:
    make_order(person, skin, "processing")

    assert "There is nothing for you to do: we write to you." in told(client)


def test_who_got_the_money_back_may_enroll_again(client: FlaskClient, person: Any, skin: Any) -> None:
    end(person, skin, "refund")

    assert "You may enroll again here; what you completed is kept." in told(client)


@pytest.mark.parametrize(("address", "whom"), [("help@example.org", "help@example.org"), ("", "the school")])
def test_who_was_put_out_by_the_school_is_told_whom_to_write_to(
    client: FlaskClient, person: Any, skin: Any, address: str, whom: str
) -> None:
    with transaction():
        change_school({"support_email": address})
    end(person, skin, "admin")

    assert f"Write to {whom} if that seems wrong" in told(client)


def test_an_order_of_somebody_else_says_nothing_here(client: FlaskClient, person: Any, skin: Any) -> None:
    make_order(make_user(), skin, "processing")

    assert "bank" not in told(client)


def test_what_is_sent_to_a_closed_step_is_refused_in_the_same_words(
    client: FlaskClient, person: Any, skin: Any
) -> None:
    make_order(person, skin, "processing")

    answer = post(client, f"{LESSON}/complete")

    assert answer.status_code == 403
    assert "There is nothing for you to do: we write to you." in answer.text
    assert 'href="/courses/skin"' in answer.text


HTML = {  # As Chrome sends it.
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
}


def test_a_form_sent_to_a_step_that_closed_meanwhile_is_led_to_the_way_back_in(
    client: FlaskClient, person: Any, skin: Any
) -> None:
    end(person, skin, "refund")

    answer = post(client, f"{LESSON}/complete", headers=HTML)

    assert (answer.status_code, answer.location) == (303, "/courses/skin")
    page = client.get(answer.location).text
    assert "You may enroll again here; what you completed is kept." in page
    assert "Enroll for 129.00 USD" in page


@pytest.mark.parametrize("accept", ["application/json", "*/*"])
def test_a_script_that_sends_to_a_closed_step_is_refused(
    client: FlaskClient, person: Any, skin: Any, accept: str
) -> None:
    end(person, skin, "refund")

    assert post(client, f"{LESSON}/place", headers={"Accept": accept}).status_code == 403


def test_a_form_sent_to_a_preview_is_refused(client: FlaskClient, person: Any, skin: Any) -> None:
    answer = post(client, "/learn/skin/lesson-3/complete", headers=HTML)

    assert answer.status_code == 403
    assert "what you do in a preview is not kept" in answer.text


def test_where_modules_open_in_turn_the_module_is_named(client: FlaskClient, person: Any) -> None:
    enroll(person, make_course("mods", ("lesson lesson", "lesson", "lesson"), order="modules"))

    second = client.get("/learn/mods/lesson-3", follow_redirects=True)
    third = client.get("/learn/mods/lesson-4", follow_redirects=True)

    assert second.request.path == third.request.path == "/learn/mods/lesson-1"
    assert "Step 3 opens when module 1, “Module 1”, is done. Next: Step 1." in second.text
    assert "Step 4 opens when the modules before it are done. Next: Step 1." in third.text


def test_only_a_closed_door_costs_a_look_at_the_orders(client: FlaskClient, person: Any, skin: Any) -> None:
    enroll(person, skin)
    client.get(LESSON)

    with statements() as inside:
        client.get(LESSON)
    with statements() as preview:
        client.get("/courses/skin/preview/lesson-3")

    assert not [sql for sql in (*inside, *preview) if "orders" in sql]
    assert len(inside) <= 3


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("dispute", "ask your bank to withdraw the dispute"),
        ("payment", "A payment for the course did not arrive in time"),
    ],
)
def test_a_paused_course_says_why_and_how_it_opens_again(
    client: FlaskClient, person: Any, skin: Any, reason: str, words: str
) -> None:
    enroll(person, skin, "order")
    with transaction():
        pause_grants("order", PauseReason(reason))

    page = told(client)

    assert words in page
    assert "Enroll for" not in page


@pytest.mark.parametrize("opens", [{"opens_days": 13}, {"opens_on": date(2026, 12, 4)}])
def test_a_module_that_opens_later_says_on_which_day_everywhere(
    client: FlaskClient, person: Any, clock: Clock, opens: dict[str, Any]
) -> None:
    course = make_course("drip", ("lesson", "lesson"), order="modules")
    with transaction() as session:
        session.execute(update(Module).where(Module.slug == "m2").values(**opens))
    enroll(person, course)
    complete(person, steps_of(course)[0])

    closed = client.get("/learn/drip/lesson-2", follow_redirects=True)
    dashboard = client.get("/dashboard").text

    assert closed.request.path == "/learn/drip"
    assert "Step 2 opens on 4 December 2026." in closed.text
    assert "opens on 4 December 2026</span>" in closed.text
    assert "Opens on 4 December 2026: Step 2</a>" in closed.text
    assert "There is nothing for you to do until your course goes on." in dashboard
    assert "Opens on 4 December 2026." in dashboard
    clock(datetime(2026, 12, 4, tzinfo=UTC))
    sign_in(client, person)
    assert client.get("/learn/drip/lesson-2").status_code == 200


def test_a_course_says_how_long_it_is_open_and_closes_then(
    client: FlaskClient, clock: Clock, app: Flask
) -> None:
    make_course("year", access_months=12)
    person = make_user()
    sign_in(client, person)
    assert "Access for 12 months from the day you enroll" in client.get("/courses/year").text
    post(client, "/courses/year/enroll")
    assert "Open to you until 21 November 2027, 12:00 UTC." in client.get("/learn/year").text

    clock(NOON.replace(year=2027))
    sign_in(client, person)

    closed = client.get("/learn/year/lesson-1", follow_redirects=True)
    assert "Your time in the course is over, and Step 1 closed with it." in closed.text
    assert "Start free" in closed.text
