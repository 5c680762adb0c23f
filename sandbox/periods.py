"""When a subscription's periods end."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta

DAYS = {"day": 1, "week": 7}
MONTHS = {"month": 1, "year": 12}


def end(anchor: int, interval: str, count: int, periods: int) -> int:
    """The end of so many periods, in seconds since 1970, each of `count` intervals from `anchor` on.

    A month ends on the anchor's day, or on the month's last where it has no such day.
    """
    begun = datetime.fromtimestamp(anchor, UTC)
    if interval in DAYS:
        return int((begun + timedelta(days=DAYS[interval] * count * periods)).timestamp())
    month = begun.month - 1 + MONTHS[interval] * count * periods
    year, month = begun.year + month // 12, month % 12 + 1
    day = min(begun.day, monthrange(year, month)[1])
    return int(begun.replace(year=year, month=month, day=day).timestamp())
