"""Statements compiled once for all databases of a run, though each test has a database and an engine of its own.

SQLAlchemy keeps what it has compiled by engine and by dialect, so every test compiled each of its statements anew:
a sixth of the run. Here engines that are made with the same options have one dialect and one such store.
"""

from typing import Any, ClassVar

from sqlalchemy import Connection, Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

ROOM = 5_000  # statements, ten times what one engine keeps by itself


class Shared:
    """A dialect of which there is one for each set of options."""

    made: ClassVar[dict[object, Any]] = {}
    statements: LRUCache[Any, Any]
    has_met_its_server = False

    def __new__(cls, **options: Any) -> Any:
        return cls.made.setdefault((cls, repr(sorted(options.items()))), super().__new__(cls))

    def __init__(self, **options: Any) -> None:
        if not hasattr(self, "statements"):
            super().__init__(**options)
            self.statements = LRUCache(ROOM)

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine._compiled_cache = engine.dialect.statements

    def initialize(self, connection: Connection) -> None:
        """Ask the server what it can do, once: there is one SQLite and one PostgreSQL in a run."""
        if not self.has_met_its_server:
            super().initialize(connection)
            self.has_met_its_server = True


class SharedSQLite(Shared, SQLiteDialect_pysqlite):
    supports_statement_cache = True


class SharedPsycopg(Shared, PGDialect_psycopg):
    supports_statement_cache = True


def share() -> None:
    """Let every engine that is made from now on have a shared dialect."""
    registry.register("sqlite", __name__, "SharedSQLite")
    registry.register("postgresql.psycopg", __name__, "SharedPsycopg")
