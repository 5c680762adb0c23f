"""How sure a learner said to be against what was right. Pure.

The bands are what each word pays for in certainty-based marking (quizzes.marks): low below 2/3 of being right, high
above 4/5.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from quizzes.marks import Certainty

WORDS = {Certainty.LOW: "Guessing", Certainty.MID: "Fairly sure", Certainty.HIGH: "Certain"}
BANDS = {
    Certainty.LOW: (Fraction(0), Fraction(2, 3)),
    Certainty.MID: (Fraction(2, 3), Fraction(4, 5)),
    Certainty.HIGH: (Fraction(4, 5), Fraction(1)),
}


@dataclass(frozen=True)
class Answered:
    """One answer: its position, how sure it was given, the share that was right (0 to 1)."""

    position: int
    certainty: Certainty
    share: Fraction


@dataclass(frozen=True)
class Group:
    """The answers given with one certainty: how many, how many of them wholly right, and their mean share."""

    certainty: Certainty
    count: int
    right: int
    share: Fraction

    @property
    def missed(self) -> int:
        return self.count - self.right


@dataclass(frozen=True)
class Calibration:
    """Groups from high to low, those without an answer left out; `sure_and_wrong` are positions."""

    groups: tuple[Group, ...]
    sure_and_wrong: tuple[int, ...]


def calibrate(answers: Iterable[Answered]) -> Calibration:
    """What was said against what was right."""
    listed = list(answers)
    groups = (_group(certainty, listed) for certainty in reversed(Certainty))
    wrong = (each.position for each in listed if each.certainty is Certainty.HIGH and each.share < 1)
    return Calibration(tuple(group for group in groups if group.count), tuple(wrong))


def _group(certainty: Certainty, answers: list[Answered]) -> Group:
    shares = [each.share for each in answers if each.certainty is certainty]
    mean = sum(shares, Fraction(0)) / len(shares) if shares else Fraction(0)
    return Group(certainty, len(shares), sum(share == 1 for share in shares), mean)
