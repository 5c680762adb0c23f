"""How far a guesser comes who sees the options of a question and not its stem. Pure.

Each strategy ranks the options of an item and takes as many as are right. Equal ranks are drawn by lot, so what is
reported is what the strategy gains on average; one that cannot tell the options apart gains chance.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from core.markup.tree import names
from publishing.standards.blocks import plain

HEDGES = names(
    "about can could generally likely mainly many may maybe might most mostly often partly perhaps possibly "
    "probably rarely seldom several some sometimes somewhat tend tends typically usually"
)
ABSOLUTES = names(
    "all always any cannot completely entirely every everybody everyone fully must never no nobody none nothing only "
    "proves proven totally whole"
)
DENIAL = re.compile(r"(?:false|no)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Item:
    """The options of one question as a learner reads them, and the places of the right ones. `file` holds it."""

    file: str
    options: tuple[str, ...]
    right: frozenset[int]

    @property
    def chance(self) -> float:
        return len(self.right) / len(self.options)

    @cached_property
    def words(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(re.findall(r"[a-z]+(?:['’-][a-z]+)*", option.lower())) for option in self.options)


@dataclass(frozen=True)
class Outcome:
    """What a strategy gained: `hits` and `chance` are shares of the items, `told` the items that it could rank."""

    strategy: str
    items: int
    told: int
    hits: float
    chance: float

    @property
    def gain(self) -> float:
        """Over chance, in percentage points."""
        return round(100 * (self.hits - self.chance), 1)


class Bank:
    """All items, for a strategy that looks at more than one."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items = tuple(items)
        self.places = Counter((len(item.options), place) for item in self.items for place in item.right)


Strategy = Callable[[Bank, Item, int], float]


def _longest(bank: Bank, item: Item, n: int) -> float:
    return len(item.options[n])


def _shortest(bank: Bank, item: Item, n: int) -> float:
    return -len(item.options[n])


def _most_qualified(bank: Bank, item: Item, n: int) -> float:
    return sum(word in HEDGES for word in item.words[n])


def _least_absolute(bank: Bank, item: Item, n: int) -> float:
    return -sum(word in ABSOLUTES for word in item.words[n])


def _with_a_number(bank: Bank, item: Item, n: int) -> float:
    return any(char.isdigit() for char in item.options[n])


def _most_alike(bank: Bank, item: Item, n: int) -> float:
    """Shares most words with the others, as a key does from which distractors were made by variation."""
    others = [set(words) for place, words in enumerate(item.words) if place != n]
    return sum(len(set(item.words[n]) & other) for other in others)


def _denial(bank: Bank, item: Item, n: int) -> float:
    return DENIAL.match(item.options[n]) is not None


def _usual_place(bank: Bank, item: Item, n: int) -> float:
    return bank.places[len(item.options), n]


STRATEGIES: dict[str, Strategy] = {
    "the longest": _longest,
    "the shortest": _shortest,
    "the most qualified": _most_qualified,
    "the least absolute": _least_absolute,
    "one with a number": _with_a_number,
    "most like the others": _most_alike,
    "one that says no": _denial,
    "the usual place": _usual_place,
}


def outcomes(items: Sequence[Item], bank: Bank | None = None) -> list[Outcome]:
    """What each strategy gains over these items; the usual places are those of the bank."""
    whole = bank or Bank(items)
    return [_outcome(name, strategy, items, whole) for name, strategy in STRATEGIES.items()] if items else []


def _outcome(name: str, strategy: Strategy, items: Sequence[Item], bank: Bank) -> Outcome:
    ranks = [[float(strategy(bank, item, n)) for n in range(len(item.options))] for item in items]
    hits = sum(expected(item, rank) for item, rank in zip(items, ranks, strict=True))
    told = sum(len(set(rank)) > 1 for rank in ranks)
    chance = sum(item.chance for item in items)
    return Outcome(name, len(items), told, hits / len(items), chance / len(items))


def expected(item: Item, ranks: Sequence[float]) -> float:
    """The share of the right options that one finds who takes the highest ranks; ties are drawn by lot."""
    left, found = float(len(item.right)), 0.0
    for rank in sorted(set(ranks), reverse=True):
        tied = [n for n, each in enumerate(ranks) if each == rank]
        taken = min(left, len(tied))
        found += taken * sum(n in item.right for n in tied) / len(tied)
        left -= taken
    return found / len(item.right)


def shown(option: str) -> str:
    """An option without citations and signs."""
    return " ".join(plain(option).split())
