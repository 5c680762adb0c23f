"""The reader's pages: who gets in, what each sees of the others, what a click keeps, and what a page costs."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core import storage
from core.database import db, transaction
from courses.models import CourseInstructor, Module
from enrollment.services import revoke
from lessons.models import LessonMedia, Reflection
from lessons.services import find_lesson
from progress.models import ReadingPlace, StepCompletion
from tests.conftest import NOON
from tests.counting import statements
from tests.factories import (
    add_step,
    complete,
    enroll,
    make_course,
    make_user,
    post,
    sign_in,
    steps_of,
)

Clock = Callable[[datetime], None]
TEXT = "My own private thoughts <b>"


@pytest.fixture
def skin(app: Flask) -> Any:
    """A free course of two modules, the first lesson of the second a preview."""
    return make_course("skin", ("lesson lesson", "lesson! lesson"))


def learner(app: Flask, *courses: Any, name: str = "Ada Learner") -> FlaskClient:
    person = make_user("", name)
    for course in courses:
        enroll(person, course)
    client = app.test_client()
    client.person = person
    return sign_in(client, person)


def rows(model: Any) -> list[Any]:
    db.session.rollback()
    return list(db.session.scalars(select(model)))


def publish_media(step: Any, name: str = "a.svg", data: bytes = b"<svg/>") -> None:
    key = f"lessons/{step.id}/{name}"
    storage.media().put(key, data)
    with transaction() as session:
        lesson = find_lesson(step.body)
        session.add(LessonMedia(lesson_id=lesson.id, name=name, storage_key=key, mime="image/svg+xml"))


# ---- who gets in


def test_a_visitor_is_asked_to_sign_in_and_comes_back(client: FlaskClient, skin: Any) -> None:
    answer = client.get("/learn/skin/lesson-1")

    assert (answer.status_code, answer.location) == (302, "/login?next=%2Flearn%2Fskin%2Flesson-1")


def test_who_is_not_enrolled_is_led_to_the_course_page(app: Flask, skin: Any) -> None:
    """V11"""
    client = learner(app)

    for path in ("/learn/skin/lesson-1", "/learn/skin"):
        answer = client.get(path)
        assert (answer.status_code, answer.location) == (302, "/courses/skin")
    assert "is part of the course. This page says how you get in" in client.get("/courses/skin").text


def test_who_is_enrolled_reads_the_lesson(app: Flask, skin: Any) -> None:
    page = learner(app, skin).get("/learn/skin/lesson-1")

    assert page.status_code == 200
    assert "Body of lesson-1." in page.text
    assert "<title>Step 1" in page.text
    assert "0 of 4 steps" in page.text


def test_a_teacher_of_the_course_and_an_admin_read_it_and_no_other_teacher(app: Flask, skin: Any) -> None:
    """V4"""
    own, other, admin = (make_user("", "T", role) for role in ("instructor", "instructor", "admin"))
    with transaction() as session:
        session.add(CourseInstructor(course_id=skin.id, user_id=own.id))

    statuses = [
        sign_in(app.test_client(), person).get("/learn/skin/lesson-1").status_code
        for person in (own, other, admin)
    ]

    assert statuses == [200, 302, 200]


def test_what_is_not_there_is_a_404(app: Flask, skin: Any) -> None:
    client = learner(app, skin)

    for path in (
        "/learn/none",
        "/learn/none/lesson-1",
        "/learn/skin/none",
        "/learn/skin/lesson-1/media/none.svg",
    ):
        assert client.get(path).status_code == 404


def test_a_revoked_learner_is_told_and_kept_out_of_every_door(app: Flask, skin: Any) -> None:
    """V38: access is computed at each request, never remembered."""
    client = learner(app)
    number = enroll(client.person, skin)
    assert client.get("/learn/skin/lesson-1").status_code == 200
    with transaction():
        revoke(number, client.person.id)

    answer = client.get("/learn/skin/lesson-1", follow_redirects=True)

    assert answer.request.path == "/courses/skin"
    assert "The school has ended your access to this course" in answer.text
    page = client.get("/courses/skin").text
    assert "The school has ended your access to this course" in page
    assert "Start free" not in re.sub(r"<header.*?</header>", "", page, flags=re.DOTALL)
    assert post(client, "/courses/skin/enroll").status_code == 409
    for door in ("lesson-1", "lesson-3"):  # The second is a preview.
        for deed in ("complete", "place", "reflections/why"):
            assert post(client, f"/learn/skin/{door}/{deed}", {"text": "x"}).status_code == 403
    assert [row.step_id for row in rows(StepCompletion)] == []


@pytest.mark.parametrize("deed", ["complete", "place", "reflections/why", "checks/q1"])
def test_no_door_of_a_lesson_opens_to_who_is_not_enrolled(app: Flask, skin: Any, deed: str) -> None:
    """V7, V11"""
    client = learner(app)

    answer = post(client, f"/learn/skin/lesson-1/{deed}", {"text": "x", "heading": "second-part"})

    assert answer.status_code == 403
    assert rows(StepCompletion) == []
    assert rows(Reflection) == []
    assert rows(ReadingPlace) == []


# ---- order


def test_a_step_that_waits_leads_to_the_one_that_opens_it_and_says_so(app: Flask) -> None:
    client = learner(app, make_course("strict", ("lesson lesson lesson",), order="strict"))

    answer = client.get("/learn/strict/lesson-3", follow_redirects=True)

    assert answer.request.path == "/learn/strict/lesson-1"
    assert "Step 3 opens when Step 1 is done." in answer.text
    assert post(client, "/learn/strict/lesson-3/complete").status_code == 403
    post(client, "/learn/strict/lesson-1/complete")
    assert client.get("/learn/strict/lesson-2").status_code == 200


def test_a_module_waits_for_the_module_before(app: Flask) -> None:
    client = learner(app, make_course("mods", ("lesson lesson", "lesson"), order="modules"))

    assert client.get("/learn/mods/lesson-2").status_code == 200
    assert client.get("/learn/mods/lesson-3").location == "/learn/mods/lesson-1"


# ---- previews


def test_anyone_reads_a_preview_lesson_and_its_figures(client: FlaskClient, skin: Any) -> None:
    publish_media(steps_of(skin)[2])

    page = client.get("/courses/skin/preview/lesson-3")
    figure = client.get("/courses/skin/preview/lesson-3/media/a.svg", buffered=True)

    assert page.status_code == 200
    assert "Body of lesson-3." in page.text
    assert "<textarea" not in page.text
    assert (figure.status_code, figure.data) == (200, b"<svg/>")


def test_no_other_lesson_is_a_preview(client: FlaskClient, skin: Any) -> None:
    """V11"""
    publish_media(steps_of(skin)[0])

    for path in ("/courses/skin/preview/lesson-1", "/courses/skin/preview/lesson-1/media/a.svg"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "Body of" not in answer.text


def test_a_preview_lesson_of_the_course_leads_who_is_not_in_it_to_the_preview(app: Flask, skin: Any) -> None:
    """Nothing can be kept there, so no form may stand there."""
    client = learner(app)

    answer = client.get("/learn/skin/lesson-3")

    assert (answer.status_code, answer.location) == (302, "/courses/skin/preview/lesson-3")


def test_a_course_whose_first_lesson_is_a_preview_is_still_closed(app: Flask) -> None:
    make_course("open", ("lesson! lesson",))

    assert learner(app).get("/learn/open").location == "/courses/open"


# ---- media


def test_a_figure_is_sent_to_those_who_may_read_its_lesson(
    app: Flask, client: FlaskClient, skin: Any
) -> None:
    """V11, V2"""
    publish_media(steps_of(skin)[0])
    path = "/learn/skin/lesson-1/media/a.svg"

    inside = learner(app, skin).get(path, buffered=True)

    assert (inside.status_code, inside.data) == (200, b"<svg/>")
    assert inside.headers["X-Content-Type-Options"] == "nosniff"
    assert inside.headers["Cache-Control"] == "private, no-store"
    assert learner(app).get(path).status_code == 403
    assert client.get(path).status_code == 302


@pytest.mark.parametrize(
    "name", ["..%2F..%2Fsettings.env", "%2e%2e/settings.env", "a.svg%00", "../lesson-2/media/a.svg"]
)
def test_a_figure_is_found_by_its_row_and_never_by_a_path(app: Flask, skin: Any, name: str) -> None:
    """V31"""
    answer = learner(app, skin).get(f"/learn/skin/lesson-1/media/{name}")

    assert answer.status_code in (400, 404)


# ---- completing


def test_mark_complete_goes_on_to_the_next_step_and_at_the_end_to_the_course(app: Flask, skin: Any) -> None:
    client = learner(app, skin)

    targets = []
    for number in range(1, 5):
        answer = post(client, f"/learn/skin/lesson-{number}/complete")
        targets.append((answer.status_code, answer.location))

    assert targets == [
        (303, "/learn/skin/lesson-2"),
        (303, "/learn/skin/lesson-3"),
        (303, "/learn/skin/lesson-4"),
        (303, "/learn/skin"),
    ]
    assert len(rows(StepCompletion)) == 4
    assert "You completed this course" in client.get("/learn/skin").text


def test_a_double_click_completes_once(app: Flask, skin: Any) -> None:
    """R16"""
    client = learner(app, skin)

    answers = [post(client, "/learn/skin/lesson-1/complete") for _ in range(2)]

    assert [answer.location for answer in answers] == ["/learn/skin/lesson-2"] * 2
    assert len(rows(StepCompletion)) == 1
    assert "You completed this lesson" in client.get("/learn/skin/lesson-1").text


def test_a_get_completes_nothing(app: Flask, skin: Any) -> None:
    """V20"""
    client = learner(app, skin)

    assert client.get("/learn/skin/lesson-1/complete").status_code == 405
    assert rows(StepCompletion) == []


def test_an_admin_who_looks_in_leaves_no_trace(app: Flask, skin: Any) -> None:
    client = sign_in(app.test_client(), make_user("", "Ida", "admin"))

    client.get("/learn/skin/lesson-1")
    post(client, "/learn/skin/lesson-1/place", {"heading": "second-part"})
    post(client, "/learn/skin/lesson-1/complete")

    assert rows(StepCompletion) == []
    assert rows(ReadingPlace) == []


# ---- places


def test_a_reader_who_comes_back_is_told_where_the_reading_stopped(
    app: Flask, skin: Any, clock: Clock
) -> None:
    client = learner(app, skin)
    client.get("/learn/skin/lesson-1")
    assert post(client, "/learn/skin/lesson-1/place", {"heading": "second-part"}).status_code == 204
    clock(NOON + timedelta(minutes=5))
    assert "Welcome back" not in client.get("/learn/skin/lesson-1").text
    clock(NOON + timedelta(days=2))

    page = sign_in(app.test_client(), client.person).get("/learn/skin/lesson-1").text  # Another device.

    assert "Welcome back" in page
    assert '<a href="#second-part">Second part</a> on Saturday' in page
    assert "About 4 minutes left" in page


@pytest.mark.parametrize("heading", ["first-part", "unknown", "", "x" * 5000, '"><script>', "nul\x00"])
def test_a_strange_place_breaks_nothing(app: Flask, skin: Any, clock: Clock, heading: str) -> None:
    client = learner(app, skin)

    assert post(client, "/learn/skin/lesson-1/place", {"heading": heading}).status_code in (204, 400)

    clock(NOON + timedelta(days=2))
    sign_in(client, client.person)
    page = client.get("/learn/skin/lesson-1").text
    assert "Welcome back" not in page
    assert "<script>" not in page
    assert client.get("/dashboard").status_code == 200


def test_opening_a_lesson_moves_the_place_and_opening_it_again_writes_nothing(app: Flask, skin: Any) -> None:
    client = learner(app, skin)
    client.get("/learn/skin/lesson-1")
    post(client, "/learn/skin/lesson-1/place", {"heading": "second-part"})
    client.get("/learn/skin/lesson-1")
    assert [(row.step_id, row.heading) for row in rows(ReadingPlace)] == [
        (steps_of(skin)[0].id, "second-part")
    ]

    client.get("/learn/skin/lesson-2")

    assert [row.step_id for row in rows(ReadingPlace)] == [steps_of(skin)[1].id]


def test_a_place_needs_its_token(app: Flask, skin: Any) -> None:
    """V20"""
    client = learner(app, skin)

    assert client.post("/learn/skin/lesson-1/place", data={"heading": "x"}).status_code == 400


def test_the_page_hands_its_script_the_address_and_the_token_of_the_place(app: Flask, skin: Any) -> None:
    client = learner(app, skin)
    page = client.get("/learn/skin/lesson-1").text

    address = re.search(r'data-place-url="([^"]+)"', page)
    token = re.search(r'data-csrf-token="([^"]+)"', page)
    assert address
    assert token
    answer = client.post(address[1], data={"heading": "second-part", "csrf_token": token[1]})
    assert answer.status_code == 204


# ---- private answers


def test_an_answer_is_shown_to_who_wrote_it_and_to_nobody_else(app: Flask, skin: Any) -> None:
    """V3, V1"""
    one, other = learner(app, skin), learner(app, skin, name="Eve Other")
    admin = sign_in(app.test_client(), make_user("", "Ida", "admin"))

    answer = post(one, "/learn/skin/lesson-1/reflections/why", {"text": TEXT})

    assert (answer.status_code, answer.location) == (303, "/learn/skin/lesson-1#reflect-why")
    assert "My own private thoughts &lt;b&gt;" in one.get("/learn/skin/lesson-1").text
    for stranger in (other, admin):
        assert "private thoughts" not in stranger.get("/learn/skin/lesson-1").text
    assert "private thoughts" not in one.get("/learn/skin/lesson-2").text


def test_each_private_answer_says_that_no_client_belongs_in_it(app: Flask, skin: Any) -> None:
    page = learner(app, skin).get("/learn/skin/lesson-1").text

    assert 'aria-describedby="hint-why"' in page
    assert "No names or photographs of clients" in page


def test_one_learner_cannot_change_anothers_answer(app: Flask, skin: Any) -> None:
    """V3"""
    one, other = learner(app, skin), learner(app, skin)
    post(one, "/learn/skin/lesson-1/reflections/why", {"text": TEXT})

    post(other, "/learn/skin/lesson-1/reflections/why", {"text": "", "user_id": one.person.id})

    assert [(row.user_id, row.text) for row in rows(Reflection)] == [(one.person.id, TEXT)]


def test_a_prompt_that_the_lesson_does_not_have_is_a_404_and_too_much_text_a_422(
    app: Flask, skin: Any
) -> None:
    client = learner(app, skin)

    assert post(client, "/learn/skin/lesson-1/reflections/none", {"text": "x"}).status_code == 404
    assert post(client, "/learn/skin/lesson-1/checks/none", {"text": "x"}).status_code == 404
    assert post(client, "/learn/skin/lesson-1/reflections/why", {"text": "x" * 10_001}).status_code == 422


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
