"""The one table from an error to a status and a page."""

import logging
import sqlite3
from contextlib import suppress

import psycopg
from flask import Flask, g, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException

from core.errors import (
    Conflict,
    DomainError,
    Forbidden,
    InvalidInput,
    LimitReached,
    NotFound,
    Unavailable,
    Way,
)
from core.school import School, current_school, last_known_school
from core.web import reader

PAGES = (400, 403, 404, 405, 411, 413, 429, 500, 503)
STATUS: dict[type[DomainError], int] = {
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    LimitReached: 429,
    InvalidInput: 422,
    Unavailable: 503,
}
# Hot reads meet the driver's own errors, all others SQLAlchemy's.
NO_ANSWER = (OperationalError, sqlite3.OperationalError, psycopg.OperationalError)
NOWHERE = (404, 405)
UNSTORABLE = (DataError, psycopg.DataError)
Answer = tuple[str, int, dict[str, str]]
_log = logging.getLogger("error")


def init_app(app: Flask) -> None:
    """Give every error its page; an unexpected one is a 500 with a request id and a log line, never a trace."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    for kind in NO_ANSWER:
        app.register_error_handler(kind, _database)
    for refusal in UNSTORABLE:
        app.register_error_handler(refusal, _unstorable)
    app.register_error_handler(OverflowError, _overflow)
    app.register_error_handler(Exception, _unexpected)


def error_page(
    status: int, sentence: str | None = None, headers: dict[str, str] | None = None, way: Way | None = None
) -> Answer:
    """The page of a status, in the house's look; it is shown also when the database does not answer."""
    template = status if status in PAGES else (500 if status >= 500 else 400)
    body = render_template(
        f"errors/{template}.html",
        reader=g.get("reader"),
        school=_school(),
        nav="",
        status=status,
        sentence=sentence,
        request_id=g.get("request_id", ""),
        back=_came_from() if status == 413 else "",
        way=way,
    )
    return body, status, headers or {}


def status_of(error: DomainError) -> int:
    """The status that the table gives this error, or the kind of error that it is."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def _came_from() -> str:
    """The page of ours whose form was sent, where the browser says so."""
    before = request.referrer or ""
    return before if before.startswith(request.host_url) else ""


def _school() -> School:
    try:
        return current_school()
    except (SQLAlchemyError, *NO_ANSWER):
        return last_known_school()


def _look_who_reads() -> None:
    """An address that leads nowhere has no door that asked who comes; its page is the same without an answer."""
    with suppress(SQLAlchemyError, *NO_ANSWER):
        reader()


def _domain(error: DomainError) -> Answer:
    return error_page(status_of(error), error.sentence, way=error.way)


def _csrf(_: CSRFError) -> Answer:
    return error_page(
        400,
        "You signed in or out after this form was opened, so it was not accepted and nothing was changed. "
        "Go back, load the page again and send it once more.",
    )


def _http(error: HTTPException) -> Answer | HTTPException:
    if error.code is None or error.code < 400:
        return error
    if error.code in NOWHERE:
        _look_who_reads()
    allowed = {"Allow": ", ".join(error.valid_methods)} if getattr(error, "valid_methods", None) else {}  # type: ignore[attr-defined]
    return error_page(error.code, headers=allowed)


def _unstorable(_: Exception) -> Answer:
    return error_page(
        400,
        "That holds something which cannot be kept here, such as a NUL or a number of many digits. "
        "Nothing was changed.",
    )


def _overflow(error: OverflowError) -> Answer:
    """A number too long for SQLite was sent in; every other overflow is a fault of ours."""
    return _unstorable(error) if "SQLite" in str(error) else _unexpected(error)


def _database(error: Exception) -> Answer:
    g.setdefault("school", last_known_school())  # Do not wait for the database a second time.
    _log.error("database does not answer", extra=_where(), exc_info=error)
    return error_page(503, headers={"Retry-After": "5"})


def _unexpected(error: Exception) -> Answer:
    _log.error("unexpected error", extra=_where(), exc_info=error)
    return error_page(500)


def _where() -> dict[str, str]:
    return {"request_id": g.get("request_id", ""), "route": request.url_rule.rule if request.url_rule else ""}
