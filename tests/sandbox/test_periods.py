"""When periods end, over short months and leap years."""

from datetime import UTC, datetime

import pytest

from sandbox import periods


@pytest.mark.parametrize(
    ("begun", "interval", "count", "number", "ends"),
    [
        ("2026-11-21", "month", 1, 1, "2026-12-21"),
        ("2026-11-21", "month", 1, 2, "2027-01-21"),
        ("2026-01-31", "month", 1, 1, "2026-02-28"),
        ("2026-01-31", "month", 1, 2, "2026-03-31"),
        ("2026-10-31", "month", 3, 2, "2027-04-30"),
        ("2028-02-29", "year", 1, 1, "2029-02-28"),
        ("2028-02-29", "year", 1, 4, "2032-02-29"),
        ("2026-12-28", "week", 1, 1, "2027-01-04"),
        ("2026-12-31", "day", 2, 1, "2027-01-02"),
    ],
)
def test_a_period_ends_on_the_day_it_began(
    begun: str, interval: str, count: int, number: int, ends: str
) -> None:
    anchor, expected = (
        int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) for day in (begun, ends)
    )

    assert periods.end(anchor, interval, count, number) == expected
