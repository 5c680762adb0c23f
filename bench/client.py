"""The load client: keeps `connections` requests under way on raw sockets and checks every answer.

It does less for a request than any library would, so that on two cores it does not become what is measured.
"""

import gc
import selectors
import socket
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

TIMEOUT = 30.0  # seconds without any answer


@dataclass(frozen=True)
class Request:
    """Bytes to send, and what the answer must hold: a status and a text in its head or body."""

    data: bytes
    status: int
    text: bytes


Visit = tuple[Request, ...]  # sent one after the other on one connection, and timed as one


@dataclass
class Load:
    """What came of a load: the seconds it took and each visit's own."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, part: float) -> float:
        """The latency in seconds that `part` (0 to 1) of the visits did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * part), len(ordered) - 1)]


class WrongAnswer(Exception):
    """An answer without the status or the text that it should have."""


def get(path: str, cookie: str, text: str, status: int = 200) -> Request:
    """A request for a page as a browser sends it, without compression."""
    return Request(_head("GET", path, cookie, "text/html") + b"\r\n", status, text.encode())


def post(path: str, cookie: str, body: str, text: str, status: int, accept: str = "text/html") -> Request:
    """A form that is sent; `body` is urlencoded."""
    extra = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    return Request(_head("POST", path, cookie, accept) + extra.encode(), status, text.encode())


def deliver(path: str, body: str, signature: str, text: str) -> Request:
    """An event as Stripe delivers it; `body` is ASCII."""
    extra = (
        f"Content-Type: application/json; charset=utf-8\r\nStripe-Signature: {signature}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )
    return Request(_head("POST", path, "", "*/*") + extra.encode(), 200, text.encode())


def run(
    port: int,
    visits: Iterable[Visit],
    connections: int,
    seconds: float | None = None,
    beside: Iterable[Visit] = (),
) -> Load:
    """Send visits until they or the seconds run out. Raises WrongAnswer at the first wrong one.

    `beside` is sent at the same time, on as many connections, and not timed; the run ends with it too.
    """
    load, selector = Load(), selectors.DefaultSelector()
    gc.disable()
    try:
        began = time.perf_counter()
        until = began + seconds if seconds else float("inf")
        stream = _Stream(iter(visits), load, until)
        busy = _begin(port, selector, stream, connections)
        _begin(port, selector, _Stream(iter(beside), Load(), float("inf")), connections)
        while busy:
            for key, _ in selector.select(TIMEOUT) or _silence():
                line: _Line = key.data
                if not line.receive() or line.go_on():
                    continue
                if line.stream is stream:
                    busy -= 1
                else:
                    stream.until = 0.0
        load.seconds = time.perf_counter() - began
    finally:
        gc.enable()
        for key in list(selector.get_map().values()):
            key.data.close()
        selector.close()
    return load


@dataclass
class _Stream:
    """Visits that wait to be sent, what came of those before, and when no more are sent."""

    waiting: Iterator[Visit]
    load: Load
    until: float


def _begin(port: int, selector: selectors.BaseSelector, stream: _Stream, connections: int) -> int:
    """Open connections and send a visit on each; how many had one to send."""
    lines = [_Line(port, selector, stream) for _ in range(connections)]
    return sum(line.begin() for line in lines)


def fetch(port: int, request: Request) -> bytes:
    """One answer, head and body."""
    stream = _Stream(iter([(request,)]), Load(), float("inf"))
    line = _Line(port, selectors.DefaultSelector(), stream)
    line.begin()
    while not line.receive():
        pass
    line.check()
    line.socket.close()
    return line.answer


class _Line:
    """One connection and the visit under way on it."""

    def __init__(self, port: int, selector: selectors.BaseSelector, stream: _Stream) -> None:
        self.stream = stream
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answer = b""
        self._visit: Visit = ()
        self._at, self._began, self._missing = 0, 0.0, -1
        self._selector = selector
        selector.register(self.socket, selectors.EVENT_READ, self)

    def begin(self) -> bool:
        """Send the first request of the next visit; False when there is none."""
        self._visit = next(self.stream.waiting, ())
        if not self._visit:
            self.close()
            return False
        self._at, self._began = 0, time.perf_counter()
        self._send()
        return True

    def receive(self) -> bool:
        """Take what has arrived; True once the answer is whole."""
        data = self.socket.recv(262_144)
        if not data:
            raise WrongAnswer(f"the server hung up on {self._visit[self._at].data[:80]!r}")
        self.answer += data
        if self._missing < 0:
            self._missing = _length(self.answer)
        return 0 <= self._missing <= len(self.answer)

    def go_on(self) -> bool:
        """Check the answer, then send what comes next; False when nothing does."""
        self.check()
        self._at += 1
        if self._at < len(self._visit):
            self._send()
            return True
        now = time.perf_counter()
        self.stream.load.latencies.append(now - self._began)
        if now >= self.stream.until:
            self.close()
            return False
        return self.begin()

    def check(self) -> None:
        wanted = self._visit[self._at]
        if int(self.answer[9:12]) != wanted.status or wanted.text not in self.answer:
            raise WrongAnswer(
                f"{wanted.data[:80]!r} wants {wanted.status} {wanted.text!r}: {self.answer[:600]!r}"
            )

    def _send(self) -> None:
        self.answer, self._missing = b"", -1
        self.socket.sendall(self._visit[self._at].data)

    def close(self) -> None:
        self._selector.unregister(self.socket)
        self.socket.close()


def _length(answer: bytes) -> int:
    """The bytes of head and body together, or -1 while the head is not whole."""
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return -1
    head = answer[:end].lower()
    at = head.find(b"content-length:")
    length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    return end + 4 + length


def _head(method: str, path: str, cookie: str, accept: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: bench.example", "User-Agent: bench", f"Accept: {accept}"]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    return "".join(f"{line}\r\n" for line in lines).encode()


def _silence() -> list[tuple[selectors.SelectorKey, int]]:
    raise WrongAnswer(f"no answer within {TIMEOUT:.0f} s")
