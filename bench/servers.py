"""The servers that are measured: granian as the supervisor starts it, on chosen cores, with its CPU counted."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.supervisor import ROOT, SERVER
from tests.servers import free_port

TICKS = os.sysconf("SC_CLK_TCK")  # a second
START_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """A running server: where it listens, and the roots of the process trees that work for it."""

    port: int
    roots: tuple[int, ...]

    def cpu_seconds(self) -> float:
        """User and system time of all its processes so far, with children that have ended."""
        return sum(_cpu_ticks(pid) for root in self.roots for pid in _tree(root)) / TICKS

    def memory_mb(self) -> float:
        """The proportional set size of the server's own tree (not the database's)."""
        return sum(_pss_kb(pid) for pid in _tree(self.roots[0])) / 1024


@contextmanager
def serve(
    factory: str,
    workers: int,
    environ: Mapping[str, str],
    log: Path,
    cores: Iterable[int],
    also: tuple[int, ...] = (),
) -> Iterator[Server]:
    """Run an app under the shipped server until the block ends; `also` are roots of a database's processes."""
    port = free_port()
    command = [_given(part, factory, workers) for part in SERVER]
    with log.open("wb") as out, _on(cores):
        process = subprocess.Popen(
            [*command, str(port)],
            cwd=ROOT,
            env={**os.environ, **environ},
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        _wait(process, port, log)
        yield Server(port, (process.pid, *also))
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


@contextmanager
def _on(cores: Iterable[int]) -> Iterator[None]:
    """What is started in the block runs on these cores; this process is back on its own afterwards."""
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, own)


def _given(part: str, factory: str, workers: int) -> str:
    """The supervisor's command with another app and number of workers."""
    before = SERVER[SERVER.index(part) - 1]
    return str(workers) if before == "--workers" else factory if part == "app:create_app" else part


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"The server did not start:\n{log.read_text()[-2000:]}") from None
            time.sleep(0.05)


def _tree(root: int) -> list[int]:
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            todo += [int(child) for child in _read(children).split()]
    return found


def _cpu_ticks(pid: int) -> int:
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(map(int, fields[11:15]))


def _pss_kb(pid: int) -> int:
    lines = _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _read(path: Path) -> str:
    """The file of a process, or nothing where it has just ended."""
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
