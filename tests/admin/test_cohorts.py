"""The admin's cohorts: made, changed, filled by hand."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.audit import AuditEntry
from core.database import db, transaction
from enrollment.cohorts.models import Cohort
from enrollment.cohorts.services import ask_for_place, find_cohort, give_place
from enrollment.services import is_enrolled
from tests.admin.orders import part
from tests.conftest import Clock
from tests.factories import enroll, mails, post, sign_in

SPRING = {"course": "first", "name": "Spring", "starts_on": "2026-12-04", "places": "1"}


def test_a_cohort_is_made_filled_and_never_smaller_than_its_members(
    client: FlaskClient, admin: Any, course: Any, ada: Any
) -> None:
    address = post(client, "/admin/cohorts/new", SPRING).location
    cohort = db.session.scalars(select(Cohort)).one()
    assert (cohort.starts_on, cohort.places) == (date(2026, 12, 4), 1)
    db.session.rollback()
    assert "Spring" in client.get("/admin/cohorts?course=first").text

    post(client, f"{address}/members", {"email": ada.email})
    full = post(client, f"{address}/members", {"email": admin.email}, follow_redirects=True)

    assert is_enrolled(ada.id, course.id)
    assert not is_enrolled(admin.id, course.id)
    db.session.rollback()
    assert "The group Spring is full." in full.text
    assert "Ada Learner" in full.text
    assert post(client, "/admin/cohorts/new", SPRING).status_code == 422
    assert post(client, address, {**SPRING, "ends_on": "2026-12-03"}).status_code == 422
    assert post(client, address, {**SPRING, "places": "2"}).status_code == 303
    assert post(client, f"{address}/members", {"email": admin.email}).status_code == 303
    db.session.rollback()
    assert is_enrolled(admin.id, course.id)
    db.session.rollback()
    refused = post(client, address, SPRING)
    assert refused.status_code == 422
    assert "2 places are taken already" in refused.text


@pytest.mark.parametrize(("entry", "status"), [("open", 200), ("closed", 302)])
def test_who_is_in_already_waits_for_the_first_day_only_where_the_admin_says_so(
    app: Flask, client: FlaskClient, admin: Any, course: Any, ada: Any, clock: Clock, entry: str, status: int
) -> None:
    enroll(ada, course)
    members = f"{post(client, '/admin/cohorts/new', SPRING).location}/members"
    learner = sign_in(app.test_client(), ada)

    asked = post(client, members, {"email": ada.email})
    assert "before that day no step is open" in asked.text
    assert learner.get("/learn/first/lesson-1").status_code == 200
    post(client, members, {"email": ada.email, "entry": entry})

    assert learner.get("/learn/first/lesson-1").status_code == status
    assert ("4 December 2026" in learner.get("/dashboard").text) is (entry == "closed")
    told = [each.text for each in mails(ada.email) if each.kind == "cohort_waits"]
    assert ["4 December 2026" in each for each in told] == [True] * (entry == "closed")
    trail = part(client.get(f"/admin/people/{ada.id}").text, "trail")
    assert "cohort.enter" in trail
    assert ("closed to them" in trail) is (entry == "closed")
    taken = db.session.scalars(select(AuditEntry.actor_id).filter_by(action="cohort.taken")).all()
    assert taken == [admin.id]


def test_the_file_holds_the_cohorts_with_their_members_and_who_waits(
    client: FlaskClient, admin: Any, course: Any, ada: Any
) -> None:
    post(client, "/admin/cohorts/new", SPRING)
    number = db.session.scalars(select(Cohort.id)).one()
    db.session.rollback()
    enroll(ada, course)
    with transaction():
        give_place(ada.id, find_cohort(number), admin.id)
        ask_for_place(admin.id, find_cohort(number))

    lines = client.get("/admin/cohorts/file.csv?course=first").text.splitlines()

    assert lines[1:] == ["Spring,First course,2026-12-04,,,,1,1,1,1"]
    assert db.session.scalars(select(AuditEntry).filter_by(action="cohort.export")).one().actor_id == admin.id
