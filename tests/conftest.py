"""Real parts for the tests: a migrated database on SQLite and on PostgreSQL, a Redis, a held clock."""

import contextvars
import fcntl
import gc
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import create_engine, event, text
from werkzeug.routing import Rule

from core import clock as core_clock
from core import config as configuration
from core import reads, web
from core.database import db
from tests import servers, statements

# A busy machine is slow: that is no fault of an example, nor of how it is drawn.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

ENGINES = ("sqlite", "postgresql")
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
Clock = Callable[[datetime], None]  # what the fixture `clock` gives


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browsers first: theirs are the longest tests, and none is left over at the end, when only one worker is busy.

    Each worker begins with its own stretch of the list, so each stretch begins with whole modules of them.
    """
    workers = getattr(config, "workerinput", {"workercount": 1})["workercount"]
    modules: dict[Path, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("browser"):
            modules.setdefault(item.path, []).append(item)
    shares: list[list[pytest.Item]] = [[] for _ in range(workers)]
    for module in sorted(modules.values(), key=len, reverse=True):
        min(shares, key=len).extend(module)
    others = [item for item in items if not item.get_closest_marker("browser")]
    stretch = len(items) // workers
    items.clear()
    for share in shares:
        room = max(0, stretch - len(share))
        items += share + others[:room]
        del others[:room]
    items += others


@pytest.fixture(scope="session")
def workshop() -> Iterator[Path]:
    """One short-named folder for the whole run (sockets have short paths), removed at its end."""
    folder = Path(tempfile.mkdtemp(prefix="st"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Make a file or folder of this name once for all workers of a run: the first makes it, the others wait."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def make_once(name: str, make: Callable[[Path], object]) -> Path:
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (shared / name).exists():
                with tempfile.TemporaryDirectory(
                    dir=shared
                ) as folder:  # Gone with what is left of a failure.
                    make(Path(folder) / name)
                    (Path(folder) / name).rename(shared / name)
        return shared / name

    return make_once


@pytest.fixture(scope="session")
def sqlite_template(once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """A migrated, empty SQLite database, to be copied."""

    def make(path: Path) -> None:
        servers.migrate(f"sqlite:///{path}")
        with create_engine(f"sqlite:///{path}").connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    return once("template.db", make)


@pytest.fixture(scope="session")
def postgres(workshop: Path) -> Iterator[servers.Postgres]:
    """A real PostgreSQL with a migrated template database."""
    with servers.Postgres.started(workshop) as server:
        server.make_template()
        yield server


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh migrated database, once on each engine."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        shutil.copy(template, tmp_path / "stratum.db")
        yield f"sqlite:///{tmp_path / 'stratum.db'}"
        return
    server = request.getfixturevalue("postgres")
    name = server.lend()
    yield server.lent_url(name)
    server.take_back(name)


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> configuration.Config:
    return make_config(tmp_path, DATABASE_URL=database_url)


def make_config(instance: Path, **values: str) -> configuration.Config:
    """A demo configuration on `instance`, with some variables given."""
    secret = "test-secret-0123456789-abcdefghijklmnop"
    defaults = {"STRATUM_ENV": "demo", "SECRET_KEY": secret, "INSTANCE": str(instance)}
    return configuration.load({**defaults, **values})


class Browser(FlaskClient):
    """A client whose requests have an application context each, as on a server, though the test holds one open."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        return contextvars.Context().run(super().open, *args, **kwargs)


class CompiledTemplates(BytecodeCache):
    """Templates compiled once for all apps of a run; a template that has changed has another checksum."""

    def __init__(self) -> None:
        self.code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.code:
            bucket.bytecode_from_string(self.code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.code[bucket.key] = bucket.bytecode_to_string()


_templates = CompiledTemplates()


def in_haste(dbapi: Any, _record: object) -> None:
    """A test's SQLite waits for no disk: nothing of it outlives the power. Its PostgreSQL is set up alike."""
    dbapi.execute("PRAGMA synchronous=OFF")


class CompiledRule(Rule):
    """An address that is compiled once for all apps of a run: most of the time that an app takes."""

    compiled: ClassVar[dict[object, dict[str, Any]]] = {}

    def compile(self) -> None:
        """What comes of a rule hangs on its text and on the converters of its map; builders are bound to each."""
        converters = tuple(self.map.converters.items())
        key = (self.rule, self.subdomain, self.host, repr(self.defaults), self.merge_slashes, converters)
        if key not in self.compiled:
            super().compile()
            parts = {name: getattr(self, name) for name in ("_parts", "_trace", "_converters", "arguments")}
            builders = {name: getattr(self, name).__func__ for name in ("_build", "_build_unknown")}
            self.compiled[key] = {"parts": parts, "builders": builders}
        self.__dict__.update(self.compiled[key]["parts"])
        for name, build in self.compiled[key]["builders"].items():
            setattr(self, name, build.__get__(self, None))


web.App.url_rule_class = CompiledRule
statements.share()


@pytest.fixture
def app(config: configuration.Config) -> Iterator[Flask]:
    """The whole application on a fresh database; its context is open, so that tests may call services."""
    from app import create_app

    flask_app = create_app(config)
    flask_app.test_client_class = Browser
    flask_app.jinja_env.bytecode_cache = _templates
    flask_app.testing = False  # Errors become pages, as they do for a user.
    with flask_app.app_context():
        if flask_app.config["STRATUM"].is_sqlite:
            event.listen(db.engine, "connect", in_haste)
        yield flask_app
        db.session.remove()
        reads.close()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript that talks to the app."""
    return app.test_client()


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Hold the product's clock: it starts at NOON; call it with another moment to move it."""
    core_clock.set_now(NOON)
    yield core_clock.set_now
    core_clock.set_now(None)


@pytest.fixture(scope="session")
def redis_url(workshop: Path) -> Iterator[str]:
    """A real Redis on a socket."""
    with servers.redis(workshop) as url:
        yield url


@pytest.fixture(scope="session", autouse=True)
def _modules_are_no_garbage() -> None:
    """Import the product before the first test and let the collector pass over all of it: a fifth of the run."""
    import app  # noqa: F401 - with it come all rooms

    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 10, 10)


@pytest.fixture(scope="session", autouse=True)
def _no_inherited_settings() -> None:
    for name in configuration.VARIABLES:
        os.environ.pop(name, None)


def run_stratum(*arguments: str, instance: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run `flask stratum ...` as an operator would, in a process of its own."""
    command = [servers.executable("flask"), "--app", "app", "stratum", *arguments]
    values = {**os.environ, "INSTANCE": str(instance), **environ}
    return subprocess.run(command, capture_output=True, text=True, env=values, timeout=120, check=False)
