"""How often something may be asked: counted in Redis where there is one, else in memory.

With Redis gone the count goes on in memory (security.md, finding 5): limits hold and the site works. Redis is asked
again after `RETRY_AFTER` seconds, so that a dead one does not slow every sign-in.
"""

from flask import Flask, current_app, request
from limits import parse_many
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from core.clock import now
from core.config import Config
from core.errors import LimitReached
from core.ids import fingerprint

RETRY_AFTER = 30.0


class Counter:
    """Counts hits in `storage`, and in memory while the storage does not answer."""

    def __init__(self, storage: Storage) -> None:
        self._shared = FixedWindowRateLimiter(storage)
        self._silence = (
            storage.base_exceptions
        )  # Named by the storage: no need to load Redis's client for it.
        self._own = FixedWindowRateLimiter(MemoryStorage())
        self._shared_again_at = 0.0

    def hit(self, limit: str, scope: str, key: str) -> bool:
        """Count one; False when any rule of `limit` (`"5/minute; 50/day"`) is used up."""
        # Every rule is counted, so that a short window that is full does not stop a long one from filling.
        answers = [self._ask("hit", rule, scope, key) for rule in parse_many(limit)]
        return all(answers)

    def has_room(self, limit: str, scope: str, key: str) -> bool:
        """Whether one more would be within every rule of `limit`; counts nothing."""
        return all(self._ask("test", rule, scope, key) for rule in parse_many(limit))

    def _ask(self, verb: str, rule: object, scope: str, key: str) -> bool:
        moment = now().timestamp()
        if moment >= self._shared_again_at:
            try:
                return bool(getattr(self._shared, verb)(rule, scope, key))
            except self._silence:
                self._shared_again_at = moment + RETRY_AFTER
                current_app.logger.warning("limits: Redis does not answer, counting in memory")
        return bool(getattr(self._own, verb)(rule, scope, key))


def init_app(app: Flask, config: Config) -> None:
    """Count where the configuration says; a Redis that hangs is given up on after half a second."""
    options = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5} if config.redis_url else {}
    address = (config.redis_url or "memory://").replace("unix://", "redis+unix://", 1)
    app.extensions["limits"] = Counter(storage_from_string(address, **options))  # type: ignore[arg-type]


def require_within(limit: str, scope: str, key: str | None = None) -> None:
    """Count this request against `limit`; raises LimitReached when it is used up.

    `key` is what is limited: an account's address, or by default the caller's IP. It is stored as a hash.
    """
    who = key if key is not None else request.remote_addr or "unknown"
    if not count(limit, scope, who):
        raise LimitReached("That was asked too often. Wait a little, then try again.")


def count(limit: str, scope: str, key: str) -> bool:
    """Count one for `key`; False when `limit` is used up. For those who must not tell the caller."""
    counter: Counter = current_app.extensions["limits"]
    return counter.hit(limit, scope, fingerprint(key))


def is_used_up(limit: str, scope: str, key: str) -> bool:
    """Whether one more for `key` would be too many; counts nothing. For limits that count failures only."""
    counter: Counter = current_app.extensions["limits"]
    return not counter.has_room(limit, scope, fingerprint(key))
