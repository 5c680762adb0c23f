"""Error pages: a sentence for the reader, an id for the school, a line for the operator; no database needed."""

import json
import logging
import shutil
import sqlite3
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import literal, select
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from core import errors, reads, school
from core.database import db, transaction
from core.error_pages import STATUS
from core.school import change_school
from core.web import ANYONE, allow
from tests.factories import make_user, sign_in


def answer_to(app: Flask, error: Exception) -> TestResponse:
    """What a door answers behind which `error` happens."""

    @app.get("/tests/error")
    @allow(ANYONE)
    def fail() -> str:
        raise error

    return app.test_client().get("/tests/error")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.NotFound("There is no such jar."), 404),
        (errors.Forbidden("This jar is not yours."), 403),
        (errors.Conflict("The jar was closed."), 409),
        (errors.InvalidInput("A jar holds 3."), 422),
        (errors.LimitReached("Too many jars."), 429),
    ],
)
def test_an_error_of_the_domain_has_one_status_and_says_its_sentence(
    app: Flask, error: errors.DomainError, status: int
) -> None:
    answer = answer_to(app, error)

    assert answer.status_code == status
    assert error.sentence in answer.text


def test_an_address_that_leads_nowhere_knows_who_is_signed_in(client: FlaskClient) -> None:
    assert 'href="/login"' in client.get("/nowhere").text
    sign_in(client, make_user())

    page = client.get("/nowhere")

    assert (page.status_code, 'href="/dashboard"' in page.text) == (404, True)
    assert 'href="/login"' not in page.text


def test_every_kind_of_domain_error_has_a_status() -> None:
    assert set(STATUS) == set(errors.DomainError.__subclasses__())


def test_a_sentence_is_escaped(app: Flask) -> None:
    """V1"""
    answer = answer_to(app, errors.NotFound("<script>alert(1)</script>"))

    assert "<script>alert" not in answer.text


def test_the_unexpected_is_a_page_with_a_request_id_and_one_line_in_the_log(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = answer_to(app, RuntimeError("an inner word"))

    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] in answer.text
    assert "inner word" not in answer.text
    assert "Traceback" not in answer.text
    lines = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert [line.name for line in lines] == ["error"]
    assert vars(lines[0])["request_id"] == answer.headers["X-Request-Id"]


ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@ON_SQLITE
def test_a_number_too_long_for_the_database_is_a_400(app: Flask) -> None:
    """The driver of SQLite refuses it with an error that is no database's."""

    @app.get("/tests/number")
    @allow(ANYONE)
    def ask() -> str:
        return str(db.session.scalar(select(literal(10**30))))

    assert app.test_client().get("/tests/number").status_code == 400


def test_an_overflow_of_our_own_is_unexpected_and_logged(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = answer_to(app, OverflowError("cannot convert float infinity to integer"))

    assert answer.status_code == 500
    assert [record.name for record in caplog.records] == ["error"]


@pytest.mark.parametrize(
    "error", [OperationalError("SELECT 1", {}, Exception("gone")), sqlite3.OperationalError("disk I/O error")]
)
def test_a_database_that_does_not_answer_is_a_503_that_says_when_to_come_back(
    app: Flask, error: Exception
) -> None:
    """R4, R5"""
    answer = answer_to(app, error)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.headers["X-Request-Id"] in answer.text


def test_with_the_database_gone_every_page_is_a_503_page(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """R5: also where the bare driver of the hot reads meets it first."""
    client = app.test_client()
    client.get("/courses")
    _lose_database(app, monkeypatch)

    answers = [client.get(path) for path in ("/", "/courses", "/courses/x", "/login", "/verify")]

    assert [answer.status_code for answer in answers] == [503] * 5
    assert all("Back in a moment" in answer.text for answer in answers)


def test_with_the_database_gone_a_missing_page_is_still_a_404_page(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lose_database(app, monkeypatch)

    answer = app.test_client().get("/nowhere/at/all")

    assert answer.status_code == 404
    assert "<title>" in answer.text


def test_with_the_database_gone_the_process_is_alive_but_not_ready(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    _lose_database(app, monkeypatch)
    client = app.test_client()

    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


def _lose_database(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the disk or the server were gone: what is open is closed and nothing new opens."""
    db.session.remove()
    reads.close()
    db.engine.dispose()
    monkeypatch.setattr(db.engine.dialect, "connect", _refuse)
    monkeypatch.setattr(reads, "_connect", _refuse_bare(app))


def _refuse(*_: object, **__: object) -> object:
    import psycopg

    if db.engine.dialect.name == "sqlite":
        raise sqlite3.OperationalError("unable to open database file")
    raise psycopg.OperationalError("connection refused")


def _refuse_bare(_: Flask) -> object:
    return _refuse


def test_the_school_is_named_on_an_error_page_also_on_the_first_request(app: Flask) -> None:
    with transaction():
        change_school({"name": "Dermis Academy"})
    school._kept.clear()

    for path in ("/nowhere", "/certificates/nothing"):
        page = app.test_client().get(path).text
        assert "Dermis Academy" in page
        assert "Stratum" not in page


def test_the_school_last_known_is_named_when_the_database_is_gone(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction():
        change_school({"name": "Dermis Academy"})
    client = app.test_client()
    client.get("/")
    _lose_database(app, monkeypatch)

    assert "Dermis Academy" in client.get("/").text


@pytest.mark.parametrize(
    "path", ["/courses/%00", "/learn/%00", "/certificates/%00", "/courses/a/preview/%00"]
)
def test_an_address_that_no_database_can_hold_is_not_found(app: Flask, path: str) -> None:
    from tests.factories import make_user, sign_in

    client = sign_in(app.test_client(), make_user())

    assert client.get(path).status_code in (400, 404)


def test_a_method_that_an_address_does_not_answer_names_those_it_does(client: FlaskClient) -> None:
    answer = client.delete("/courses")

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_form_of_another_sign_in_is_told_so(client: FlaskClient) -> None:
    answer = client.post("/login", data={"email": "a@b.c", "password": "x", "csrf_token": "wrong"})

    assert answer.status_code == 400
    assert "signed in or out after this form was opened" in answer.text


@ON_SQLITE
def test_a_database_file_that_vanished_loses_no_error_page(app: Flask, tmp_path: Path) -> None:
    client = app.test_client()
    path = Path(str(db.engine.url.database))
    db.session.remove()
    reads.close()
    db.engine.dispose()
    shutil.move(path, tmp_path / "moved.db")
    path.mkdir()

    assert client.get("/courses").status_code == 503


def test_a_log_line_of_an_error_is_json_without_personal_values(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    from core.logs import JsonLines
    from tests.factories import make_user

    @app.get("/tests/twice")
    @allow(ANYONE)
    def twice() -> str:
        from accounts.models import User
        from core.clock import now

        with transaction() as session:
            session.add(
                User(email="ada@private.example", fs_uniquifier="x", name="Ada Private", created_at=now())
            )
        return "done"

    make_user("ada@private.example", "Ada Private")
    with caplog.at_level(logging.ERROR):
        answer = app.test_client().get("/tests/twice")

    assert answer.status_code == 500
    line = JsonLines().format(next(record for record in caplog.records if record.name == "error"))
    assert json.loads(line)["traceback"]
    assert "private.example" not in line
    assert "Ada Private" not in line
