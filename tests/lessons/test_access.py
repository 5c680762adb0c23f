"""Who gets into a lesson, in which order, by which door; and to its figures."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.database import transaction
from courses.models import CourseInstructor
from enrollment.services import revoke
from lessons.models import Reflection
from progress.models import ReadingPlace, StepCompletion
from tests.factories import enroll, make_course, make_user, post, sign_in, steps_of
from tests.lessons.readers import learner, publish_media, rows

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
