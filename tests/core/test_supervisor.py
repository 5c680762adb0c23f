"""The supervisor: everything starts, everything stops, and it says what is wrong in one line."""

import os
import select
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, nullcontext, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from core.config import ConfigError
from deploy import instance
from tests import servers

ROOT = Path(instance.__file__).parent.parent
WAIT = 60  # seconds; only a failing test waits as long
PATIENCE = 20_000  # looks; only a failing test looks as often
LISTENING = "0A"  # the state of a socket in /proc/net/tcp
SECRET = "a-secret-of-tests-0123456789-abcdefghijk"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An instance that has loaded the shipped content already, so that only the start is tested."""
    (tmp_path / instance.LOADED_FILE).write_text(instance.content_mark(ROOT / "content"))
    return tmp_path


class Running:
    """A supervisor that has greeted, with what it printed."""

    def __init__(self, folder: Path) -> None:
        self.port = servers.free_port()
        environ = {**os.environ, "INSTANCE": str(folder), "PORT": str(self.port)}
        command = [sys.executable, "-m", "deploy.supervisor", "demo"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.greeting = "".join(iter(self.process.stdout.readline, "Ctrl-C stops everything.\n"))

    def status(self, path: str) -> int:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
        return status

    def listeners(self) -> int:
        """How many sockets listen on the port: each web process opens one when it is ready."""
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
        return sum(row[1].endswith(f":{self.port:04X}") and row[3] == LISTENING for row in rows)

    def have_both_ready(self) -> bool:
        """The greeting waits for the first web process; ask on until the second one listens too."""
        return any(self.listeners() == 2 for _ in range(PATIENCE) if self.status("/healthz") == 200)

    def family(self) -> set[int]:
        """The process and all that descend from it."""
        found = {self.process.pid}
        parents = _parents()
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return found

    def child(self, words: str) -> int:
        """The direct child whose command line holds these words. One that was just started has none for a moment."""
        (pid,) = next(found for _ in range(PATIENCE) if (found := self._children(words)))
        return pid

    def _children(self, words: str) -> list[int]:
        return [pid for pid, up in _parents().items() if up == self.process.pid and words in _command(pid)]

    def finish(self) -> int:
        """Wait for the end. Standard error is read meanwhile, or a full pipe would stop the stopping."""
        self.process.communicate(timeout=WAIT)
        return self.process.returncode


@pytest.fixture
def running(folder: Path) -> Iterator[Running]:
    supervisor = Running(folder)
    family = supervisor.family()
    yield supervisor
    for pid in family | supervisor.family():
        if _command(pid):
            os.kill(pid, signal.SIGKILL)
    supervisor.process.communicate()


def _parents() -> dict[int, int]:
    """The parent of each process of this machine."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            found[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    return found


def all_end(pids: set[int]) -> bool:
    """Whether all these processes come to their end soon."""
    return all(_ends(pid) for pid in pids)


def _ends(pid: int) -> bool:
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    ready, _, _ = select.select([handle], [], [], 5)
    os.close(handle)
    return bool(ready)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def test_it_serves_greets_and_leaves_nothing_behind(running: Running) -> None:
    assert running.status("/healthz") == 200
    assert f"http://127.0.0.1:{running.port}" in running.greeting
    assert "learner@demo.example" in running.greeting
    family = running.family()
    assert len(family) >= 5  # itself, granian and its two workers, the worker
    running.process.terminate()
    assert running.finish() == 0
    assert all_end(family)


def test_a_killed_web_process_fails_no_request_and_ctrl_c_ends_all(running: Running) -> None:
    assert running.have_both_ready()
    server = running.child("granian")
    web = max(pid for pid, parent in _parents().items() if parent == server and "granian" in _command(pid))
    os.kill(web, signal.SIGKILL)
    assert all_end({web})
    assert [running.status("/healthz") for _ in range(20)] == [200] * 20
    running.process.send_signal(signal.SIGINT)
    assert running.finish() == 0


