"""What becomes of a result later, as rooms above tell it: which questions come back, and what is known after months.

They are put on these lists in app.py; without them a result says nothing of it.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from core.web import Reader


@dataclass(frozen=True)
class Return:
    """When a question comes back to its learner, in words (empty: it does not), and whether they may ask for it."""

    words: str
    may_ask: bool


@dataclass(frozen=True)
class Recalled:
    """Questions of some ideas that were answered so many `days` later: `right` of `n` wholly right."""

    days: int
    right: int
    n: int


TellReturns = Callable[[str, Reader], Mapping[int, Return]]
"""From an attempt whose key may be seen to its questions by position; those that cannot come back are left out."""
TellRecalled = Callable[[int, Collection[str]], Recalled]
"""From a person and ideas (topics or objectives) to what they knew of them long after."""
_returns: list[TellReturns] = []
_recalled: list[TellRecalled] = []


def tell_returns(teller: TellReturns) -> None:
    """Let a room above say which questions come back; said in app.py."""
    if teller not in _returns:
        _returns.append(teller)


def tell_recalled(teller: TellRecalled) -> None:
    """Let a room above say what was known long after; said in app.py."""
    if teller not in _recalled:
        _recalled.append(teller)


def returns_of(attempt_id: str, reader: Reader) -> dict[int, Return]:
    """What is told of the questions of an attempt, by position."""
    return {position: each for teller in _returns for position, each in teller(attempt_id, reader).items()}


def recalled_of(user_id: int, ideas: Collection[str]) -> Recalled | None:
    """What is told of these ideas; None where nothing was asked yet, or nobody tells."""
    told = (teller(user_id, ideas) for teller in _recalled)
    return next((each for each in told if each.n), None)
