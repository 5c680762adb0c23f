"""What is changed for a learner, as an instructor reads it."""

from datetime import datetime

from core.web import Reader
from quizzes.models import Accommodation
from quizzes.times import binding
from quizzes.words import plural


def changed_in_words(row: Accommodation, reader: Reader) -> str:
    """`25 percent more time, 1 further attempt, until 24 December 2026, 18:00 UTC`."""
    parts = [
        f"{row.extra_time} percent more time" if row.extra_time else "",
        plural(row.extra_attempts, "further attempt") if row.extra_attempts else "",
        _moment("from", row.opens_at, reader),
        _moment("until", row.closes_at, reader),
    ]
    return ", ".join(filter(None, parts))


def _moment(word: str, moment: datetime | None, reader: Reader) -> str:
    return f"{word} {binding(moment, reader)}" if moment else ""
