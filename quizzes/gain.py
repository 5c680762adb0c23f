"""What was learned between two quizzes that ask the same ideas. Pure.

An idea is a topic; what counts of it is the mean share of its questions, so that one asked twice weighs no more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Gain:
    """Of the `ideas` that both asked, the mean share that was right before and after (0 to 1 each)."""

    ideas: tuple[str, ...]
    before: Fraction
    after: Fraction

    @property
    def difference(self) -> Fraction:
        return self.after - self.before


def shares_by_idea(answers: Iterable[tuple[str, Fraction]]) -> dict[str, Fraction]:
    """The mean share of each idea, from pairs of an idea and the share of one of its questions."""
    found: dict[str, list[Fraction]] = {}
    for idea, share in answers:
        found.setdefault(idea, []).append(share)
    return {idea: sum(shares, Fraction(0)) / len(shares) for idea, shares in found.items()}


def gain(before: Mapping[str, Fraction], after: Mapping[str, Fraction]) -> Gain | None:
    """The gain on the ideas that both asked; None where there is none."""
    both = tuple(idea for idea in before if idea in after)
    if not both:
        return None
    means = (sum((shares[idea] for idea in both), Fraction(0)) / len(both) for shares in (before, after))
    return Gain(both, *means)
