"""Completing a lesson, and the place where the reading stopped."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from progress.models import ReadingPlace, StepCompletion
from tests.conftest import NOON, Clock
from tests.factories import make_user, post, sign_in, steps_of
from tests.lessons.readers import learner, rows

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
