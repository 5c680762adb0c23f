"""The page of who teaches a course: owners change it, and the trail keeps each change."""

import pytest
from flask import Flask
from sqlalchemy import select

from core.audit import AuditEntry
from core.database import db
from courses.services import role_in
from tests import factories

PAGE = "/studio/courses/skin/team"


@pytest.fixture
def people(app: Flask):
    course = factories.make_course("skin")
    mara, ben = (factories.make_user(f"{name}@example.org", name, "instructor") for name in ("mara", "ben"))
    factories.teach(mara, course)
    return course, mara, ben, factories.sign_in(app.test_client(), mara)


def _role(user, course):
    found = role_in(user.id, course.id)
    db.session.rollback()
    return found


def test_an_owner_adds_changes_and_removes_and_the_trail_says_so(people):
    course, _, ben, client = people

    added = factories.post(client, PAGE, {"email": " BEN@example.org", "role": "marker"})
    assert (added.status_code, _role(ben, course)) == (303, "marker")
    assert factories.post(client, PAGE, {"email": "ben@example.org", "role": "owner"}).status_code == 422
    factories.post(client, f"{PAGE}/{ben.id}", {"role": "editor"})
    assert _role(ben, course) == "editor"
    factories.post(client, f"{PAGE}/{ben.id}/remove")

    kept = (
        select(AuditEntry.action).where(AuditEntry.action.startswith("course_team.")).order_by(AuditEntry.id)
    )
    assert _role(ben, course) is None
    assert list(db.session.scalars(kept)) == [f"course_team.{verb}" for verb in ("add", "change", "remove")]


def test_the_last_owner_stays_and_a_learner_is_not_added(people):
    course, mara, _, client = people
    factories.make_user("lea@example.org", "Lea")

    left = factories.post(client, f"{PAGE}/{mara.id}/remove")
    lesser = factories.post(client, f"{PAGE}/{mara.id}", {"role": "editor"})
    learner = factories.post(client, PAGE, {"email": "lea@example.org", "role": "editor"})

    assert (left.status_code, lesser.status_code, learner.status_code) == (422, 422, 422)
    assert "the only owner" in left.text
    assert "No instructor has this address" in learner.text
    assert _role(mara, course) == "owner"


def test_who_is_no_owner_does_not_know_the_page(app, people):
    course, _, ben, _ = people
    factories.teach(ben, course, "editor")

    assert factories.sign_in(app.test_client(), ben).get(PAGE).status_code == 404
