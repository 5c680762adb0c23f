"""The time. `now()` is the only place in the product that asks for it, so that tests can say what it is."""

from datetime import UTC, datetime

_fixed: datetime | None = None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _fixed or datetime.now(UTC)


def set_now(moment: datetime | None) -> None:
    """Hold the clock at `moment` (aware), or let it run again with None. For tests and the demo's history."""
    global _fixed  # noqa: PLW0603 - one process, one clock
    _fixed = moment
