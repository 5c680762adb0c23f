"""The time. `now()` is the only place in the product that asks for it, so that tests can say what it is."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_fixed: datetime | None = None


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _fixed or datetime.now(UTC)


def set_now(moment: datetime | None) -> None:
    """Hold the clock at `moment` (aware), or let it run again with None. For tests and the demo's history."""
    global _fixed  # noqa: PLW0603 - one process, one clock
    _fixed = moment


def day_in(zone: str, moment: datetime | None) -> str:
    """`14 Nov 2026` as a person in `zone` dates it; empty for None."""
    return f"{moment.astimezone(ZoneInfo(zone)):%-d %b %Y}" if moment else ""


def time_in(zone: str, moment: datetime | None) -> str:
    """`14 Nov 2026, 13:05` as a person in `zone` dates it; empty for None."""
    return f"{moment.astimezone(ZoneInfo(zone)):%-d %b %Y, %H:%M}" if moment else ""


def zone_name(local: datetime) -> str:
    """`CET`; `UTC-03` where a zone has no letters of its own."""
    name = f"{local:%Z}"
    return name if name.isalpha() else f"UTC{name}"
