"""The database: one way to write, in turn, whole or not at all; times aware and states as words on both engines."""

import multiprocessing
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import ForeignKey, MetaData, UniqueConstraint, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Mapped, mapped_column

from core import config as configuration
from core.audit import AuditEntry, record
from core.database import (
    Base,
    WriteOutsideTransaction,
    after_commit,
    db,
    insert_once,
    transaction,
)
from tests.crowd import at_once

ELSEWHERE = MetaData()  # Tables of these tests only: no other test's database has them.


class Colour(StrEnum):
    LIGHT_RED = "light-red"
    BLUE = "blue"


class Jar(Base):
    """Something to count in."""

    __tablename__ = "test_jars"
    metadata = ELSEWHERE

    id: Mapped[int] = mapped_column(primary_key=True)
    beans: Mapped[int] = mapped_column(default=0)
    colour: Mapped[Colour] = mapped_column(default=Colour.BLUE)
    filled_at: Mapped[datetime | None]


class Label(Base):
    """One word on a jar, once."""

    __tablename__ = "test_labels"
    __table_args__ = (UniqueConstraint("jar_id", "word"),)
    metadata = ELSEWHERE

    id: Mapped[int] = mapped_column(primary_key=True)
    jar_id: Mapped[int] = mapped_column(ForeignKey("test_jars.id"))
    word: Mapped[str]


@pytest.fixture
def jar(app: Flask) -> int:
    """The id of an empty jar."""
    with transaction() as session:
        ELSEWHERE.create_all(session.connection())
        session.add(Jar(id=1))
    return 1


def beans() -> int:
    db.session.rollback()
    return db.session.scalar(select(Jar.beans)) or 0


def fill(number: int = 1) -> None:
    found = db.session.get_one(Jar, 1, with_for_update=True)
    found.beans += number
    db.session.flush()


def fail_after(deed: Callable[[], object]) -> None:
    with transaction():
        deed()
        raise LookupError


def test_a_transaction_commits_what_it_did(jar: int) -> None:
    with transaction():
        fill(3)

    assert beans() == 3


def test_an_error_rolls_everything_back_and_is_raised(jar: int) -> None:
    with pytest.raises(LookupError):
        fail_after(lambda: fill(3))

    assert db.session.scalar(select(Jar.beans)) == 0  # Without a rollback of ours: nothing is left behind.


def test_transactions_do_not_nest_and_the_outer_one_is_rolled_back(jar: int) -> None:
    def nest() -> None:
        with transaction():
            fill(3)
            with transaction():
                fill(4)

    with pytest.raises(RuntimeError, match="do not nest"):
        nest()

    assert beans() == 0


def test_after_an_error_the_next_transaction_works(jar: int) -> None:
    with pytest.raises(LookupError):
        fail_after(fill)

    with transaction():
        fill()

    assert beans() == 1


def test_effects_run_once_after_the_commit_in_their_order(jar: int) -> None:
    seen: list[object] = []

    with transaction():
        fill(2)
        after_commit(lambda: seen.append(beans()))
        after_commit(lambda: seen.append("second"))
        assert seen == []

    assert seen == [2, "second"]


def test_effects_of_a_failed_transaction_never_run(jar: int) -> None:
    seen: list[int] = []

    with pytest.raises(LookupError):
        fail_after(lambda: after_commit(lambda: seen.append(1)))
    with transaction():
        fill()

    assert seen == []


def test_an_effect_may_open_a_transaction_of_its_own(jar: int) -> None:
    def effect() -> None:
        with transaction():
            fill(10)

    with transaction():
        after_commit(effect)

    assert beans() == 10


def flush_a_new_row() -> None:
    db.session.add(Jar(id=2))
    db.session.flush()


def flush_a_change() -> None:
    db.session.get_one(Jar, 1).beans = 9
    db.session.flush()


def flush_a_deletion() -> None:
    db.session.delete(db.session.get_one(Jar, 1))
    db.session.flush()


def write_on_a_bare_connection() -> None:
    with db.engine.connect() as connection:
        connection.execute(text("DELETE FROM test_jars"))


STRAY: dict[str, Callable[[], object]] = {
    "flush insert": flush_a_new_row,
    "flush update": flush_a_change,
    "flush delete": flush_a_deletion,
    "core insert": lambda: db.session.execute(insert(Jar).values(id=2)),
    "core update": lambda: db.session.execute(update(Jar).values(beans=9)),
    "text": lambda: db.session.execute(text("UPDATE test_jars SET beans = 9")),
    "indented text": lambda: db.session.execute(text("\n  update test_jars SET beans = 9")),
    "with": lambda: db.session.execute(text("WITH n AS (SELECT 9) UPDATE test_jars SET beans = 9")),
    "bare connection": write_on_a_bare_connection,
}


@pytest.mark.parametrize("stray", STRAY.values(), ids=STRAY)
def test_a_write_outside_a_transaction_raises_before_it_reaches_the_database(
    jar: int, stray: Callable[[], object]
) -> None:
    with pytest.raises(WriteOutsideTransaction):
        stray()

    db.session.rollback()
    assert db.session.execute(select(Jar.id, Jar.beans)).all() == [(1, 0)]


