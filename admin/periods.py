"""The days that a page is asked about, and the stretches that a chart draws them in. Pure."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LENGTHS = {"7": "7 days", "30": "30 days", "90": "90 days", "365": "365 days"}
DEFAULT_DAYS = 30
LONGEST = 5 * 366  # days
BY_DAY, BY_WEEK = 31, 182  # the longest periods, in days, that are drawn so; longer ones are drawn by month


@dataclass(frozen=True)
class Period:
    """From the first day to the last, both counted."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """As many days, just before."""
        return Period(self.first - timedelta(self.days), self.first - timedelta(1))

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Stretch:
    """A part of a period that is drawn as one column."""

    label: str
    period: Period


def read_period(asked: Mapping[str, str], today: date) -> tuple[Period, str]:
    """The period of an address, and which of LENGTHS it is, empty for one by dates. What is wrong is the default."""
    first, last = _day(asked.get("from", "")), _day(asked.get("to", ""))
    if first and last and first <= last and (last - first).days < LONGEST:
        return Period(first, last), ""
    length = asked.get("days", "")
    length = length if length in LENGTHS else str(DEFAULT_DAYS)
    return Period(today - timedelta(int(length) - 1), today), length


def refusal(asked: Mapping[str, str], period: Period, length: str) -> str:
    """What to say where an address names a period that `read_period` did not take; empty where it took it."""
    by_dates = asked.get("from") or asked.get("to")
    if not length or not (by_dates or (asked.get("days") or length) != length):
        return ""
    return (
        "These dates make no period that can be shown: it goes from one day to the same or a later one, at most "
        f"{LONGEST:,} days. The last {period.days} days are shown."
    )


def stretches(period: Period) -> list[Stretch]:
    """Its days, its weeks, which begin on Mondays, or its months; the first and the last may be cut."""
    if period.days <= BY_DAY:
        return _drawn(period, [period.first + timedelta(n) for n in range(period.days)], "%-d %b")
    if period.days <= BY_WEEK:
        return _drawn(period, _starts(period, lambda day: day.weekday() == 0), "%-d %b")
    return months(period)


def months(period: Period) -> list[Stretch]:
    """Its months; the first and the last may be cut."""
    return _drawn(period, _starts(period, lambda day: day.day == 1), "%b %y")


def month_of(period: Period) -> str:
    """`2026-10`, and `2026-10 (days 24 to 31)` for a part of it. The period lies within one month."""
    month, (_, days) = f"{period.first:%Y-%m}", monthrange(period.first.year, period.first.month)
    return month if period.days == days else f"{month} (days {period.first.day} to {period.last.day})"


def bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The moments at which a day begins and ends where the school is."""
    begin, end = (datetime.combine(each, time(), ZoneInfo(zone)) for each in (day, day + timedelta(1)))
    return begin.astimezone(UTC), end.astimezone(UTC)


def _drawn(period: Period, starts: list[date], words: str) -> list[Stretch]:
    ends = [start - timedelta(1) for start in starts[1:]] + [period.last]
    return [Stretch(f"{start:{words}}", Period(start, end)) for start, end in zip(starts, ends, strict=True)]


def _starts(period: Period, begins: Callable[[date], bool]) -> list[date]:
    days = (period.first + timedelta(n) for n in range(1, period.days))
    return [period.first, *(day for day in days if begins(day))]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
