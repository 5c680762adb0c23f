"""How many SQL statements a visit costs, counted in this process on an app of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from bench.cases import Case, Site
from bench.client import Request
from core import reads
from core.database import db

WARMING = 40  # of 150 that hand in
FRAMES = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")


def count(app: Flask, case: Case, site: Site) -> int:
    """The statements of one visit, once what a process keeps in memory is there: after some that are not counted."""
    visits = iter(case.visits(site))
    for _ in range(WARMING):
        _replay(app, next(visits))
    visit = next(visits)
    with _statements(app) as sent:
        _replay(app, visit)
    return len(sent)


def _replay(app: Flask, visit: tuple[Request, ...]) -> None:
    browser = app.test_client(use_cookies=False)
    for request in visit:
        head, _, body = request.data.partition(b"\r\n\r\n")
        first, *rest = head.decode().split("\r\n")
        method, path, _version = first.split(" ")
        headers = [tuple(line.split(": ", 1)) for line in rest]
        answer = browser.open(path, method=method, headers=headers, data=body)
        if answer.status_code != request.status:
            raise SystemExit(
                f"{method} {path} answered {answer.status_code} where {request.status} is wanted"
            )


@contextmanager
def _statements(app: Flask) -> Iterator[list[str]]:
    sent: list[str] = []
    run_bare = reads._execute

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(FRAMES):
            sent.append(statement)

    def noting(database_url: str, sql: str, values: Any) -> Any:
        sent.append(sql)
        return run_bare(database_url, sql, values)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    reads._execute = noting
    try:
        yield sent
    finally:
        reads._execute = run_bare
        event.remove(engine, "before_cursor_execute", note)
