"""What counts of several marked attempts: the best, the last or the average of them. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from quizzes.quiz_settings import Counts
from quizzes.rules import passed


@dataclass(frozen=True)
class Marked:
    """A marked attempt: its share of what was possible (0 to 1), its own pass mark in percent, whether it passed."""

    share: Fraction
    pass_percent: int
    passed: bool


@dataclass(frozen=True)
class Results:
    """The marked attempts of one learner at one quiz as they stand now, in their order, and what counts of them."""

    counts: Counts
    marked: Sequence[Marked]

    @property
    def average(self) -> Fraction | None:
        """The mean share, where that is what counts and there is one."""
        if self.counts is not Counts.AVERAGE or not self.marked:
            return None
        return _average(self.marked)

    @property
    def passes(self) -> bool:
        """Whether what counts reaches the pass mark.

        An attempt that counts alone is judged by its own pass mark, an average by that of the last attempt.
        """
        return bool(self.marked) and PASSING[self.counts](self.marked)


def _average(marked: Sequence[Marked]) -> Fraction:
    return sum((each.share for each in marked), Fraction(0)) / len(marked)


PASSING: dict[Counts, Callable[[Sequence[Marked]], bool]] = {
    Counts.BEST: lambda marked: any(each.passed for each in marked),
    Counts.LAST: lambda marked: marked[-1].passed,
    Counts.AVERAGE: lambda marked: passed(_average(marked), Fraction(1), marked[-1].pass_percent),
}
