"""Rows survive migrations, though SQLite changes a table by a copy that replaces it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.util import CommandError
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    DateTime,
    Integer,
    MetaData,
    Table,
    create_engine,
    delete,
)
from sqlalchemy.pool import NullPool

from tests import servers

BEFORE_ASSESSMENT = "20261121_articles"
MOMENT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ROWS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("users", {"id": 1, "email": "ada@example.org"}),
    ("courses", {"id": 1, "slug": "skin"}),
    ("modules", {"id": 1, "course_id": 1}),
    ("steps", {"id": 1, "course_id": 1, "module_id": 1, "kind": "quiz", "body": "skin/quizzes/wall"}),
    ("quizzes", {"id": 1, "name": "skin/quizzes/wall", "kind": "quiz", "settings": {"shuffle": "both"}}),
    ("quizzes", {"id": 2, "name": "skin/quizzes/door", "kind": "case", "content": {"revision": 1}}),
    ("questions", {"id": "first", "revision_id": None}),
    ("question_revisions", {"id": 1, "question_id": "first", "number": 1}),
    ("case_revisions", {"id": 1, "quiz_id": 2, "number": 1, "content": {}, "html": {}}),
    ("attempts", {"id": "A", "user_id": 1, "quiz_id": 1, "step_id": 1, "number": 1, "state": "submitted",
                  "submitted_at": MOMENT, "points_num": 1, "points_den": 1, "max_num": 1, "max_den": 1}),
    ("attempt_items", {"attempt_id": "A", "position": 1, "revision_id": 1, "answer": {"ticked": [0]}}),
    ("attempts", {"id": "C", "user_id": 1, "quiz_id": 2, "step_id": 1, "number": 1, "state": "open",
                  "submitted_at": None, "max_num": 1, "max_den": 1}),
    ("case_plays", {"attempt_id": "C", "revision_id": 1}),
    ("case_steps", {"attempt_id": "C", "position": 1}),
)  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def old_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of the schema before this one, with rows that belong to each other."""
    if request.param == "sqlite":
        yield filled(f"sqlite:///{tmp_path / 'old.db'}")
        return
    server: servers.Postgres = request.getfixturevalue("postgres")
    name = f"old_{abs(hash(request.node.name)) % 10**8}"
    yield filled(server.url(name, create=True))
    server.drop(name)


def filled(url: str) -> str:
    command.upgrade(servers.alembic_config(url), BEFORE_ASSESSMENT)
    with connected(url) as (connection, tables):
        for name, row in ROWS:
            connection.execute(tables[name].insert().values(whole(tables[name], row)))
        connection.commit()
    return url


class connected:
    """A connection to a database and its tables as they are."""

    def __init__(self, url: str) -> None:
        self.connection = create_engine(url, poolclass=NullPool).connect()

    def __enter__(self) -> tuple[Connection, dict[str, Table]]:
        found = MetaData()
        found.reflect(self.connection)
        return self.connection, found.tables  # type: ignore[return-value]

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def whole(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """The row with something in each column that must have a value."""
    return {
        column.name: row.get(column.name, filling(column))
        for column in table.columns
        if column.name in row or not (column.nullable or column.primary_key or column.server_default)
    }


def filling(column: Column[Any]) -> object:
    for kind, value in ((Boolean, False), (Integer, 0), (DateTime, MOMENT), (JSON, {})):
        if isinstance(column.type, kind):
            return value
    return f"a {column.name}"


def counts(url: str) -> dict[str, int]:
    with connected(url) as (connection, tables):
        return {name: len(connection.execute(tables[name].select()).all()) for name, _ in ROWS}


def test_rows_survive_the_way_up(old_url: str) -> None:
    before = counts(old_url)
    command.upgrade(servers.alembic_config(old_url), "head")

    assert counts(old_url) == before


def test_rows_survive_the_way_down(old_url: str) -> None:
    before = counts(old_url)
    command.upgrade(servers.alembic_config(old_url), "head")
    command.downgrade(servers.alembic_config(old_url), BEFORE_ASSESSMENT)

    assert counts(old_url) == before


def test_why_a_grant_is_paused_survives_both_ways(old_url: str) -> None:
    config = servers.alembic_config(old_url)
    paused = {"user_id": 1, "course_id": 1, "paused_at": MOMENT, "pause_reason": "payment"}
    command.upgrade(config, "20261122_teams")
    with connected(old_url) as (connection, tables):
        connection.execute(tables["grants"].insert().values(whole(tables["grants"], paused)))
        connection.commit()

    command.upgrade(config, "head")
    with connected(old_url) as (connection, tables):
        kept = connection.execute(tables["grant_pauses"].select()).one()
    command.downgrade(config, "20261122_teams")
    with connected(old_url) as (connection, tables):
        again = connection.execute(tables["grants"].select()).mappings().one()

    assert kept.reason == "payment"
    assert (again["pause_reason"], again["paused_at"]) == ("payment", kept.since)


def test_lines_get_their_shares_of_what_came_and_went_back(database_url: str) -> None:
    config = servers.alembic_config(database_url)
    moved = {"payment": 5000, "refund": -1500, "refund_failed": 500, "dispute_fee": -1500}
    command.downgrade(config, "20261122_gifts")
    with connected(database_url) as (connection, tables):

        def add(name: str, **row: Any) -> None:
            connection.execute(tables[name].insert().values(whole(tables[name], row)))

        add("courses", id=1, slug="skin")
        add("courses", id=2, slug="hands")
        for number in (1, 2, 3):  # The ledger does not know the second yet, and nobody has paid the third.
            paid = {"paid_minor": None if number == 3 else 4000, "refunded_minor": 0 if number == 3 else 1000}
            add("orders", id=number, number=f"N{number}", quantity=1, tax_minor=799, **paid)
            for course in (1, 2):
                add(
                    "order_lines",
                    order_id=number,
                    course_id=course,
                    position=course,
                    amount_minor=course * 1000,
                )
        for kind, minor in moved.items():
            add("ledger_entries", order_id=1, kind=kind, source_key=kind, amount_minor=minor, currency="USD")
        connection.commit()

    command.upgrade(config, "head")

    with connected(database_url) as (connection, tables):
        line = tables["order_lines"].c
        query = (
            tables["order_lines"]
            .select()
            .with_only_columns(line.paid_minor, line.refunded_minor, line.tax_minor)
        )
        rows = connection.execute(query.order_by(line.order_id, line.position)).all()
    assert [tuple(row) for row in rows] == [
        (1667, 333, 266), (3333, 667, 533), (1333, 333, 266), (2667, 667, 533), (0, 0, 0), (0, 0, 0),
    ]  # fmt: skip


def test_no_way_leads_down_from_orders_that_older_code_cannot_read(database_url: str) -> None:
    config = servers.alembic_config(database_url)
    for kind, before in (("gift", "20261122_guests"), ("seats", "20261122_plans")):
        with connected(database_url) as (connection, tables):
            orders = tables["orders"]
            connection.execute(
                orders.insert().values(whole(orders, {"number": kind, "kind": kind, "quantity": 1}))
            )
            connection.commit()

        with pytest.raises(CommandError, match=r"older code cannot read, so the schema stays"):
            command.downgrade(config, before)

        with connected(database_url) as (connection, tables):
            assert connection.execute(delete(tables["orders"])).rowcount == 1
            connection.commit()
