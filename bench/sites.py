"""A site to measure: a fresh instance with the workload on a database of its own, run by the shipped server."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from sqlalchemy import select, update

from app import create_app
from bench.bundle import write_bundle
from bench.people import Learner, make_learners
from core import config, reads
from core.clock import now
from core.database import db, transaction
from deploy.supervisor import FLASK, ROOT
from quizzes.models import Attempt, Quiz
from quizzes.rules import AttemptState
from tests.servers import Postgres

STRIPE_KEY, WEBHOOK_SECRET = "sk_test_bench", "whsec_bench"
SECRET = "only-for-the-bench-0123456789-abcdefghijklmnop"


@dataclass(frozen=True)
class Instance:
    """A prepared instance: the environment it is served in, its learners, the database's own process if any."""

    environ: Mapping[str, str]
    learners: tuple[Learner, ...]
    database_pid: int | None = None


def prepare(
    folder: Path, stripe_api: str, database_url: str | None = None, database_pid: int | None = None
) -> Instance:
    """Migrate, publish the content of the workload, make its learners. Without a URL it is SQLite."""
    environ = migrated(folder, stripe_api, database_url)
    _stratum(environ, "content", "sync", str(write_bundle(folder / "bundle")))
    with application(environ) as app:
        learners = make_learners(app)
    return Instance(environ, tuple(learners), database_pid)


def migrated(folder: Path, stripe_api: str, database_url: str | None = None) -> dict[str, str]:
    """The environment of a new instance in `folder`, whose database has its tables and nothing else."""
    folder.mkdir()
    environ = _environ_of(folder, stripe_api, database_url)
    _stratum(environ, "migrate")
    return environ


@contextmanager
def application(environ: Mapping[str, str]) -> Iterator[Flask]:
    """The app in this process, with its connections closed at the end."""
    app = create_app(config.load(environ))
    try:
        yield app
    finally:
        reads.close()
        with app.app_context():
            db.engine.dispose()


def hand_in_all(environ: Mapping[str, str], quiz: str) -> None:
    """No attempt at a quiz is open any more; nothing is marked."""
    quizzes = select(Quiz.id).where(Quiz.slug == quiz)
    closed = update(Attempt).where(Attempt.state == AttemptState.OPEN, Attempt.quiz_id.in_(quizzes))
    with application(environ) as app, app.app_context(), transaction() as session:
        session.execute(closed.values(state=AttemptState.SUBMITTED, submitted_at=now()))


@contextmanager
def postgresql(folder: Path, stripe_api: str) -> Iterator[Instance]:
    """An instance on a PostgreSQL that runs until the block ends."""
    # Its files lie in a folder that other users may reach: started by root, it runs as a user of its own.
    with TemporaryDirectory(prefix="st") as name, Postgres.started(Path(name)) as server:
        pid = int((Path(name) / "pg" / "postmaster.pid").read_text().split()[0])
        yield prepare(folder, stripe_api, server.url("bench", create=True), pid)


def _environ_of(folder: Path, stripe_api: str, database_url: str | None) -> dict[str, str]:
    """The environment of the instance in `folder`: production, as the supervisor would run it, with test payments."""
    values = {
        "STRATUM_ENV": "production",
        "SECRET_KEY": SECRET,
        "BASE_URL": "https://bench.example",
        "INSTANCE": str(folder),
        "STRIPE_SECRET_KEY": STRIPE_KEY,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "STRIPE_API_BASE": stripe_api,
    }
    return values | ({"DATABASE_URL": database_url} if database_url else {})


def _stratum(environ: Mapping[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [*FLASK, *arguments],
        cwd=ROOT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(
            f"flask stratum {' '.join(arguments)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
