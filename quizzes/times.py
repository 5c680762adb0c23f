"""Moments and spans as pages tell them, by the reader's clock."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.clock import zone_name
from core.web import Reader
from quizzes.words import plural


def in_words(moment: datetime, reader: Reader) -> str:
    """`21 November 2026, 14:05`."""
    local = _local(moment, reader)
    return f"{local.day} {local:%B %Y, %H:%M}"


def binding(moment: datetime, reader: Reader) -> str:
    """`21 November 2026, 14:05 CET`: a moment that somebody must keep names its zone."""
    return f"{in_words(moment, reader)} {zone_name(_local(moment, reader))}"


def clock_time(moment: datetime, reader: Reader) -> str:
    """`14:05 CET`, of a moment that binds."""
    local = _local(moment, reader)
    return f"{local:%H:%M} {zone_name(local)}"


def in_minutes(span: timedelta) -> str:
    """`12 minutes`, begun minutes counted; from an hour on `1 hour 5 minutes`; below one `less than a minute`."""
    if span < timedelta(minutes=1):
        return "less than a minute"
    minutes = -(-int(span.total_seconds()) // 60)
    hours, rest = divmod(minutes, 60)
    parts = [plural(hours, "hour")] if hours else []
    if rest or not hours:
        parts.append(plural(rest, "minute"))
    return " ".join(parts)


def in_full(span: timedelta) -> str:
    """`1 hour 52 minutes 30 seconds`, to the second, without what is none."""
    minutes, seconds = divmod(int(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "hour"), (minutes, "minute"), (seconds, "second"))
    return " ".join(plural(count, noun) for count, noun in parts if count)


def _local(moment: datetime, reader: Reader) -> datetime:
    return moment.astimezone(ZoneInfo(reader.time_zone or "UTC"))
