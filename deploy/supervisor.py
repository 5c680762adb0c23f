"""`make run` and `make serve`: prepare the instance, then run the web server and the worker as one.

Ctrl-C or TERM ends everything that was started; when one part dies the rest is stopped and the status is 1.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from types import FrameType

from core import schema
from core.config import Config, ConfigError
from deploy import instance

ROOT = Path(__file__).parent.parent
FLASK = (sys.executable, "-m", "flask", "--app", "app", "stratum")
THREADS = (
    4  # of each web process: more than its calls to Stripe at once, so that pages go on while Stripe hangs
)
SERVER = (
    *(sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "app:create_app"),
    *("--workers", "2", "--blocking-threads", str(THREADS), "--respawn-failed-workers"),
    *("--workers-kill-timeout", "5"),
    *("--no-ws", "--log-level", "warning", "--host", "127.0.0.1", "--port"),
)
STOP_SECONDS = 10
START_SECONDS = 30
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """The operator or the system asked the supervisor to end."""


class PartFailed(Exception):
    """A part, or a step before the start, failed; the sentence says which."""


@dataclass
class Parts:
    """The processes that were started, each the leader of a group of its own."""

    environ: Mapping[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, command: Sequence[str]) -> None:
        self.running[name] = subprocess.Popen(command, cwd=ROOT, env=self.environ, start_new_session=True)

    def require_all_alive(self) -> None:
        for name, process in self.running.items():
            if process.poll() is not None:
                raise PartFailed(f"The {name} ended with status {process.returncode}; stopping the rest.")

    def stop(self) -> None:
        """End every group: politely, then after 10 seconds for good. A group can outlive its leader."""
        self._signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in self.running.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        for process in self.running.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)


def main(arguments: Sequence[str]) -> int:
    """Run as `demo` or `production`. Exit status: 0 stopped, 1 a part failed, 2 wrong configuration."""
    if tuple(arguments) not in (("demo",), ("production",)):
        print("usage: python -m deploy.supervisor demo|production", file=sys.stderr)
        return 2
    try:
        for number in SIGNALS:
            signal.signal(number, _stop)
        _run(arguments[0])
    except Stopped:
        return 0
    except PartFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _stop(_number: int, _frame: FrameType | None) -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


def _run(mode: str) -> None:
    config = instance.configure(mode, os.environ)
    environ = {**os.environ, "INSTANCE": str(config.instance)}
    if not schema.is_current(config.database_url):
        schema.upgrade(config.database_url)
    if not config.is_demo:
        instance.refuse_demo_accounts(config.database_url)
    _supervise(config, Parts(environ))


def _load_demo(config: Config, environ: Mapping[str, str]) -> None:
    mark = instance.content_mark(ROOT / "content")
    if instance.loaded_mark(config) == mark:
        return
    for command in (("content", "sync", "content"), ("demo",)):
        step = subprocess.run([*FLASK, *command], cwd=ROOT, env=environ, check=False)
        if step.returncode:
            raise PartFailed(f"`flask stratum {' '.join(command)}` failed; nothing was started.")
    instance.write_loaded_mark(config, mark)


def _supervise(config: Config, parts: Parts) -> None:
    try:
        if config.has_own_sandbox:  # Before the demo is filled, for it is told what was paid there.
            parts.start("payment sandbox", instance.sandbox_command(config))
            _wait_until_up("payment sandbox", config.sandbox_port, "/", parts)
        if config.is_demo:
            _load_demo(config, parts.environ)
        parts.start("web server", [*SERVER, str(config.port)])
        _wait_until_up(
            "web server", config.port, "/healthz", parts, config.host
        )  # The worker starts after it: two cores show the first page sooner.
        parts.start("worker", [*FLASK, "worker"])
        print(instance.greeting(config), flush=True)
        while True:
            parts.require_all_alive()
            time.sleep(0.2)
    finally:
        parts.stop()


def _wait_until_up(name: str, port: int, path: str, parts: Parts, host: str = "") -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(port, path, host):
        parts.require_all_alive()
        if time.monotonic() > deadline:
            raise PartFailed(f"The {name} did not answer within {START_SECONDS} s.")
        time.sleep(0.05)


def _answers(port: int, path: str, host: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": host} if host else {})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
