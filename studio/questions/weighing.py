"""Answers with weights, as Moodle has them, in the shapes of our kinds. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from core.errors import Problem
from quizzes.questions import Option, Options, Quantity, Wording, Wordings
from studio.questions.found import Refusal, change

WHOLE = Fraction(1)
NEAR = Fraction(1, 1000)
NUMBER = re.compile(r"[-+]?(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE][-+]?\d)?$")
WILDCARD = re.compile(r"(?<!\\)\*")
KEEP_ONE = "Keep one answer that is wholly right."


@dataclass(frozen=True)
class Weighted:
    """An answer that earns `weight` of the points, -1 to 1."""

    text: str
    weight: Fraction
    why_md: str
    line: int


def number(text: str) -> Fraction:
    """The exact number. Raises Refusal for anything else."""
    plain = text.strip().replace("−", "-").replace(",", ".")
    if not NUMBER.match(plain):
        raise Refusal(f"“{text.strip()[:40]}” is no number", "Write it in figures, as 9.4.")
    return Fraction(plain)


def share(text: str) -> Fraction:
    """A weight in percent as a share."""
    weight = number(text) / 100
    if abs(weight) > 1:
        raise Refusal(f"{text.strip()[:20]} % is no weight", "Weights run from -100 to 100.")
    return weight


def single(answers: Sequence[Weighted], changes: list[Problem]) -> Options:
    """One of them is right. What earns a part of the points is wrong with us, and said so."""
    right = [answer for answer in answers if answer.weight >= WHOLE - NEAR]
    if len(right) != 1:
        raise Refusal(f"{len(right)} answers are right, each by itself; a choice has one", KEEP_ONE)
    for answer in answers:
        _no_part(answer, right[0], changes)
    return Options(tuple(Option(each.text, each is right[0], each.why_md) for each in answers))


def several(answers: Sequence[Weighted], line: int, changes: list[Problem]) -> Options:
    """Those with a weight above 0 are right. With us each earns the same, and a wrong tick costs as much."""
    right = [answer for answer in answers if answer.weight > 0]
    if not right:
        raise Refusal("no answer is right", "Give the right ones a weight above 0.")
    even = WHOLE / len(right)
    usual = all(abs(abs(each.weight) - even) < NEAR for each in answers)
    if not usual:
        told = f"Each right tick earns 1/{len(right)} of the points here, and each wrong one costs as much."
        changes.append(change(line, "the weights of the answers are not held", told))
    return Options(tuple(Option(each.text, each.weight > 0, each.why_md) for each in answers))


def wordings(answers: Sequence[Weighted], changes: list[Problem]) -> Wordings:
    """The words that are wholly right; those with one reason after each other are variants of one."""
    kept = [answer for answer in answers if _is_word(answer, changes)]
    if not kept:
        raise Refusal("no answer in words is wholly right", "Give one of them all points.")
    groups = groupby(kept, key=lambda each: each.why_md)
    return Wordings(tuple(Wording(_variants(group), why) for why, group in groups))


def quantity(
    answers: Sequence[tuple[Weighted, Fraction, Fraction]], unit: str, changes: list[Problem]
) -> Quantity:
    """The one number that is right, from its answer, its value and its tolerance."""
    right = [each for each in answers if each[0].weight >= WHOLE - NEAR]
    if len(right) != 1:
        raise Refusal(f"{len(right)} numbers are wholly right; there is one to a question", KEEP_ONE)
    for answer, _, _ in answers:
        _no_part(answer, right[0][0], changes, dropped=True)
    key, value, tolerance = right[0]
    if tolerance < 0:
        raise Refusal("the tolerance is below 0", "Write it without a sign.", key.line)
    return Quantity(value, tolerance, unit, key.why_md)


def _variants(group: Iterable[Weighted]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.text.replace(r"\*", "*") for each in group))


def _is_word(answer: Weighted, changes: list[Problem]) -> bool:
    if WILDCARD.search(answer.text):
        told = "Words are compared as they stand. Say in `why:` what else there is to say."
        changes.append(change(answer.line, f"the pattern “{answer.text[:60]}” is not held", told))
        return False
    if answer.weight >= WHOLE - NEAR:
        return True
    told = "A word is right or wrong here; write what to say of it into `why:`."
    changes.append(change(answer.line, f"“{answer.text[:60]}” with {_percent(answer)} is not held", told))
    return False


def _no_part(answer: Weighted, right: Weighted, changes: list[Problem], dropped: bool = False) -> None:
    if answer is right or (answer.weight == 0 and not dropped):
        return
    told = "It is left out." if dropped else "It is a wrong answer here."
    changes.append(change(answer.line, f"“{answer.text[:60]}” with {_percent(answer)} is not held", told))


def _percent(answer: Weighted) -> str:
    return f"{float(answer.weight) * 100:.5g} %"
