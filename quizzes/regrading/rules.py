"""The rules of regrading: which answers a mended key can grade, and what that does to a result. Pure and total."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any

from quizzes import rules
from quizzes.marks import sum_of_marks
from quizzes.questions import Question

ANOTHER_KIND = "It was a question of another kind."
BY_A_PERSON = "A person marks its answers, so no key does."
OTHER_PARTS = "It had {} parts to answer, and has {} now."
PAIRED_ANEW = (
    "Right sides are told by their places in the order of the pairs, and pairing them anew moves them: "
    "drop the question, and publish it under a new id."
)
MOVED = "“{}” stands at another place now, and answers are told by their places."


class Cause(StrEnum):
    """Why attempts are graded anew; also what the log of grades calls it."""

    KEY = "key"
    DROPPED = "dropped"


class RegradeState(StrEnum):
    RUNNING = "running"
    DONE = "done"


# What answers of a kind are told by: lists of texts, each by its number. Typed answers need none.
TOLD_BY: dict[str, Callable[[Any], tuple[tuple[str, ...], ...]]] = {
    "choice": lambda parts: (tuple(option.text_md for option in parts.options),),
    "choices": lambda parts: (tuple(option.text_md for option in parts.options),),
    "truefalse": lambda parts: (tuple(option.text_md for option in parts.options),),
    "order": lambda parts: (tuple(step.text_md for step in parts.steps),),
    "match": lambda parts: (tuple(pair.left_md for pair in parts.pairs), parts.rights),
    "blanks": lambda parts: (("",) * len(parts.wordings),),
    "number": lambda parts: (),
    "text": lambda parts: (),
}


def obstacle(old: Question, new: Question) -> str:
    """Why the new revision cannot grade the answers to the old one, in a sentence; empty where it can."""
    if old.kind != new.kind:
        return ANOTHER_KIND
    if new.kind not in TOLD_BY:
        return BY_A_PERSON
    if new.kind == "match" and _pairs_anew(old.parts, new.parts):
        return PAIRED_ANEW
    told_by = TOLD_BY[new.kind]
    for before, after in zip(told_by(old.parts), told_by(new.parts), strict=True):
        if len(before) != len(after):
            return OTHER_PARTS.format(len(before), len(after))
        if moved := _moved(before, after):
            return MOVED.format(moved)
    return ""


def _pairs_anew(before: Any, after: Any) -> bool:
    """Whether left sides that stand where they stood have right sides that were another one's."""
    lefts = [tuple(pair.left_md for pair in parts.pairs) for parts in (before, after)]
    return lefts[0] == lefts[1] and bool(_moved(before.rights, after.rights))


def _moved(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """A text that stands in both lists but at another place; empty where there is none."""
    changed = [(old, new) for old, new in zip(before, after, strict=False) if old != new]
    stay = {old for old, _ in changed} & set(after) | {new for _, new in changed} & set(before)
    return min(stay, default="")


@dataclass(frozen=True)
class Part:
    """What one question of an attempt brings: its points, and what the answer counts for (None: not marked yet)."""

    possible: Fraction
    mark: Fraction | None
    dropped: bool = False


@dataclass(frozen=True)
class Result:
    """What an attempt has. `points` and `passed` are None as long as a person has yet to mark a part."""

    points: Fraction | None
    possible: Fraction
    passed: bool | None

    @property
    def share(self) -> Fraction:
        return (self.points or Fraction(0)) / self.possible if self.possible else Fraction(0)


def add_up(parts: Iterable[Part], pass_percent: int) -> Result:
    """The result of these parts; what was dropped neither earns nor could be earned."""
    counting = [part for part in parts if not part.dropped]
    possible = sum((part.possible for part in counting), Fraction(0))
    points = sum_of_marks([part.mark for part in counting], possible)
    passed = None if points is None else rules.passed(points, possible, pass_percent)
    return Result(points, possible, passed)


@dataclass(frozen=True)
class Effect:
    """What a regrade does to one attempt; `after.passed` is what the figures say."""

    before: Result
    after: Result

    @property
    def is_up(self) -> bool:
        return self.after.share > self.before.share

    @property
    def is_down(self) -> bool:
        return self.after.share < self.before.share

    @property
    def passes_now(self) -> bool:
        return bool(self.after.passed) and not self.before.passed

    @property
    def falls_below(self) -> bool:
        return bool(self.before.passed) and self.after.passed is False

    @property
    def is_seen(self) -> bool:
        """Whether the learner's share or pass is another one now."""
        return self.is_up or self.is_down or self.passes_now

    @property
    def stands(self) -> Result:
        """The result as it counts: a pass that was given stays."""
        return replace(self.after, passed=True) if self.before.passed else self.after


@dataclass(frozen=True)
class Count:
    """For how many attempts a result goes up, down or stays; who passes by it, whose figures fall below the mark."""

    up: int = 0
    down: int = 0
    same: int = 0
    passing: int = 0
    below: int = 0

    @property
    def all(self) -> int:
        return self.up + self.down + self.same

    def plus(self, effect: Effect) -> "Count":
        """With one more attempt."""
        return Count(
            self.up + effect.is_up,
            self.down + effect.is_down,
            self.same + (effect.before.share == effect.after.share),
            self.passing + effect.passes_now,
            self.below + effect.falls_below,
        )
