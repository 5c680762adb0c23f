"""How many SQL statements a visit costs, counted in this process on an app of its own."""

from flask import Flask

from bench.cases import Case, Site
from bench.client import Request
from core.database import db
from tests.counting import statements

WARMING = 40  # of 150 that hand in


def count(app: Flask, case: Case, site: Site) -> int:
    """The statements of one visit, once what a process keeps in memory is there: after some that are not counted."""
    visits = iter(case.visits(site))
    for _ in range(WARMING):
        _replay(app, next(visits))
    visit = next(visits)
    with app.app_context():
        engine = db.engine
    with statements(engine) as sent:
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
