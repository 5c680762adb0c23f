"""Logs: one JSON line a request, which tells what happened and nothing of whom."""

import json
import logging
import sys

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.logs import JsonLines
from tests.factories import make_user, post, sign_in


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    """What the handler would have written, read back."""
    return [json.loads(JsonLines().format(record)) for record in caplog.records]


def test_a_request_has_one_line_with_its_id_its_route_and_its_status(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="request"):
        answer = client.get("/certificates/0123")

    (line,) = lines(caplog)
    assert line["message"] == "GET /certificates/<number>"
    assert line["status"] == 404
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert isinstance(line["ms"], float)
    assert line["user_id"] is None
    assert str(line["at"]).endswith("Z")


def test_an_address_that_leads_nowhere_is_not_repeated(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/reset-my/secret-token?email=ada@private.example")

    (line,) = lines(caplog)
    assert line["message"] == "GET (no route)"


def test_no_line_names_a_person_or_a_token(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    person = make_user("ada@private.example", "Ada Private")
    with caplog.at_level(logging.INFO):
        post(client, "/login", {"email": "ada@private.example", "password": "wrong-secret-word"})
        sign_in(client, person)
        client.get("/dashboard", headers={"X-Forwarded-For": "203.0.113.9"})
        client.get("/reset/some-secret-token")

    text = "\n".join(map(str, lines(caplog)))
    assert len(caplog.records) >= 4
    for word in (
        "private.example",
        "Ada",
        "wrong-secret-word",
        "some-secret-token",
        "203.0.113.9",
        "127.0.0.1",
    ):
        assert word not in text
    assert str(person.id) in {str(line.get("user_id")) for line in lines(caplog)}


def test_two_requests_have_two_ids(client: FlaskClient) -> None:
    ids = {client.get("/healthz").headers["X-Request-Id"] for _ in range(20)}

    assert len(ids) == 20


def test_a_callers_own_request_id_is_not_taken(client: FlaskClient) -> None:
    answer = client.get("/healthz", headers={"X-Request-Id": "chosen"})

    assert answer.headers["X-Request-Id"] != "chosen"


def test_static_files_have_no_line(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/static/css/base.css", buffered=True)

    assert caplog.records == []


def test_a_line_stays_one_line_whatever_it_says() -> None:
    record = logging.makeLogRecord(
        {"msg": 'two\nlines and a "quote"', "levelno": 20, "levelname": "INFO", "name": "x"}
    )

    written = JsonLines().format(record)

    assert "\n" not in written
    assert json.loads(written)["message"] == 'two\nlines and a "quote"'


def test_a_traceback_stands_in_the_line_without_the_values_of_a_row() -> None:
    words = "duplicate key\nDETAIL:  Key (email)=(ada@private.example) already exists.\nmore"
    try:
        raise ValueError(words)
    except ValueError:
        record = logging.makeLogRecord(
            {"msg": "x", "exc_info": sys.exc_info(), "levelname": "ERROR", "name": "x"}
        )

    written = JsonLines().format(record)

    assert "duplicate key" in json.loads(written)["traceback"]
    assert "private.example" not in written


def test_what_cannot_be_written_as_json_is_written_as_text(app: Flask) -> None:
    record = logging.makeLogRecord({"msg": "x", "levelname": "INFO", "name": "x", "thing": app})

    assert json.loads(JsonLines().format(record))["thing"]
