"""What can be made to go wrong on order: with replies of the API, and with deliveries of events."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from threading import Lock
from typing import Any

from sandbox.errors import InvalidRequest, Json

REPLIES = {
    "delay": "Answer late by `seconds`, after acting, or `before` acting.",
    "lose": "Act, then lose the answer: `how` is `cut` (the connection) or `500`.",
    "fail": "Do not act; answer with `status` 500, 503 or 429.",
}
EVENTS = {
    "late": "Deliver only after `seconds`.",
    "drop": "Never deliver; the event counts as not delivered.",
    "duplicate": "Deliver each event twice.",
    "reorder": "Deliver the newest first.",
}
KINDS = REPLIES | EVENTS
STATUSES = (500, 503, 429)


@dataclass
class Fault:
    """`path` is where an address begins, `type` where an event's type begins; `count` None lasts until cleared."""

    kind: str
    count: int | None = None
    method: str = ""
    path: str = ""
    type: str = ""
    seconds: float = 0.0
    before: bool = False
    how: str = "cut"
    status: int = 500

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InvalidRequest(f"kind must be one of {', '.join(KINDS)}.", param="kind")
        if self.how not in ("cut", "500"):
            raise InvalidRequest("how must be cut or 500.", param="how")
        if self.status not in STATUSES:
            raise InvalidRequest("status must be 500, 503 or 429.", param="status")

    @classmethod
    def read(cls, given: Json) -> "Fault":
        """A fault from JSON; InvalidRequest names what it cannot read."""
        for name in given:
            if name not in {each.name for each in fields(cls)}:
                raise InvalidRequest(f"Unknown parameter: {name}.", param=name)
        if "kind" not in given:
            raise InvalidRequest("Missing required parameter: kind.", param="kind")
        return cls(**{**given, "how": str(given.get("how", "cut"))})


class Faults:
    """The faults that wait for their moment."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: list[Fault] = []

    def order(self, fault: Fault) -> None:
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def listed(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(each) for each in self._waiting]

    def of_request(self, method: str, path: str) -> list[Fault]:
        """The faults that a request meets, one of each kind; each is used once by it."""
        return self._use(
            each
            for each in self._waiting
            if each.kind in REPLIES and each.method in ("", method) and path.startswith(each.path)
        )

    def of_event(self, type: str) -> list[Fault]:
        """The faults that an event meets when it is made."""
        return self._use(
            each
            for each in self._waiting
            if each.kind in EVENTS and each.kind != "reorder" and type.startswith(each.type)
        )

    def of_batch(self) -> bool:
        """Whether a batch of deliveries is turned round."""
        return bool(self._use(each for each in self._waiting if each.kind == "reorder"))

    def _use(self, fitting: Iterable[Fault]) -> list[Fault]:
        with self._lock:
            first: dict[str, Fault] = {}
            for each in list(fitting):
                first.setdefault(each.kind, each)
            for each in first.values():
                if each.count is not None:
                    each.count -= 1
            self._waiting = [each for each in self._waiting if each.count is None or each.count > 0]
            return list(first.values())
