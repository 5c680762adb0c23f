"""Moments and spans as pages tell them, by the reader's clock."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.web import Reader
from quizzes.words import plural


def in_words(moment: datetime, reader: Reader) -> str:
    """`21 November 2026, 14:05`."""
    local = _local(moment, reader)
    return f"{local.day} {local:%B %Y, %H:%M}"


def clock_time(moment: datetime, reader: Reader) -> str:
    """`14:05`."""
    return f"{_local(moment, reader):%H:%M}"


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


def _local(moment: datetime, reader: Reader) -> datetime:
    return moment.astimezone(ZoneInfo(reader.time_zone or "UTC"))
