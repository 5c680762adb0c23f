"""What keeps somebody from enrolling. Pure; docs/access.md says it in prose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum


class Hindrance(StrEnum):
    """Why somebody may not enroll now."""

    NOT_OPEN_YET = "not_open_yet"
    CLOSED = "closed"
    PREREQUISITES = "prerequisites"  # courses that have to be completed before


SENTENCES = {
    Hindrance.NOT_OPEN_YET: "This course takes learners from {day} on.",
    Hindrance.CLOSED: "This course takes no new learners at present.",
    Hindrance.PREREQUISITES: "Complete {courses} first: this course builds on it.",
}


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


def hindrances(window: Window, missing: Sequence[object], now: datetime) -> tuple[Hindrance, ...]:
    """All that keeps somebody from enrolling, what they can do least about first; nothing where they may. `missing`
    are the courses that they have to complete before."""
    shut = window.hindrance(now)
    return tuple(each for each in (shut, Hindrance.PREREQUISITES if missing else None) if each is not None)


def sentence(hindrance: Hindrance, titles: Sequence[str], day: str) -> str:
    """What somebody is told of a hindrance. `titles` are those of the missing courses, `day` when enrolling opens."""
    quoted = [f"“{title}”" for title in titles]
    courses = " and ".join(filter(None, (", ".join(quoted[:-1]), *quoted[-1:])))
    return SENTENCES[hindrance].format(courses=courses, day=day)
