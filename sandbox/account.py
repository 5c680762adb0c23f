"""One Stripe account of make-believe: its settings, its state, its clock and the faults ordered for it."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Condition, Event, Lock

from sandbox.errors import Json
from sandbox.faults import Faults
from sandbox.state import Store

Send = Callable[[str, bytes, dict[str, str]], int]
LOG_LENGTH = 10_000
_moment: ContextVar[int | None] = ContextVar("moment", default=None)


@dataclass(frozen=True)
class Settings:
    """`base_url` without a slash at its end. Several secrets sign every delivery, as while a secret is rolled."""

    base_url: str
    webhooks: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    manual: bool = False
    control: bool = True


@dataclass(frozen=True)
class Received:
    """A request to the API, kept so that a test can ask what was sent."""

    method: str
    path: str
    idempotency_key: str | None
    params: Json
    status: int


@dataclass
class Account:
    settings: Settings
    store: Store
    send: Send
    faults: Faults = field(default_factory=Faults)
    received: deque[Received] = field(default_factory=lambda: deque(maxlen=LOG_LENGTH))
    keys_in_use: set[str] = field(default_factory=set)
    keys_lock: Lock = field(default_factory=Lock)
    delivering: Lock = field(default_factory=Lock)
    stopping: Event = field(default_factory=Event)
    hurrying: Event = field(default_factory=Event)
    under_way: int = 0
    idle: Condition = field(default_factory=Condition)
    news: Event = field(default_factory=Event)

    def now(self) -> int:
        """The account's time, seconds since 1970: the machine's, or what a test has set.

        What was due earlier, and happens only now that somebody looks, happens at its own moment.
        """
        if (due := _moment.get()) is not None:
            return due
        clock = self.store.setting("clock", {})
        moment = clock["fixed"] if clock.get("fixed") is not None else int(time.time())
        return int(moment + clock.get("ahead", 0))

    def is_moved(self) -> bool:
        """Whether the account's clock does not run with the machine's."""
        clock = self.store.setting("clock", {})
        return clock.get("fixed") is not None or bool(clock.get("ahead"))

    @contextmanager
    def at(self, moment: int) -> Iterator[None]:
        """All within happens at that moment, in this thread."""
        token = _moment.set(moment)
        try:
            yield
        finally:
            _moment.reset(token)

    def set_clock(self, fixed: int | None) -> None:
        """Hold the clock at `fixed`, or let it run again with None."""
        self.store.set("clock", {"fixed": fixed})

    def advance_clock(self, seconds: int) -> None:
        clock = self.store.setting("clock", {})
        self.store.set("clock", {**clock, "ahead": clock.get("ahead", 0) + seconds})

    @contextmanager
    def answering(self) -> Iterator[None]:
        """A request to the API is under way."""
        with self.idle:
            self.under_way += 1
        try:
            yield
        finally:
            with self.idle:
                self.under_way -= 1
                self.idle.notify_all()

    def pause(self, seconds: float) -> None:
        """Wait, but no longer than the server lives or the state stands."""
        self.hurrying.wait(seconds)

    def stop(self) -> None:
        """Let whoever pauses or waits for news go."""
        for each in (self.stopping, self.hurrying, self.news):
            each.set()

    def reset(self) -> None:
        """Forget everything, once the requests under way are answered: none acts on the new state."""
        self.faults.clear()
        self.hurrying.set()
        with self.idle:
            self.idle.wait_for(lambda: self.under_way == 0)
        if not self.stopping.is_set():
            self.hurrying.clear()
        with self.store.acting():
            self.store.forget_everything()
        self.received.clear()
