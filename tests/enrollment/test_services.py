"""Enrolling: one row for a person and a course, whatever became of it, and a trail of who did what."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core import events
from core.audit import AuditEntry
from core.database import db, transaction
from core.errors import Conflict, NotFound
from enrollment.jobs import hourly
from enrollment.models import Enrollment, EnrollmentState
from enrollment.rules import GrantKind
from enrollment.services import (
    AccessRevoked,
    Enrolled,
    find_enrollment,
    grants_of,
    holds,
    is_enrolled,
    revoke,
    start_free,
)
from enrollment.services import enroll as let_in
from tests.conftest import NOON, Clock
from tests.crowd import at_once
from tests.factories import complete, enroll, mails, make_course, make_user, steps_of


@pytest.fixture
def heard() -> Iterator[list[object]]:
    """The news of this room."""
    news: list[object] = []
    handlers = [(kind, news.append) for kind in (Enrolled, AccessRevoked)]
    for kind, handler in handlers:
        events.subscribe(kind, handler)
    yield news
    for kind, handler in handlers:
        events._handlers[kind].remove(handler)


def rows() -> list[Enrollment]:
    db.session.rollback()
    return list(db.session.scalars(select(Enrollment)))


def end(enrollment_id: int, by: int) -> None:
    with transaction():
        revoke(enrollment_id, by)


def test_someone_is_let_in_and_the_deed_is_written_down(
    app: Flask, clock: Clock, heard: list[object]
) -> None:
    admin, person, course = make_user("", "Ida", "admin"), make_user(), make_course()
    with transaction():
        let_in(person.id, course.id, GrantKind.ADMIN, granted_by=admin.id)

    (row,) = rows()
    (grant,) = grants_of(person.id, course.id)
    assert (row.state, row.reason, row.started_at) == (EnrollmentState.ACTIVE, GrantKind.ADMIN, NOON)
    assert (grant.kind, grant.source, grant.granted_by) == (GrantKind.ADMIN, "admin", admin.id)
    assert is_enrolled(person.id, course.id)
    entry = db.session.scalars(select(AuditEntry).filter_by(action="enrollment.enroll")).one()
    assert (entry.actor_id, entry.subject) == (admin.id, f"enrollment:{row.id}")
    assert heard == [Enrolled(person.id, course.id)]


def test_a_second_enrollment_changes_nothing_and_is_no_news(
    app: Flask, clock: Clock, heard: list[object]
) -> None:
    person, course = make_user(), make_course()
    enroll(person, course)
    clock(NOON + timedelta(days=1))
    enroll(person, course, "admin")

    (row,) = rows()
    assert (row.started_at, row.reason) == (NOON, "free")
    assert len(heard) == 1


def test_ten_clicks_at_once_make_one_enrollment(app: Flask, heard: list[object]) -> None:
    for _ in range(5):
        person, course = make_user(), make_course()
        heard.clear()

        def click(_: int, person: object = person, course: object = course) -> None:
            with transaction():
                start_free(person.id, course)  # type: ignore[attr-defined, arg-type]

        assert at_once(app, 10, click) == [None] * 10
        assert is_enrolled(person.id, course.id)
        assert len(heard) == 1
    assert len(rows()) == 5


def test_revoking_closes_the_course_and_keeps_what_was_done(
    app: Flask, clock: Clock, heard: list[object]
) -> None:
    """V38"""
    admin, person, course = make_user("", "Ida", "admin"), make_user(), make_course()
    number = enroll(person, course)
    complete(person, steps_of(course)[0])
    clock(NOON + timedelta(days=2))

    end(number, admin.id)
    end(number, admin.id)

    (row,) = rows()
    assert (row.state, row.ended_at) == (EnrollmentState.REVOKED, NOON + timedelta(days=2))
    assert not is_enrolled(person.id, course.id)
    assert heard[1:] == [AccessRevoked(person.id, course.id)]
    assert len(db.session.scalars(select(AuditEntry).filter_by(action="enrollment.revoke")).all()) == 1


def test_someone_who_returns_finds_everything_as_it_was(app: Flask) -> None:
    from progress.services import done_steps

    admin, person, course = make_user("", "Ida", "admin"), make_user(), make_course()
    number = enroll(person, course)
    complete(person, steps_of(course)[0])
    end(number, admin.id)

    assert enroll(person, course, "admin") == number

    (row,) = rows()
    assert (row.state, row.ended_at, row.reason) == (EnrollmentState.ACTIVE, None, "admin")
    assert done_steps(person.id, course.id) == {steps_of(course)[0].id}


def test_a_course_that_costs_money_cannot_be_started_free(app: Flask) -> None:
    """V11"""
    person, course = make_user(), make_course(price_minor=1)

    with pytest.raises(Conflict, match="not free"), transaction():
        start_free(person.id, course)

    assert rows() == []


@pytest.mark.parametrize("reason", ["admin", "free"])
def test_an_access_that_the_school_ended_is_not_taken_back(app: Flask, reason: str) -> None:
    """V38: also in a free course the school's word stands."""
    admin, person, course = make_user("", "Ida", "admin"), make_user(), make_course()
    end(enroll(person, course, reason), admin.id)

    with pytest.raises(Conflict, match="ended by the school"), transaction():
        start_free(person.id, course)

    assert not is_enrolled(person.id, course.id)


