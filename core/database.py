"""The database: the base of all models, UTC datetimes, and `transaction()`, the only way to write.

Guarantees (docs/decisions/0003-sqlite-and-postgresql.md): a commit that returned is on the disk; writers are served
in turn; a write outside `transaction()` raises before it reaches the database; side effects run after the commit.
"""

import enum
import fcntl
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, Enum, MetaData, TypeDecorator, event, literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Session, registry

from core.config import Config
from core.errors import Forbidden

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

_WRITES = re.compile(
    r"\s*(?:INSERT|UPDATE|DELETE|REPLACE|MERGE|WITH\b.*\b(?:INSERT\s+INTO|DELETE\s+FROM|UPDATE\s+\S+\s+SET))\b",
    re.I | re.S,
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC and read back aware on both databases; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _words(kind: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in kind]


class Base(DeclarativeBase):
    """The base of every table. Rooms subclass it and write `__tablename__` by hand."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UtcDateTime,
            # States are stored as their words, so that a database browser and a new state need no type of its own.
            enum.Enum: Enum(enum.Enum, native_enum=False, length=32, values_callable=_words),
        },
    )


db = SQLAlchemy(model_class=Base)


class WriteOutsideTransaction(RuntimeError):
    """Code tried to write without `transaction()`: the door (view, command, job) must open one."""


def engine_options(config: Config) -> dict[str, Any]:
    """What the engine needs: SQLite waits for a lock, PostgreSQL drops dead connections and endless statements.

    Errors keep the values of their statement to themselves: they may be personal, and errors go into logs.
    """
    if config.is_sqlite:
        return {"hide_parameters": True, "connect_args": {"timeout": 5}}
    return {
        "hide_parameters": True,
        "pool_pre_ping": True,
        "pool_recycle": 1800,
        "connect_args": {"options": "-c statement_timeout=10000 -c timezone=UTC"},
    }


def init_app(app: Flask, config: Config) -> None:
    """Bind the database to the app and hang the listeners on its engine."""
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(config)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)


def prepare_engine(engine: Engine) -> None:
    """Durable, foreign keys on, plain BEGIN for readers and an immediate one for writers; writes are guarded."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", set_pragmas)
        event.listen(engine, "begin", _begin)
    event.listen(engine, "before_cursor_execute", _refuse_stray_write)


def set_pragmas(dbapi: Any, _record: object) -> None:
    """SQLite as it should be: explicit transactions, WAL, each commit synced, foreign keys checked."""
    dbapi.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        dbapi.execute(f"PRAGMA {pragma}")


def _may_write(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("write"))


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _may_write(connection) else "BEGIN")


def _refuse_stray_write(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
    if _WRITES.match(statement) and not _may_write(connection):
        raise WriteOutsideTransaction(statement[:80])


@contextmanager
def transaction() -> Iterator[Session]:
    """Write: take the turn, do the block, commit once, then run what `after_commit` was given.

    Any error rolls everything back and is raised. Transactions do not nest: an inner rollback would lose the
    outer's rows. Objects loaded before stay attached and are read afresh.
    """
    session = db.session()
    if "effects" in session.info:
        raise RuntimeError("transactions do not nest")
    if "refusal" in session.info:
        raise Forbidden(session.info["refusal"])
    session.rollback()
    with _turn(session.get_bind()), _writing(session) as effects:
        session.connection(execution_options={"write": True})
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
    for effect in effects:
        _run(effect)


def refuse_writes(sentence: str) -> None:
    """Let nothing be written any more in this request: `transaction()` raises Forbidden with this sentence."""
    db.session().info["refusal"] = sentence


def take_writes() -> None:
    """Let it be written again."""
    db.session().info.pop("refusal", None)


def _run(effect: Callable[[], None]) -> None:
    # The commit stands: what comes after it may fail, but must not tell the reader that the deed did.
    try:
        effect()
    except Exception:
        logging.getLogger("database").exception("an effect after the commit failed")


def after_commit(effect: Callable[[], None]) -> None:
    """Run `effect` once the current transaction has committed, and never if it does not."""
    db.session().info["effects"].append(effect)


def insert_once(model: type[Base], row: dict[str, Any], key: tuple[str, ...]) -> bool:
    """Insert `row` unless one with the same unique `key` is there; True when it was inserted.

    The database decides, so that clicks, tabs and devices at once make one row.
    """
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    statement = (
        insert(model).values(row).on_conflict_do_nothing(index_elements=list(key)).returning(literal(1))
    )
    return db.session.execute(statement).first() is not None


def upsert(model: type[Base], row: dict[str, Any], key: tuple[str, ...]) -> None:
    """Insert `row`, or change the one with the same unique `key` to it: the newest wins, and nobody fails."""
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    news = {name: value for name, value in row.items() if name not in key}
    db.session.execute(insert(model).values(row).on_conflict_do_update(index_elements=list(key), set_=news))


@contextmanager
def _writing(session: Session) -> Iterator[list[Callable[[], None]]]:
    effects: list[Callable[[], None]] = session.info.setdefault("effects", [])
    try:
        yield effects
    finally:
        del session.info["effects"]


@contextmanager
def _turn(bind: Engine | Connection) -> Iterator[None]:
    """Writers of SQLite queue on two file locks: who holds the gate waits for the turn, the others for the gate.

    SQLite itself polls with growing sleeps and starves writers; this queue is fair (verdict of the decision page).
    The lock belongs to the open file, so each writer, thread or process, opens its own. PostgreSQL needs none.
    """
    name = bind.engine.url.database
    if bind.dialect.name != "sqlite" or not name:
        yield
        return
    with Path(f"{name}.turn").open("w") as turn:
        with Path(f"{name}.gate").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            fcntl.flock(turn, fcntl.LOCK_EX)
        yield
