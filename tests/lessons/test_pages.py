"""The reader's pages: the course's own page, the catalogue's doors, and what a page costs."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core import storage
from core.database import transaction
from courses.models import Module
from lessons.services import find_lesson
from tests.conftest import NOON, Clock
from tests.counting import statements
from tests.factories import add_step, complete, make_course, post, steps_of
from tests.lessons.readers import learner


def test_two_readers_of_one_prerendered_page_see_their_own_values(app: Flask, skin: Any) -> None:
    one, other = learner(app, skin, name="Ada Learner"), learner(app, skin, name="Eve Other")
    complete(one.person, steps_of(skin)[0])

    pages = [client.get("/learn/skin/lesson-2").text for client in (one, other, one)]

    assert ["1 of 4 steps" in page for page in pages] == [True, False, True]
    assert [">AL<" in page for page in pages] == [True, False, True]
    assert [">EO<" in page for page in pages] == [False, True, False]
    tokens = [set(re.findall(r'name="csrf_token" value="([^"]+)"', page)) for page in pages]
    assert not tokens[0] & tokens[1]
    assert not any("\ue000" in page for page in pages)


def test_a_new_version_of_the_course_is_read_at_the_next_request(app: Flask, skin: Any) -> None:
    client = learner(app, skin)
    client.get("/learn/skin/lesson-1")
    with transaction() as session:
        find_lesson("skin/lessons/lesson-1").parts = ["<p>Rewritten.</p>"]
        session.merge(skin).version = 2

    page = client.get("/learn/skin/lesson-1").text

    assert "Rewritten." in page
    assert "Body of" not in page


# ---- the course's own page


def test_the_course_shows_where_to_go_on(app: Flask, skin: Any) -> None:
    client = learner(app, skin)
    assert "Begin: Step 1" in client.get("/learn/skin").text

    post(client, "/learn/skin/lesson-1/complete")

    page = client.get("/learn/skin").text
    assert "Continue: Step 2" in page
    assert "1 of 4 steps" in page
    assert "25%" in page


def test_steps_added_after_completion_are_shown_as_new_and_lower_nothing(app: Flask, clock: Clock) -> None:
    course = make_course("done", ("lesson",))
    client = learner(app, course)
    post(client, "/learn/done/lesson-1/complete")
    clock(NOON + timedelta(hours=1))
    with transaction() as session:
        add_step(course, session.scalars(select(Module)).one(), "lesson")
        session.merge(course).version = 2

    page = client.get("/learn/done").text

    assert "New since you completed it" in page
    assert "100%" in page
    assert "1 new since then" in client.get("/dashboard").text


# ---- the catalogue's doors


def test_a_free_course_is_started_by_a_click_and_the_page_says_so(app: Flask, skin: Any) -> None:
    client = learner(app)
    assert "Start free" in client.get("/courses/skin").text

    answer = post(client, "/courses/skin/enroll", follow_redirects=True)

    assert answer.request.path == "/learn/skin"
    assert "You are in." in answer.text
    assert post(client, "/courses/skin/enroll").status_code == 303
    assert 'href="/learn/skin"' in client.get("/courses/skin").text


def test_a_course_that_costs_money_has_no_back_door(app: Flask) -> None:
    """V11"""
    make_course("paid", price_minor=48900)
    client = learner(app)

    page = client.get("/courses/paid").text
    assert "Start free" not in page
    assert "489.00 USD" in page
    assert post(client, "/courses/paid/enroll").status_code == 503  # No terms, nothing sold.
    assert client.get("/learn/paid").location == "/courses/paid"


def test_a_visitor_who_enrolls_is_asked_to_sign_in_first(client: FlaskClient, skin: Any) -> None:
    answer = post(client, "/courses/skin/enroll", headers={"Referer": "http://127.0.0.1:8000/courses/skin"})

    assert (answer.status_code, answer.location) == (302, "/login?next=%2Fcourses%2Fskin")


def test_optional_steps_are_named_so_and_add_nothing_to_what_a_course_asks_for(
    app: Flask, client: FlaskClient
) -> None:
    course = make_course("skin", ("[quiz] lesson quiz",))

    sales, own = client.get("/courses/skin").text, learner(app, course).get("/learn/skin").text

    assert "1 lesson, 1 quiz" in sales
    assert "20 min" in sales
    assert sales.count("(optional)") == own.count("(optional)") == 1


def test_the_catalogue_lists_courses_and_an_empty_one_says_so(app: Flask, client: FlaskClient) -> None:
    assert "No course yet" in client.get("/courses").text

    make_course("skin", ("lesson lesson quiz",), title="The Skin & Co")

    page = client.get("/courses").text
    assert "The Skin &amp; Co" in page
    assert "2 lessons, 1 quiz" in page


def test_pictures_are_sent_by_their_row_and_may_do_nothing(app: Flask, client: FlaskClient) -> None:
    """V2, V31"""
    make_course("skin", cover="covers/skin.svg")
    make_course("bare")
    storage.media().put("covers/skin.svg", b"<svg/>")

    answer = client.get("/courses/skin/cover", buffered=True)

    assert answer.status_code == 200
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get("/courses/bare/cover").status_code == 404
    assert client.get("/courses/none/cover").status_code == 404
    assert client.get("/authors/none/portrait").status_code == 404


# ---- what pages cost


def test_a_lesson_page_costs_at_most_three_statements(app: Flask, skin: Any) -> None:
    client = learner(app, skin)
    client.get("/learn/skin/lesson-1")

    with statements() as sent:
        client.get("/learn/skin/lesson-1")

    assert len(sent) <= 3, sent


def test_a_lesson_page_costs_the_same_however_long_the_course(app: Flask) -> None:
    course = make_course("long", tuple("lesson lesson lesson lesson" for _ in range(6)))
    client = learner(app, course)
    complete(client.person, *steps_of(course)[:10])
    client.get("/learn/long/lesson-11")

    with statements() as sent:
        client.get("/learn/long/lesson-11")

    assert len(sent) <= 3, sent


def test_a_course_page_costs_at_most_six_statements(app: Flask, skin: Any) -> None:
    client = learner(app, skin)
    client.get("/courses/skin")

    with statements() as sent:
        client.get("/courses/skin")

    assert len(sent) <= 6, sent


def test_a_lesson_is_read_also_when_nothing_can_be_written(
    app: Flask, skin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3: with the disk full, reads go on."""
    from sqlalchemy.exc import OperationalError

    from lessons import views

    client = learner(app, skin)

    def full(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    monkeypatch.setattr(views, "remember_place", full)

    assert client.get("/learn/skin/lesson-1").status_code == 200
    assert post(client, "/learn/skin/lesson-1/place", {"heading": "x"}).status_code == 503
