"""Plain Alembic. One process upgrades while others wait; a revision that fails leaves the old schema."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import context
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

import app  # noqa: F401 - the rooms, and with them their tables
from core import config as configuration
from core.database import Base, UtcDateTime, set_pragmas

LOCK = 0x57A7  # one number for all who upgrade this product's schema


def url() -> str:
    """The database to upgrade: given by the caller, or the configured one."""
    given = context.config.attributes.get("url")
    return str(given) if given else configuration.load(os.environ).database_url


def make_engine() -> Engine:
    engine = create_engine(url(), poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", set_pragmas)
        event.listen(engine, "connect", _let_tables_be_rebuilt)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _let_tables_be_rebuilt(dbapi: Any, _: object) -> None:
    """SQLite changes a table by a copy that replaces it: were keys enforced, dropping the old one would delete the
    rows of others that belong to its rows. They are checked before each migration is kept instead."""
    dbapi.execute("PRAGMA foreign_keys=OFF")


def require_whole_keys(ctx: Any, **_: object) -> None:
    """Raise ValueError where a migration has left a row whose key leads nowhere; nothing of it is kept then."""
    if ctx.connection.dialect.name == "sqlite":
        broken = ctx.connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise ValueError(f"rows whose key leads nowhere: {[tuple(row) for row in broken[:5]]}")


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Hold the lock of upgraders: a file beside SQLite's database, an advisory lock on PostgreSQL."""
    if engine.dialect.name == "sqlite":
        path = Path(f"{engine.url.database}.migrate.lock")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as holder:
        holder.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        yield


def render_item(kind: str, item: Any, _: object) -> str | bool:
    """Migrations name SQLAlchemy's types, never the product's code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def upgrade(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        transaction_per_migration=True,
        transactional_ddl=True,
        render_item=render_item,
        compare_type=True,
        on_version_apply=require_whole_keys,
    )
    with context.begin_transaction():
        context.run_migrations()


engine = make_engine()
with alone(engine), engine.connect() as connection:
    upgrade(connection)
