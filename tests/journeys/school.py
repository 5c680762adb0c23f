"""A school that is open: the shipped server on an instance of its own, and its post."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.client import HTTPConnection
from pathlib import Path

from core.config import Config, load
from tests import servers
from tests.conftest import run_stratum

SECRET = "journeys-secret-4f1b9c-2a7e63-d05e8b-91c3aa"
STARTS_WITHIN = 30  # seconds; only a broken server takes as long
DATABASE = "stratum.db"


@dataclass(frozen=True)
class School:
    """A running school: its address, its data folder, and settings beyond those that every school here has."""

    url: str
    instance: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Config:
        return load(
            {
                "STRATUM_ENV": "demo",
                "SECRET_KEY": SECRET,
                "INSTANCE": str(self.instance),
                "BASE_URL": self.url,
                **self.settings,
            }
        )

    def operate(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `flask stratum ...` on this school."""
        return operate(self.instance, *arguments)

    def deliver_mail(self) -> None:
        """What the worker does when its bell rings, here and now."""
        from app import create_app
        from core.mail import deliver_due

        with inside(create_app(self.config)):
            deliver_due()

    def mail_to(self, address: str) -> str:
        """The text of the newest mail to an address, read from the folder where a demo's mails lie."""
        self.deliver_mail()
        found = []
        for file in sorted((self.instance / "mail").glob("*.eml")):
            message = message_from_bytes(file.read_bytes(), policy=policy.default)
            if message["To"] == address:
                body = message.get_body(("plain",))
                assert body is not None
                found.append(str(body.get_content()))
        assert found, f"no mail to {address}"
        return found[-1]


@contextmanager
def inside(app: object) -> Iterator[None]:
    """An application context on a running school's database, closed without a trace."""
    from core import reads
    from core.database import db

    with app.app_context():  # type: ignore[attr-defined]
        yield
        db.session.remove()
        reads.close()
        db.engine.dispose()


def operate(instance: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `flask stratum ...` on an instance in demo."""
    return run_stratum(*arguments, instance=instance, STRATUM_ENV="demo", SECRET_KEY=SECRET)


def furnish(instance: Path, template: Path, content: Path) -> Path:
    """An instance with a migrated database (a copy of `template`) and a bundle's content."""
    instance.mkdir()
    shutil.copy(template, instance / DATABASE)
    done = operate(instance, "content", "sync", str(content))
    assert done.returncode == 0, done.stdout + done.stderr
    return instance


@contextmanager
def open_school(instance: Path, port: int | None = None, **more: str) -> Iterator[School]:
    """Serve an instance as shipped, with one worker, until the block ends; `more` are further settings."""
    port = port or servers.free_port()
    school = School(f"http://127.0.0.1:{port}", instance, more)
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "app:create_app", "--no-ws"),
        *("--workers", "1", "--blocking-threads", "2", "--log-level", "warning", "--host", "127.0.0.1"),
        *("--port", str(port)),
    ]
    settings = {"STRATUM_ENV": "demo", "SECRET_KEY": SECRET, "INSTANCE": str(instance), "PORT": str(port)}
    settings |= more
    with (instance / "server.log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=servers.ROOT, env={**os.environ, **settings}, stdout=log, stderr=log
        )
        try:
            _wait_until_up(port, server)
            yield school
        finally:
            server.terminate()
            server.wait(STARTS_WITHIN)


def _wait_until_up(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        if _answers(port):
            return
        with suppress(subprocess.TimeoutExpired):
            server.wait(0.05)
    raise AssertionError("the server did not answer")


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
