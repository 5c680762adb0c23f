"""What keeps somebody from enrolling, and the days between which learners are taken. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum


class Hindrance(StrEnum):
    """Why somebody may not enroll now."""

    NOT_OPEN_YET = "not_open_yet"
    CLOSED = "closed"
    PREREQUISITES = "prerequisites"  # courses that have to be completed before
    CHOOSE_GROUP = "choose_group"  # the course is taken in groups, and they have no place in one


@dataclass(frozen=True)
class Window:
    """When new learners are taken: from `opens_at` on, and before `closes_at`; None is no limit."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None

    def hindrance(self, now: datetime) -> Hindrance | None:
        """What this window says at a moment."""
        if self.opens_at is not None and now < self.opens_at:
            return Hindrance.NOT_OPEN_YET
        return Hindrance.CLOSED if self.closes_at is not None and self.closes_at <= now else None


def window_of_days(first: date | None, last: date | None, zone: tzinfo) -> Window:
    """The window of two days, both included; a day begins at midnight in `zone`."""
    opens = datetime.combine(first, time.min, zone) if first else None
    closes = datetime.combine(last + timedelta(days=1), time.min, zone) if last else None
    return Window(opens, closes)