@pytest.mark.parametrize("part", ["granian", "stratum worker"])
def test_when_one_part_dies_the_rest_stops_with_status_1(running: Running, part: str) -> None:
    family = running.family()
    os.kill(running.child(part), signal.SIGKILL)
    assert running.finish() == 1
    assert all_end(family)


@pytest.mark.parametrize(
    ("mode", "environ", "message"),
    [
        ("demo", {"SECRET_KEY": "short"}, "SECRET_KEY: missing or too weak"),
        ("demo", {"PORT": "99999"}, "PORT: '99999' is not a whole number"),
        ("production", {}, "BASE_URL: production needs an https address"),
        (
            "production",
            {"BASE_URL": "http://learn.example.org"},
            "BASE_URL: production needs an https address",
        ),
        ("demo", {"STRATUM_ENV": "production", "BASE_URL": "https://learn.example.org"}, "STRATUM_ENV: "),
    ],
)
def test_a_wrong_configuration_is_one_line_and_status_2(
    tmp_path: Path, mode: str, environ: dict[str, str], message: str
) -> None:
    done = supervise(tmp_path, mode, **environ)
    assert done.returncode == 2
    assert done.stderr.startswith(message)
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = supervise(tmp_path, "demo", PORT=str(port))
    assert done.returncode == 2
    assert done.stderr.startswith(f"PORT: {port} is in use; choose another, as PORT=")


def test_settings_are_written_once_and_the_environment_wins(tmp_path: Path) -> None:
    environ = {"INSTANCE": str(tmp_path), "PORT": str(servers.free_port())}
    first = instance.configure("demo", environ)
    again = instance.configure("demo", {**environ, "PORT": str(servers.free_port())})
    assert again.secret_key == first.secret_key
    assert again.port != first.port
    assert f"PORT={first.port}" in (tmp_path / "settings.env").read_text()
    assert (tmp_path / "settings.env").stat().st_mode & 0o777 == 0o600


def test_a_secret_of_the_environment_is_not_written_down(tmp_path: Path) -> None:
    environ = {"INSTANCE": str(tmp_path), "PORT": str(servers.free_port()), "SECRET_KEY": SECRET}
    assert instance.configure("demo", environ).secret_key == SECRET
    assert SECRET not in (tmp_path / "settings.env").read_text()


def test_a_demo_is_not_served_as_production(tmp_path: Path) -> None:
    environ = {"INSTANCE": str(tmp_path), "PORT": str(servers.free_port())}
    instance.configure("demo", environ)
    with pytest.raises(ConfigError, match="set to demo; start it by `make run`"):
        instance.configure("production", environ)


@pytest.mark.parametrize(
    ("address", "refused"), [("learner@demo.example", True), ("a@school.example", False)]
)
def test_production_refuses_accounts_of_the_demo(tmp_path: Path, address: str, refused: bool) -> None:
    url = f"sqlite:///{tmp_path / 'people.db'}"
    with closing(sqlite3.connect(tmp_path / "people.db")) as connection, connection:
        connection.execute("CREATE TABLE users (email TEXT)")
        connection.execute("INSERT INTO users VALUES (?)", (address,))
    with pytest.raises(ConfigError, match="demo accounts") if refused else nullcontext():
        instance.refuse_demo_accounts(url)


def test_the_mark_changes_with_any_byte_or_name(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("one")
    marks = [instance.content_mark(tmp_path)]
    (tmp_path / "a.md").write_text("two")
    marks.append(instance.content_mark(tmp_path))
    (tmp_path / "a.md").rename(tmp_path / "b.md")
    marks.append(instance.content_mark(tmp_path))
    assert len(set(marks)) == 3
    assert instance.content_mark(tmp_path) == marks[-1]


def supervise(folder: Path, mode: str, **environ: str) -> subprocess.CompletedProcess[str]:
    values = {**os.environ, "INSTANCE": str(folder), **environ}
    command = [sys.executable, "-m", "deploy.supervisor", mode]
    return subprocess.run(
        command, cwd=ROOT, env=values, capture_output=True, text=True, timeout=WAIT, check=False
    )
