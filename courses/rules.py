"""Pure rules of the catalogue: hours and minutes in words, minutes of a lesson, spans of months."""

import calendar
from datetime import date


def minutes_in_words(minutes: int) -> str:
    """`45 min`, `1 h`, `2 h 10`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def access_in_words(months: int | None) -> str:
    """How long who enrolls may stay, and what that includes."""
    if months is None:
        return "Access as long as the course is offered, with every later revision"
    span = "1 month" if months == 1 else f"{months} months"
    return f"Access for {span} from the day you enroll, with every revision in that time"


def lesson_minutes(words: int, checks: int, figures: int, practice: int) -> int:
    """Minutes of a lesson as the contract computes them: words / 200, two a check, one a figure, plus practice.

    Rounded up to whole minutes; at least one.
    """
    return max(1, -(-words // 200) + 2 * checks + figures + practice)


def months_after(day: date, months: int) -> date:
    """So many calendar months on. A day that the month does not have becomes its last one: 31 August and 6 months,
    28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
