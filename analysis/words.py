"""Figures as words for pages, and as cells for files. Pure."""

from analysis.rules import LEAST

TOO_FEW, NOT_GIVEN = "too few", "not given"
MINUS = "\N{MINUS SIGN}"
KINDS = {
    "choice": "one of several", "choices": "several right", "truefalse": "true or false", "order": "order",
    "match": "match", "number": "number", "text": "short text", "blanks": "blanks", "essay": "essay", "file": "file",
}  # fmt: skip
THIRDS = ("Lower third", "Middle third", "Upper third")


def percent(share: float | None, n: int = LEAST) -> str:
    """`72%`, with a true minus sign; in words why there is none, of `n` answers."""
    return _missing(n) if share is None else f"{round(share * 100)}%".replace("-", MINUS)


def number(value: float | None, n: int = LEAST) -> str:
    """`0.31`, with a true minus sign."""
    # Adding zero takes the sign from a zero that was rounded to.
    return _missing(n) if value is None else f"{round(value, 2) + 0.0:.2f}".replace("-", MINUS)


def duration(seconds: float | None) -> str:
    """`48 s`, `2 min 5 s`; how long is not known where too few answers tell."""
    if seconds is None:
        return "not known"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def counted(count: int, noun: str) -> str:
    """`1 learner`, `2,000 learners`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def cell(value: float | None) -> float | str:
    """A figure in a file: four decimals, or empty."""
    return "" if value is None else round(value, 4)


def tenth_in_words(bar: int) -> str:
    """`0 to 9%`, `90 to 100%`."""
    return f"{bar * 10} to {100 if bar == 9 else bar * 10 + 9}%"


def _missing(n: int) -> str:
    """Why there is no figure of `n`; of nothing, nothing is said."""
    if not n:
        return ""
    return TOO_FEW if n < LEAST else NOT_GIVEN
