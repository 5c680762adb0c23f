"""Hot reads: the same answers as the ORM gives, typed alike on both databases, of what is committed."""

from datetime import UTC

import psycopg
import pytest
from flask import Flask
from sqlalchemy import bindparam, func, literal, select

from accounts.models import User
from core import reads
from core.database import db, transaction
from core.reads import HotRead
from enrollment.models import Enrollment, EnrollmentState
from tests.conftest import NOON
from tests.crowd import at_once
from tests.factories import enroll, make_course, make_user

by_email = HotRead(select(User.id, User.name, User.created_at).where(User.email == bindparam("email")))
active = HotRead(
    select(Enrollment.user_id, literal("is"), Enrollment.state, Enrollment.ended_at)
    .where(Enrollment.state == EnrollmentState.ACTIVE, Enrollment.course_id == bindparam("course"))
    .order_by(Enrollment.user_id)
)
everyone = HotRead(select(func.count()).select_from(User))


def test_a_row_comes_typed_as_its_columns_are(app: Flask, clock: object) -> None:
    person = make_user("ada@example.org", "Ada")

    assert by_email(email="ada@example.org") == [(person.id, "Ada", NOON)]
    assert by_email(email="ada@example.org")[0][2].tzinfo == UTC


def test_a_select_may_hold_constants_states_and_empty_columns(app: Flask) -> None:
    course, person = make_course(), make_user()
    enroll(person, course)

    assert active(course=course.id) == [(person.id, "is", EnrollmentState.ACTIVE, None)]
    assert active(course=0) == []


def test_a_select_may_have_no_parameter(app: Flask) -> None:
    make_user()

    assert everyone() == [(1,)]


def test_a_missing_parameter_is_an_error(app: Flask) -> None:
    with pytest.raises((KeyError, psycopg.Error)):
        by_email()


def test_a_value_is_a_value_and_never_sql(app: Flask) -> None:
    """V30"""
    make_user("ada@example.org")

    assert by_email(email="' OR 1=1 --") == []
    assert by_email(email="%s %(x)s ? :x") == []


def test_what_is_committed_is_seen_and_nothing_else(app: Flask) -> None:
    make_user()
    with transaction():
        person = db.session.scalars(select(User)).one()
        person.name = "Changed"
        db.session.flush()
        assert by_email(email=person.email)[0][1] == "Ada Learner"
        email = person.email

    assert by_email(email=email)[0][1] == "Changed"


def test_a_hot_read_cannot_write(app: Flask) -> None:
    """On SQLite its connection refuses to; the guard of transaction() does not see it."""
    from core.database import WriteOutsideTransaction

    make_user()
    if db.engine.dialect.name == "sqlite":
        connection = reads._connection(str(db.engine.url))
        with pytest.raises(Exception, match="readonly"):
            connection.execute("DELETE FROM users")
    assert everyone() == [(1,)]
    assert WriteOutsideTransaction


def test_each_thread_reads_on_a_connection_of_its_own(app: Flask) -> None:
    make_user()

    answers = at_once(app, 8, lambda _: [everyone()[0][0] for _ in range(50)])

    assert answers == [[1] * 50] * 8


def test_a_server_that_restarted_is_reached_again(app: Flask) -> None:
    """R5"""
    if db.engine.dialect.name != "postgresql":
        return
    make_user()
    everyone()
    with psycopg.connect(
        db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
    ) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    assert everyone() == [(1,)]
