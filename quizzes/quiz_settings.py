"""What the front matter of a quiz, a case or an assignment says, typed. Values come as text. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, cast

from core.errors import Problem
from quizzes.json_form import from_json, to_json

FrontValue = str | list[Any] | dict[str, Any]
LineOf = Callable[[str], int]
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
STATE_NAME = re.compile(r"[a-z_]+")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
CASE_PASS = 75  # points of 100, where a case does not say
YES_NO = {"true": True, "yes": True, "false": False, "no": False}


class QuizKind(StrEnum):
    QUIZ = "quiz"
    CASE = "case"
    ASSIGNMENT = "assignment"


class View(StrEnum):
    """How the questions of an attempt are laid out: one a page, or the whole paper."""

    ONE = "one"
    PAPER = "paper"


class FeedbackWhen(StrEnum):
    """When key and rationales are shown: after each submission, or once passed or no attempt is left."""

    SUBMITTED = "submitted"
    PASSED = "passed"


@dataclass(frozen=True)
class QuizSettings:
    """The settings of one quiz. `pass_mark` is percent, in a case points of 100.

    `attempts` None: as many as one likes. `minutes` None: computed. `draw`: how many questions from each
    named pool; `items`: questions taken by id. `start` and `state` (0 to 100 each) belong to cases.
    """

    title: str = ""
    summary: str = ""
    kind: str = QuizKind.QUIZ
    pass_mark: int = 70
    attempts: int | None = None
    minutes: int | None = None
    draw: tuple[tuple[str, int], ...] = ()
    items: tuple[str, ...] = ()
    shuffle: bool = True
    view: str = View.ONE
    feedback: str = FeedbackWhen.SUBMITTED
    start: int = 50
    state: tuple[tuple[str, int], ...] = ()
    formerly: tuple[str, ...] = ()
    reviewed: str = ""

    @classmethod
    def from_front(
        cls, front: Mapping[str, FrontValue], file: str, line_of: LineOf
    ) -> tuple["QuizSettings", list[Problem]]:
        """The settings and what is wrong with them; `line_of(key)` is the key's line in the file."""
        problems: list[Problem] = []
        values: dict[str, Any] = {}
        for key, value in front.items():
            try:
                values[FIELD_OF.get(key, key)] = _reader(key)(value)
            except Refused as refused:
                problems.append(Problem(file, line_of(key), f"{key}: {refused.message}", refused.remedy))
        if values.get("kind") == QuizKind.CASE:
            values.setdefault("pass_mark", CASE_PASS)
        settings = replace(cls(), **values)
        return settings, problems + list(_misplaced(settings, front, file, line_of))

    def to_json(self) -> dict[str, Any]:
        return cast(dict[str, Any], to_json(self))

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "QuizSettings":
        return from_json(cls, data)


class Refused(Exception):
    """A value that is no value of its key."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


def _reader(key: str) -> Callable[[FrontValue], Any]:
    if key not in READERS:
        raise Refused("there is no such setting", f"Known are {', '.join(READERS)}.")
    return READERS[key]


def _misplaced(
    settings: QuizSettings, front: Mapping[str, FrontValue], file: str, line_of: LineOf
) -> Iterable[Problem]:
    if not settings.title and "title" not in front:
        yield Problem(file, 1, "the title is missing", "Write `title: …` into the front matter.")
    for key in front:
        kinds = ONLY_IN.get(key)
        if kinds and settings.kind not in kinds:
            message = f"{key}: has no meaning in kind: {settings.kind}"
            yield Problem(file, line_of(key), message, f"Delete it, or write kind: {' or '.join(kinds)}.")


def _text(value: FrontValue) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Refused("this is no text", "Write some words.")
    return value.strip()


def _whole(least: int, most: int) -> Callable[[FrontValue], int]:
    def read(value: FrontValue) -> int:
        text = value.strip().removesuffix("%").strip() if isinstance(value, str) else ""
        if not re.fullmatch(r"[0-9]{1,6}", text) or not least <= int(text) <= most:
            raise Refused(f"this is no whole number from {least} to {most}", "Write it in digits.")
        return int(text)

    return read


def _attempts(value: FrontValue) -> int | None:
    return None if value == "unlimited" else _whole(1, 1000)(value)


def _yes_no(value: FrontValue) -> bool:
    answer = YES_NO.get(value.strip().casefold()) if isinstance(value, str) else None
    if answer is None:
        raise Refused("this is neither yes nor no", "Write true or false.")
    return answer


def _one_of(words: Iterable[StrEnum]) -> Callable[[FrontValue], str]:
    known = tuple(str(word) for word in words)

    def read(value: FrontValue) -> str:
        if value not in known:
            raise Refused("this value is not known", f"Known are {', '.join(known)}.")
        return str(value)

    return read


def _names(value: FrontValue) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(n, str) and NAME.fullmatch(n) for n in names):
        raise Refused("this is no list of ids", "Write `[one-id, another-id]`.")
    if len(set(names)) < len(names):
        raise Refused("an id stands twice", "Keep one of the two.")
    return tuple(names)


def _numbers(pattern: re.Pattern[str], least: int, most: int) -> Callable[[FrontValue], Any]:
    def read(value: FrontValue) -> tuple[tuple[str, int], ...]:
        if not isinstance(value, dict):
            raise Refused("these are no names with numbers", "Write `{name: 4, other-name: 5}`.")
        for name in value:
            if not isinstance(name, str) or not pattern.fullmatch(name):
                raise Refused(f"“{name}” is no name", f"Names are {pattern.pattern}.")
        return tuple((name, _whole(least, most)(number)) for name, number in value.items())

    return read


def _date(value: FrontValue) -> str:
    if not isinstance(value, str) or not DATE.fullmatch(value):
        raise Refused("this is no date", "Write it as 2026-11-21.")
    return value


READERS: dict[str, Callable[[FrontValue], Any]] = {
    "title": _text,
    "summary": _text,
    "kind": _one_of(QuizKind),
    "pass": _whole(0, 100),
    "attempts": _attempts,
    "minutes": _whole(1, 10_000),
    "draw": _numbers(re.compile(r"[a-z0-9][a-z0-9/-]*"), 1, 500),
    "items": _names,
    "shuffle": _yes_no,
    "view": _one_of(View),
    "feedback": _one_of(FeedbackWhen),
    "start": _whole(0, 100),
    "state": _numbers(STATE_NAME, 0, 100),
    "formerly": _names,
    "reviewed": _date,
}
FIELD_OF = {"pass": "pass_mark"}
ONLY_IN: dict[str, tuple[str, ...]] = {
    "start": (QuizKind.CASE,),
    "state": (QuizKind.CASE,),
    "draw": (QuizKind.QUIZ,),
    "items": (QuizKind.QUIZ,),
    "shuffle": (QuizKind.QUIZ,),
    "view": (QuizKind.QUIZ,),
    "feedback": (QuizKind.QUIZ,),
}
