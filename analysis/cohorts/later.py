"""What learners of a module know long after it, as a room above tells it; without one nothing is said of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Later:
    """First answers so many `days` after a quiz or later: `right` of `n` wholly right, of `people` learners."""

    days: int
    right: int
    n: int
    people: int


TellLater = Callable[[Sequence[int]], Later]
"""From the steps of quizzes to what was answered long after them."""
_tellers: list[TellLater] = []


def tell_later(teller: TellLater) -> None:
    """Let a room above say what is known long after; said in app.py."""
    if teller not in _tellers:
        _tellers.append(teller)


def later_of(steps: Sequence[int]) -> Later:
    """What is told of these steps."""
    return next((teller(steps) for teller in _tellers), Later(0, 0, 0, 0))
