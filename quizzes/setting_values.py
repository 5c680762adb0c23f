"""Values of a quiz's front matter: text as it was written, typed or refused with a remedy. Pure."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, time
from enum import StrEnum
from typing import Any

FrontValue = str | list[Any] | dict[str, Any]
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?")
DAY_ONLY = len("2026-12-01")
YES_NO = {"true": True, "yes": True, "false": False, "no": False}


class Refused(Exception):
    """A value that is no value of its key."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


def text(value: FrontValue) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Refused("this is no text", "Write some words.")
    return value.strip()


def whole(least: int, most: int) -> Callable[[FrontValue], int]:
    def read(value: FrontValue) -> int:
        digits = value.strip().removesuffix("%").strip() if isinstance(value, str) else ""
        if not re.fullmatch(r"[0-9]{1,6}", digits) or not least <= int(digits) <= most:
            raise Refused(f"this is no whole number from {least} to {most}", "Write it in digits.")
        return int(digits)

    return read


def attempts(value: FrontValue) -> int | None:
    return None if value == "unlimited" else whole(1, 1000)(value)


def yes_no(value: FrontValue) -> bool:
    answer = YES_NO.get(value.strip().casefold()) if isinstance(value, str) else None
    if answer is None:
        raise Refused("this is neither yes nor no", "Write true or false.")
    return answer


def one_of(words: Iterable[StrEnum]) -> Callable[[FrontValue], str]:
    known = tuple(str(word) for word in words)

    def read(value: FrontValue) -> str:
        if value not in known:
            raise Refused("this value is not known", f"Known are {', '.join(known)}.")
        return str(value)

    return read


def slug(value: FrontValue) -> str:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise Refused("this is no slug", "Write the name of a file without its ending: a-z, 0-9, hyphens.")
    return value


def names(value: FrontValue) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(n, str) and NAME.fullmatch(n) for n in listed):
        raise Refused("this is no list of ids", "Write `[one-id, another-id]`.")
    if len(set(listed)) < len(listed):
        raise Refused("an id stands twice", "Keep one of the two.")
    return tuple(listed)


def numbers(pattern: re.Pattern[str], least: int, most: int) -> Callable[[FrontValue], Any]:
    def read(value: FrontValue) -> tuple[tuple[str, int], ...]:
        if not isinstance(value, dict):
            raise Refused("these are no names with numbers", "Write `{name: 4, other-name: 5}`.")
        for name in value:
            if not isinstance(name, str) or not pattern.fullmatch(name):
                raise Refused(f"“{name}” is no name", f"Names are {pattern.pattern}.")
        return tuple((name, whole(least, most)(number)) for name, number in value.items())

    return read


def date(value: FrontValue) -> str:
    if not isinstance(value, str) or not DATE.fullmatch(value):
        raise Refused("this is no date", "Write it as 2026-11-21.")
    return value


def moment(value: FrontValue) -> str:
    """A day, or a day with a time of day: `2026-12-01`, `2026-12-01 09:00`."""
    try:
        datetime.fromisoformat(value if isinstance(value, str) and MOMENT.fullmatch(value) else "")
    except ValueError:
        raise Refused("this is no day or time", "Write it as 2026-12-01, or 2026-12-01 09:00.") from None
    return str(value)


def first_of(text: str) -> datetime:
    """The moment that `moment` read, without a zone; of a day its first."""
    return datetime.fromisoformat(text)


def last_of(text: str) -> datetime:
    """The moment that `moment` read, without a zone; of a day its last second."""
    read = datetime.fromisoformat(text)
    return datetime.combine(read, time(23, 59, 59)) if len(text) == DAY_ONLY else read


def shuffle(value: FrontValue) -> str:
    """What is shuffled: questions, options, both (`true`) or none (`false`)."""
    if value in ("questions", "options"):
        return str(value)
    return "both" if yes_no(value) else "none"
