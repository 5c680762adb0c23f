"""Hot reads: a select compiled once and run on the bare driver, for the few pages that are asked for all the time.

An ORM read of a lesson page costs more than all the rest of the page. A `HotRead` is written as an ordinary Core
select and gives plain tuples. It reads what is committed, on a connection of its own thread, never in a transaction.
"""

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import BindParameter, Dialect, Engine, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import SelectBase

from core.config import current_config
from core.database import db

_local = threading.local()
Processor = Callable[[Any], Any]
Row = tuple[Any, ...]


@dataclass(frozen=True)
class _Compiled:
    """A select as one driver takes it: its text, its own constants, the order of `?` and the typing of columns."""

    sql: str
    constants: dict[str, object]
    order: tuple[str, ...]
    processors: tuple[tuple[int, Processor], ...]

    def values(self, params: dict[str, object]) -> object:
        given = {**self.constants, **params}
        return tuple(given[name] for name in self.order) if self.order else given


class HotRead:
    """A select with named bind parameters (plain values); calling it gives all rows as tuples, typed as the
    columns are. It may not hold a list to be expanded (`in_` of a parameter)."""

    def __init__(self, statement: SelectBase) -> None:
        self._statement = statement
        self._compiled: dict[bool, _Compiled] = {}  # for SQLite, and not

    def __call__(self, **params: object) -> list[Row]:
        config = current_config()
        compiled = self._compiled.get(config.is_sqlite) or self._compile(config.is_sqlite)
        rows = _execute(config.database_url, compiled.sql, compiled.values(params))
        return [_typed(row, compiled.processors) for row in rows] if compiled.processors else rows

    def _compile(self, is_sqlite: bool) -> _Compiled:
        dialect = db.engine.dialect
        compiled = self._statement.compile(dialect=dialect)
        constants = {
            name: _processed(bind, dialect) for name, bind in compiled.binds.items() if not bind.required
        }
        found = (
            (i, column.type.dialect_impl(dialect).result_processor(dialect, None))
            for i, column in enumerate(self._statement.selected_columns)
        )
        processors = tuple((i, processor) for i, processor in found if processor)
        order = tuple(getattr(compiled, "positiontup", None) or ())
        made = self._compiled[is_sqlite] = _Compiled(str(compiled), constants, order, processors)
        return made


class IdList(FunctionElement[str]):
    """All values of an integer column in one text, `3,17,20`; NULL for no rows. `read_ids` reads it."""

    type = String()
    inherit_cache = True


@compiles(IdList, "sqlite")
def _group_concat(element: IdList, compiler: SQLCompiler, **options: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **options)})"


@compiles(IdList, "postgresql")
def _string_agg(element: IdList, compiler: SQLCompiler, **options: Any) -> str:
    return f"string_agg(CAST({compiler.process(element.clauses, **options)} AS TEXT), ',')"


def read_ids(text: str | None) -> frozenset[int]:
    """The ids of an IdList."""
    return frozenset(map(int, text.split(","))) if text else frozenset()


def _processed(bind: BindParameter[Any], dialect: Dialect) -> object:
    process = bind.type.dialect_impl(dialect).bind_processor(dialect)
    return process(bind.value) if process else bind.value


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


def _execute(database_url: str, sql: str, values: Any) -> list[Row]:
    try:
        rows: list[Row] = _connection(database_url).execute(sql, values).fetchall()
    except psycopg.OperationalError:  # The server went away: one fresh connection, then the error stands.
        close()
        rows = _connection(database_url).execute(sql, values).fetchall()
    return rows


def _connection(database_url: str) -> Any:
    connections: dict[str, Any] = _local.__dict__.setdefault("connections", {})
    if database_url not in connections:
        connections[database_url] = _connect(db.engine)
    return connections[database_url]


def _connect(engine: Engine) -> Any:
    if engine.dialect.name == "sqlite":
        connection = sqlite3.connect(str(engine.url.database), timeout=5, isolation_level=None)
        connection.execute("PRAGMA query_only=ON")
        return connection
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(
        url, autocommit=True, prepare_threshold=1, options="-c statement_timeout=10000 -c timezone=UTC"
    )
