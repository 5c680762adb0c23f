"""The child process in which an author's Markdown becomes HTML: kept from text to text, and ended with any text that
takes too long. It gets no secrets of ours with its environment.

A line in is `[seconds, text]`, a line out the HTML, or null for a text that broke the renderer; both are JSON.
"""

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock

START_LIMIT = 10.0  # seconds for the child to come up
IDLE_LIMIT = 600  # seconds without a text after which it ends by itself
COMMAND = (sys.executable, "-m", "core.markup")


class Child:
    """One child, started when it is needed. Threads take turns."""

    def __init__(self, command: Sequence[str] = COMMAND, start_limit: float = START_LIMIT) -> None:
        self._command, self._start_limit = command, start_limit
        self._process: subprocess.Popen[bytes] | None = None
        self._parent = 0  # a process that was forked has no child of its own yet
        self._lock = Lock()

    def convert(self, text: str, limit: float) -> str | None:
        """The raw HTML; None for a text that takes longer than `limit` seconds, or breaks the renderer."""
        with self._lock:
            is_kept = self._is_running()
            ended, html = self._ask(text, limit)
            if ended and is_kept:  # It may have ended by itself in this very moment.
                ended, html = self._ask(text, limit)
            return html

    def close(self) -> None:
        """End the child, if this process has started one."""
        if self._process is not None and self._parent == os.getpid():
            self._process.kill()
            self._process.communicate()
        self._process = None

    def _is_running(self) -> bool:
        return self._process is not None and self._parent == os.getpid() and self._process.poll() is None

    def _ask(self, text: str, limit: float) -> tuple[bool, str | None]:
        """Whether the child ended before it answered, and its answer."""
        if not self._is_running():
            self._start()
        process = self._process
        assert process is not None
        line = json.dumps([limit, text]).encode() + b"\n"
        answer = _exchange(process, line, self._start_limit + limit)
        if answer.endswith(b"\n"):
            return False, json.loads(answer)
        self._process = None
        _end(process)
        return True, None

    def _start(self) -> None:
        self.close()
        environment = {"PATH": os.environ.get("PATH", ""), "PYTHONUTF8": "1"}
        pipe = subprocess.PIPE
        home = Path(__file__).parents[2]
        self._process = subprocess.Popen(
            self._command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=home, env=environment
        )
        self._parent = os.getpid()


def _exchange(process: "subprocess.Popen[bytes]", line: bytes, patience: float) -> bytes:
    """What comes back for a line, within so many seconds; without its line end where the child ended or is late."""
    assert process.stdin is not None
    assert process.stdout is not None
    deadline, answer = time.monotonic() + patience, b""
    try:
        process.stdin.write(line)
        process.stdin.flush()
    except BrokenPipeError:
        return b""
    while not answer.endswith(b"\n"):
        ready, _, _ = select.select([process.stdout], [], [], max(0.0, deadline - time.monotonic()))
        part = os.read(process.stdout.fileno(), 1 << 20) if ready else b""
        if not part:
            break
        answer += part
    return answer


def _end(process: "subprocess.Popen[bytes]") -> None:
    """It takes too long, or is gone. Raises RuntimeError where it did not even start."""
    process.kill()
    said = process.communicate()[1]
    if process.returncode > 0:
        raise RuntimeError(f"the renderer does not start: {said.decode()[-500:]}")


def serve(convert: Callable[[str], str]) -> None:
    """The child. The alarm ends it in the midst of any loop, and when it has nothing to do for long."""
    signal.alarm(IDLE_LIMIT)
    for line in sys.stdin:
        limit, text = json.loads(line)
        signal.setitimer(signal.ITIMER_REAL, limit)
        try:
            html = convert(text)
        except (RecursionError, ValueError, LookupError, AssertionError):
            html = None
        signal.setitimer(signal.ITIMER_REAL, IDLE_LIMIT)
        print(json.dumps(html), flush=True)


renderer = Child()
atexit.register(renderer.close)
