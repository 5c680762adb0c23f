"""Pure rules of the catalogue: hours and minutes in words, minutes of a lesson."""


def minutes_in_words(minutes: int) -> str:
    """`45 min`, `1 h`, `2 h 10`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def lesson_minutes(words: int, checks: int, figures: int, practice: int) -> int:
    """Minutes of a lesson as the contract computes them: words / 200, two a check, one a figure, plus practice.

    Rounded up to whole minutes; at least one.
    """
    return max(1, -(-words // 200) + 2 * checks + figures + practice)
