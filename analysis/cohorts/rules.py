"""Which learners are told of together, and the figures of such a group. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from analysis.rules import Gain, given_of
from quizzes.json_form import from_json, to_json

FEWEST = 5  # learners behind any figure of a group: fewer could be told apart


@dataclass(frozen=True)
class Months:
    """Learners who enrolled from the month `first` to the month `last`, each told by its first day."""

    first: date
    last: date
    n: int


@dataclass(frozen=True)
class Total:
    """A sum over `n` attempts or answers, and how many people stand behind it."""

    value: float = 0.0
    n: int = 0
    people: int = 0


@dataclass(frozen=True)
class GroupFigures:
    """The `n` learners of some months (`2026-09`). Shares lie between 0 and 1; None where it is not given.

    `progress` is the mean share of the required steps, `finished` counts who has done them all. `mean` is of
    `attempts`, the first ones at quizzes, and `passed` of those `to_pass`, at quizzes that have a pass mark; `sure`
    is the share that was right of `sure_answers` given as certain.
    """

    first: str
    last: str
    n: int
    finished: int
    progress: float
    attempts: int
    mean: float | None
    to_pass: int
    passed: float | None
    sure_answers: int
    sure: float | None
    gain: Gain


@dataclass(frozen=True)
class ModuleGain:
    """What a module gained its learners, from the quiz before it to the one after it; means are None with the gain.

    `later` is the share of `later_answers` right that were given `later_days` after it or more; None where fewer than
    FEWEST learners stand behind it.
    """

    number: int
    title: str
    before: float | None
    after: float | None
    gain: Gain
    later_days: int
    later_answers: int
    later: float | None


@dataclass(frozen=True)
class CourseFigures:
    """The learners of a course; no groups below FEWEST learners."""

    n: int
    groups: tuple[GroupFigures, ...]
    modules: tuple[ModuleGain, ...]

    def to_json(self) -> dict[str, Any]:
        written: dict[str, Any] = to_json(self)
        return written

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "CourseFigures":
        return from_json(cls, data)


def grouped(started: Mapping[date, int]) -> list[Months]:
    """Months in order, each with as many of the next ones as it takes to be FEWEST learners.

    What is left over at the end joins the last group; below FEWEST learners in all there is none.
    """
    groups: list[Months] = []
    waiting: list[date] = []
    for month in sorted(started):
        waiting.append(month)
        if (n := sum(started[each] for each in waiting)) >= FEWEST:
            groups.append(Months(waiting[0], month, n))
            waiting = []
    if groups and waiting:
        left = sum(started[each] for each in waiting)
        groups[-1] = Months(groups[-1].first, waiting[-1], groups[-1].n + left)
    return groups


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def share_of(value: float, of: int, people: int) -> float | None:
    """A mean; None where too few people stand behind it."""
    return value / of if people >= FEWEST and of else None


def given(people: Sequence[int], fewest: int = FEWEST) -> list[bool]:
    """For each group, by how many people stand behind its figure, whether that is given: from `fewest` on, and so that
    what is withheld together is of FEWEST people or more."""
    members = {frozenset({place}): n for place, n in enumerate(people)}
    shown = given_of(members, range(len(people)), fewest, FEWEST)
    return [place in shown for place in range(len(people))]


def means_of(totals: Sequence[Total]) -> list[float | None]:
    """The mean of each group, where it is given."""
    shown = given([total.people for total in totals])
    return [
        total.value / total.n if is_shown else None for total, is_shown in zip(totals, shown, strict=True)
    ]


def name_of(month: date) -> str:
    """`2026-09`."""
    return f"{month:%Y-%m}"


def place_of(groups: Sequence[Months], month: date) -> int | None:
    """The group that a month belongs to."""
    return next((n for n, group in enumerate(groups) if group.first <= month <= group.last), None)