def test_what_is_not_there_cannot_be_revoked(app: Flask) -> None:
    with pytest.raises(NotFound):
        end(10**6, 1)


def test_an_enrollment_belongs_to_one_person_and_one_course(app: Flask) -> None:
    """V3"""
    person, other, course, second = make_user(), make_user(), make_course(), make_course()
    enroll(person, course)

    assert find_enrollment(other.id, course.id) is None
    assert find_enrollment(person.id, second.id) is None


YEAR_LATER = NOON.replace(year=2027)


@pytest.mark.parametrize(("kind", "end"), [("free", YEAR_LATER), ("order", YEAR_LATER), ("plan", None)])
def test_access_lasts_as_long_as_the_course_says(
    app: Flask, clock: Clock, kind: str, end: datetime | None
) -> None:
    person, course = make_user(), make_course(access_months=12)

    enroll(person, course, kind)

    (row,) = rows()
    assert row.ends_at == end


def test_when_its_time_is_over_a_course_is_closed_before_any_job_and_may_be_started_again(
    app: Flask, clock: Clock, heard: list[object]
) -> None:
    person, course = make_user(), make_course(access_months=12)
    enroll(person, course)
    clock(YEAR_LATER)

    assert not is_enrolled(person.id, course.id)
    assert not holds(person.id, course.id)
    with transaction():
        start_free(person.id, course)

    (row,) = rows()
    assert row.ends_at == NOON.replace(year=2028)


def test_the_hourly_job_ends_what_ran_out_and_only_that(
    app: Flask, clock: Clock, heard: list[object]
) -> None:
    person, other, course = make_user(), make_user(), make_course(access_months=12)
    enroll(person, course)
    enroll(other, course)
    enroll(other, course, "plan")
    clock(YEAR_LATER)

    hourly()
    hourly()

    assert [(row.state, row.end_reason) for row in rows()] == [("revoked", "expired"), ("active", "")]
    assert heard[2:] == [AccessRevoked(person.id, course.id)]


def test_two_weeks_before_the_end_one_mail_tells_of_it(app: Flask, clock: Clock) -> None:
    person, course = make_user("ada@example.org"), make_course(access_months=12)
    enroll(person, course)
    clock(YEAR_LATER - timedelta(days=14, seconds=1))
    hourly()
    assert mails("ada@example.org") == []
    clock(YEAR_LATER - timedelta(days=14))

    hourly()
    hourly()

    (mail,) = mails("ada@example.org")
    assert mail.subject == f"{course.title} is open to you until 21 November 2027, 12:00 UTC"