def test_a_read_with_a_common_table_is_no_write(jar: int) -> None:
    rows = db.session.execute(text("WITH n AS (SELECT beans FROM test_jars) SELECT * FROM n")).all()

    assert rows == [(0,)]


def test_threads_that_read_change_and_write_lose_nothing(app: Flask, jar: int) -> None:
    """R4: writers wait for their turn; nobody meets "database is locked"."""

    def work(_: int) -> None:
        for _ in range(30):
            with transaction():
                fill()

    answers = at_once(app, 8, work)

    assert answers == [None] * 8
    assert beans() == 8 * 30


def work_in_a_process(url: str, instance: str, rounds: int) -> None:
    from pathlib import Path

    from app import create_app
    from tests.conftest import make_config

    flask_app = create_app(make_config(Path(instance), DATABASE_URL=url))
    with flask_app.app_context():
        for _ in range(rounds):
            with transaction():
                fill()


def test_processes_that_read_change_and_write_lose_nothing(jar: int, config: configuration.Config) -> None:
    """R4, between processes."""
    spawn = multiprocessing.get_context("spawn")
    arguments = (config.database_url, str(config.instance), 25)
    processes = [spawn.Process(target=work_in_a_process, args=arguments) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)

    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert beans() == 3 * 25


def test_a_row_with_a_key_is_inserted_once_by_however_many(app: Flask, jar: int) -> None:
    """Finding 7: the database decides, not a look before the insert."""

    def label(_: int) -> bool:
        with transaction():
            return insert_once(Label, {"jar_id": jar, "word": "plum"}, ("jar_id", "word"))

    answers = at_once(app, 20, label)

    assert sorted(answers) == [False] * 19 + [True]
    db.session.rollback()
    assert len(db.session.scalars(select(Label)).all()) == 1


def test_a_writer_holds_the_lock_from_its_first_read_on(jar: int) -> None:
    """Finding 7: a lock asked for only at the first write is refused at once when another has read meanwhile."""
    if db.engine.dialect.name != "sqlite":
        return
    stranger = sqlite3.connect(str(db.engine.url.database), timeout=0, isolation_level=None)
    with closing(stranger), transaction(), pytest.raises(sqlite3.OperationalError, match="locked"):
        stranger.execute("BEGIN IMMEDIATE")


def test_foreign_keys_are_checked(jar: int) -> None:
    def label_a_jar_that_is_not_there() -> None:
        with transaction() as session:
            session.add(Label(jar_id=99, word="plum"))

    with pytest.raises(IntegrityError):
        label_a_jar_that_is_not_there()


MOMENTS = [
    datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC),
    datetime(2026, 11, 21, 23, 30, tzinfo=timezone(timedelta(hours=-8))),
    datetime(1970, 1, 1, tzinfo=UTC),
]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_moment_comes_back_aware_in_utc_and_exact(jar: int, moment: datetime) -> None:
    with transaction() as session:
        session.get_one(Jar, 1).filled_at = moment
    db.session.rollback()

    found = db.session.scalar(select(Jar.filled_at))

    assert found == moment
    assert found.utcoffset() == timedelta(0)


def test_a_moment_without_a_time_zone_is_refused(jar: int) -> None:
    def store() -> None:
        with transaction() as session:
            session.get_one(Jar, 1).filled_at = datetime(2026, 11, 21)  # noqa: DTZ001 - that is the point

    with pytest.raises(StatementError, match="without a time zone"):
        store()


def test_a_state_is_stored_as_its_word_and_read_as_its_state(jar: int) -> None:
    with transaction() as session:
        session.get_one(Jar, 1).colour = Colour.LIGHT_RED
    db.session.rollback()

    assert db.session.scalar(text("SELECT colour FROM test_jars")) == "light-red"
    assert db.session.scalar(select(Jar.colour)) is Colour.LIGHT_RED


def test_sqlite_syncs_each_commit_and_keeps_a_journal_of_its_own(config: configuration.Config) -> None:
    """R2: what was acknowledged outlives a loss of power. So says the product's engine; the fixture's is in haste."""
    from app import create_app

    with create_app(config).app_context():
        if config.is_sqlite:
            pragmas = ("journal_mode", "synchronous", "foreign_keys")
            assert [db.session.scalar(text(f"PRAGMA {name}")) for name in pragmas] == ["wal", 2, 1]
        else:
            assert db.session.scalar(text("SHOW synchronous_commit")) == "on"
        db.session.remove()
        db.engine.dispose()


def test_an_error_of_the_database_names_no_values(jar: int) -> None:
    """No personal data in logs: a statement's values stay out of its error."""
    values: dict[str, Any] = {"id": 1, "beans": 4711}
    with pytest.raises(IntegrityError) as refusal, transaction() as session:
        session.execute(insert(Jar).values(**values))

    assert "4711" not in str(refusal.value)


def test_an_effect_that_fails_leaves_the_commit_and_the_other_effects_standing(app: Flask) -> None:
    done: list[str] = []

    def fail() -> None:
        raise RuntimeError("no bell")

    with transaction():
        record("test.deed", "thing:1")
        after_commit(fail)
        after_commit(lambda: done.append("second"))

    assert done == ["second"]
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 1
