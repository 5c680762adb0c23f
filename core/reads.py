"""Hot reads: a select compiled once and run on the bare driver, for the few pages that are asked for all the time.

An ORM read of a lesson page costs more than all the rest of the page. A `HotRead` is written as an ordinary Core
select and gives plain tuples. It reads what is committed, on a connection of its own thread, never in a transaction.
"""

import sqlite3
import threading
from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy import Engine
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.selectable import SelectBase

from core.database import db

_local = threading.local()
Processor = Callable[[Any], Any]
Row = tuple[Any, ...]


class HotRead:
    """A select with named bind parameters; calling it gives all rows as tuples, typed as the columns are."""

    def __init__(self, statement: SelectBase) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, tuple[str, ...], tuple[tuple[int, Processor], ...]]] = {}

    def __call__(self, **params: object) -> list[Row]:
        engine = db.engine
        sql, order, processors = self._compiled.get(engine.dialect.name) or self._compile(engine)
        values: object = tuple(params[name] for name in order) if order else params
        rows = _execute(engine, sql, values)
        return [_typed(row, processors) for row in rows] if processors else rows

    def _compile(self, engine: Engine) -> tuple[str, tuple[str, ...], tuple[tuple[int, Processor], ...]]:
        dialect = engine.dialect
        assert isinstance(self._statement, Executable)
        compiled = self._statement.compile(dialect=dialect)
        order = tuple(getattr(compiled, "positiontup", None) or ())
        found = (
            (i, column.type.dialect_impl(dialect).result_processor(dialect, None))
            for i, column in enumerate(self._statement.selected_columns)
        )
        processors = tuple((i, processor) for i, processor in found if processor)
        self._compiled[dialect.name] = (str(compiled), order, processors)
        return self._compiled[dialect.name]


def close() -> None:
    """Close this thread's connection, so that its database may be dropped."""
    for connection in getattr(_local, "connections", {}).values():
        connection.close()
    _local.connections = {}


def _typed(row: Row, processors: tuple[tuple[int, Processor], ...]) -> Row:
    values = list(row)
    for i, processor in processors:
        if values[i] is not None:
            values[i] = processor(values[i])
    return tuple(values)


def _execute(engine: Engine, sql: str, values: Any) -> list[Row]:
    try:
        rows: list[Row] = _connection(engine).execute(sql, values).fetchall()
    except psycopg.OperationalError:  # The server went away: one fresh connection, then the error stands.
        close()
        rows = _connection(engine).execute(sql, values).fetchall()
    return rows


def _connection(engine: Engine) -> Any:
    connections: dict[str, Any] = _local.__dict__.setdefault("connections", {})
    key = engine.url.render_as_string(hide_password=False)
    if key not in connections:
        connections[key] = _connect(engine)
    return connections[key]


def _connect(engine: Engine) -> Any:
    if engine.dialect.name == "sqlite":
        connection = sqlite3.connect(str(engine.url.database), timeout=5, isolation_level=None)
        connection.execute("PRAGMA query_only=ON")
        return connection
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(
        url, autocommit=True, prepare_threshold=1, options="-c statement_timeout=10000 -c timezone=UTC"
    )
