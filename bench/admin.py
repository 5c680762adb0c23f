"""What the admin's lists cost in a large school, against a small one and an empty one.

`python -m bench.admin [--learners 100000] [--visits 40] [--write]` fills three databases on each engine: one where
only the admin has an account, one in which each list, however narrowed, has about a page (300 learners), and a large
one, ten enrollments a learner. It asks for each page in turns within its own process and prints medians and ratios;
`--write` puts the table into docs/performance.md. A page of the large school may take 1.2 times as long as one of the
small school.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Table, select

from accounts.models import User
from accounts.rules import Role
from accounts.services import begin_sign_in, create_user, turn_on_second_step
from admin.figures import count_all
from bench import report
from bench.generate import EACH, LEARNERS, fill
from bench.people import signed_in
from bench.sites import application, migrated
from core.database import db, transaction
from enrollment.models import Enrollment
from shop.models import Order
from tests.servers import Postgres

SMALL = 300  # of which every list, however narrowed, has about a page
MARKS = ("<!-- admin bench: begin -->", "<!-- admin bench: end -->")
PAGES = (
    ("people, newest first", "/admin/people"),
    ("people, a page in the middle", "/admin/people?after={person}"),
    ("people, by name", "/admin/people?sort=name"),
    ("people, by name, in the middle", "/admin/people?sort=name&after={person}"),
    ("people, by address", "/admin/people?sort=-email"),
    ("people, learners", "/admin/people?role=learner"),
    ("people, admins", "/admin/people?role=admin"),
    ("people, search for one", "/admin/people?q={address}"),
    ("people, search for many", "/admin/people?q=example"),
    ("enrollments, newest first", "/admin/enrollments"),
    ("enrollments, a page in the middle", "/admin/enrollments?after={enrollment}"),
    ("enrollments, back from the middle", "/admin/enrollments?before={enrollment}"),
    ("enrollments, by name", "/admin/enrollments?sort=name"),
    ("enrollments, by name, in the middle", "/admin/enrollments?sort=name&after={enrollment}"),
    ("enrollments, finished", "/admin/enrollments?state=finished"),
    ("enrollments, active", "/admin/enrollments?state=active"),
    ("enrollments, revoked", "/admin/enrollments?state=revoked"),
    ("enrollments, of a course", "/admin/enrollments?course=bench-{course}"),
    ("enrollments, of a course, by name", "/admin/enrollments?course=bench-{course}&sort=name"),
    ("enrollments, search for one person", "/admin/enrollments?q={address}"),
    ("enrollments, search for many", "/admin/enrollments?q=ada"),
    ("orders, newest first", "/admin/orders"),
    ("orders, a page in the middle", "/admin/orders?after={order}"),
    ("orders, by buyer", "/admin/orders?sort=buyer"),
    ("orders, by course", "/admin/orders?sort=course"),
    ("orders, refunded", "/admin/orders?state=refunded"),
    ("orders, of a course", "/admin/orders?course=bench-{course}"),
    ("orders, search for one", "/admin/orders?q=B{order}"),
    ("orders, search for many", "/admin/orders?q=ada"),
    ("orders, search for a company", "/admin/orders?q=see"),
    ("payments, newest first", "/admin/payments"),
    ("payments, of a kind", "/admin/payments?kind=refund"),
    ("payments, search for many", "/admin/payments?q=ada"),
    ("refunds, newest first", "/admin/refunds"),
    ("refunds, that went back", "/admin/refunds?state=succeeded"),
    ("refunds, search for many", "/admin/refunds?q=example"),
    ("requests, newest first", "/admin/refund-requests"),
    ("seats, newest first", "/admin/seats"),
    ("seats, free", "/admin/seats?state=free"),
    ("seats, invited", "/admin/seats?state=invited"),
    ("seats, of a course", "/admin/seats?course=bench-{course}"),
    ("seats, search for many", "/admin/seats?q=clinic"),
    ("mail, newest first", "/admin/mail"),
    ("mail, undelivered", "/admin/mail?state=dead"),
    ("mail, search for many", "/admin/mail?q=example"),
    ("audit, newest first", "/admin/audit"),
    ("audit, of a deed", "/admin/audit?action=enrollment.revoke"),
    ("audit, of a person", "/admin/audit?q={address}"),
    ("events, newest first", "/admin/events"),
    ("events, of a kind", "/admin/events?kind=charge.refunded"),
    ("overview of a year", "/admin?days=365"),
)


@dataclass(frozen=True)
class School:
    """One of the databases, opened by an admin, and ids from the middle of its tables."""

    client: FlaskClient
    cookie: str
    middle: dict[str, object]

    def visit(self, page: str) -> float:
        """Ask for the page; seconds that it took."""
        path = page.format(**self.middle)
        began = time.perf_counter()
        answer = self.client.get(path, base_url="https://bench.example", headers={"Cookie": self.cookie})
        if answer.status_code != 200 or "<h1" not in answer.text:
            raise SystemExit(f"{path} answered {answer.status_code}")
        return time.perf_counter() - began


def main(arguments: Sequence[str]) -> None:
    options = _options(arguments)
    pages = [(name, page) for name, page in PAGES if options.only in name]
    figures: dict[str, dict[str, list[float]]] = {}
    for engine, opened in (("SQLite", _on_sqlite), ("PostgreSQL", _on_postgresql)):
        print(f"Filling three schools on {engine} ...", file=sys.stderr)
        with opened((0, SMALL, options.learners)) as schools:
            figures[engine] = {name: _measure(schools, page, options.visits) for name, page in pages}
    table = _table(figures, options)
    print(table)
    if options.write:
        report.write(table, *MARKS)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.admin")
    parser.add_argument("--learners", type=int, default=LEARNERS)
    parser.add_argument("--visits", type=int, default=40, help="of each page of each school")
    parser.add_argument("--only", default="", help="only pages whose name holds this word")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    return parser.parse_args(arguments)


@contextmanager
def _on_sqlite(sizes: Sequence[int]) -> Iterator[list[School]]:
    with tempfile.TemporaryDirectory(prefix="bench") as name, ExitStack() as stack:
        yield [_open(stack, Path(name) / f"{size}", size) for size in sizes]


@contextmanager
def _on_postgresql(sizes: Sequence[int]) -> Iterator[list[School]]:
    with (
        tempfile.TemporaryDirectory(prefix="st") as home,
        Postgres.started(Path(home)) as server,
        tempfile.TemporaryDirectory(prefix="bench") as name,
        ExitStack() as stack,
    ):
        yield [
            _open(stack, Path(name) / f"{size}", size, server.url(f"bench{size}", create=True))
            for size in sizes
        ]


def _open(stack: ExitStack, folder: Path, size: int, url: str | None = None) -> School:
    app = stack.enter_context(application(migrated(folder, "http://127.0.0.1:1", url)))
    fill(app, size)
    with app.app_context():
        count_all()
    with app.app_context(), transaction():
        admin = create_user("admin@bench.example", "An admin", None, (Role.LEARNER, Role.ADMIN))
        turn_on_second_step(admin, "BENCH")
        token = begin_sign_in(admin.id, "bench", remembered=True)[1]
    return School(app.test_client(use_cookies=False), signed_in(app, token).cookie, _middle(app))


def _middle(app: Flask) -> dict[str, object]:
    """Rows in the middle of the orders that lists stand in: their ids, and the address of a person."""
    with app.app_context():
        found = {
            "person": _half_way(User, User.created_at),
            "enrollment": _half_way(Enrollment, Enrollment.started_at),
            "order": _half_way(Order, Order.created_at),
        }
        address = db.session.scalar(select(User.email).where(User.id == found["person"]))
        db.session.remove()
    return {**found, "address": address, "course": "007"}


def _half_way(model: type, column: object) -> int:
    table: Table = model.__table__  # type: ignore[attr-defined]
    half = db.session.query(model).count() // 2
    return db.session.scalar(select(table.c.id).order_by(column).offset(half).limit(1)) or 0  # type: ignore[arg-type]


def _measure(schools: Sequence[School], page: str, visits: int) -> list[float]:
    """The median of each school in milliseconds; they take turns."""
    times = [[school.visit(page) for school in schools] for _ in range(visits + 3)][3:]
    return [median(each) * 1000 for each in zip(*times, strict=True)]


def _table(figures: dict[str, dict[str, list[float]]], options: argparse.Namespace) -> str:
    engines = list(figures)
    head = "".join(f" {engine}: empty | small | large | large : small |" for engine in engines)
    lines = [
        f"{options.learners:,} learners and {options.learners * EACH:,} enrollments; medians of {options.visits} "
        "visits, in ms.\n",
        f"| page |{head}",
        f"| --- |{' ---: | ---: | ---: | ---: |' * len(engines)}",
    ]
    for name in figures[engines[0]]:
        cells = (
            f" {empty:.1f} | {small:.1f} | {large:.1f} | {large / small:.2f} |"
            for empty, small, large in (figures[engine][name] for engine in engines)
        )
        lines.append(f"| {name} |{''.join(cells)}")
    return "\n".join(lines)


if __name__ == "__main__":
    main(sys.argv[1:])
