"""Groups on a course's page: choosing one, waiting for one, and the way on."""

from datetime import date
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from core.database import db, transaction
from enrollment.cohorts.models import Cohort
from enrollment.services import is_enrolled
from tests.conftest import Clock
from tests.factories import make_course, make_user, post, sign_in


def make_cohort(course: Any, **columns: Any) -> str:
    with transaction() as session:
        cohort = Cohort(course_id=course.id, **{"name": "Spring", "starts_on": date(2026, 12, 4), **columns})
        session.add(cohort)
        session.flush()
        return f"/courses/{course.slug}/groups/{cohort.id}"


def test_a_free_course_begins_with_the_group_and_opens_on_its_day(
    client: FlaskClient, clock: Clock, app: Flask
) -> None:
    course, person = make_course("skin"), make_user()
    spring = make_cohort(course, places=1)
    assert "1 place is free" in client.get("/courses/skin").text
    sign_in(client, person)
    assert post(client, "/courses/skin/enroll").location == "/courses/skin"
    assert not is_enrolled(person.id, course.id)

    assert post(client, spring).location == "/learn/skin"

    closed = client.get("/learn/skin/lesson-1", follow_redirects=True)
    assert closed.request.path == "/learn/skin"
    assert "Step 1 opens on 4 December 2026, when your group begins." in closed.text
    assert "Opens on 4 December 2026." in client.get("/dashboard").text


def test_who_finds_a_group_full_waits_and_may_leave_the_line(
    client: FlaskClient, clock: Clock, app: Flask
) -> None:
    course = make_course("skin", price_minor=100)
    spring = make_cohort(course, places=1)
    first, person = make_user(), make_user()
    sign_in(client, first)
    assert post(client, spring).location == "/courses/skin/enroll"
    assert client.get("/courses/skin/enroll").status_code == 200
    sign_in(client, person)
    assert "Join the waiting list" in client.get("/courses/skin").text

    assert post(client, spring).location == "/courses/skin"

    page = client.get("/courses/skin").text
    assert "You are number 1 on the waiting list of Spring." in page
    assert client.get("/courses/skin/enroll").location == "/courses/skin"
    post(client, "/courses/skin/groups/leave")
    assert "You are number" not in client.get("/courses/skin").text
    db.session.rollback()
