"""One Stripe account of make-believe: its settings, its state, its clock and the faults ordered for it."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock

from sandbox.errors import Json
from sandbox.faults import Faults
from sandbox.state import Store

Send = Callable[[str, bytes, dict[str, str]], int]
LOG_LENGTH = 10_000


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
    news: Event = field(default_factory=Event)

    def now(self) -> int:
        """The account's time, seconds since 1970: the machine's, or what a test has set."""
        clock = self.store.setting("clock", {})
        moment = clock["fixed"] if clock.get("fixed") is not None else int(time.time())
        return int(moment + clock.get("ahead", 0))

    def set_clock(self, fixed: int | None) -> None:
        """Hold the clock at `fixed`, or let it run again with None."""
        self.store.set("clock", {"fixed": fixed})

    def advance_clock(self, seconds: int) -> None:
        clock = self.store.setting("clock", {})
        self.store.set("clock", {**clock, "ahead": clock.get("ahead", 0) + seconds})

    def pause(self, seconds: float) -> None:
        """Wait, but no longer than the server lives."""
        self.stopping.wait(seconds)

    def reset(self) -> None:
        with self.store.acting():
            self.store.forget_everything()
        self.faults.clear()
        self.received.clear()
