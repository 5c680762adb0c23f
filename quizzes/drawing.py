"""Drawing questions from pools that may overlap. Pure."""

from collections.abc import Collection, Mapping, Sequence
from random import Random


def shuffled(items: Collection[str], rng: Random) -> list[str]:
    """All of them, in an order that the generator alone decides."""
    return rng.sample(sorted(items), len(items))


def draw_apart(wishes: Sequence[tuple[str, int]], left: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The pool for which each drawn id counts: as many as can be drawn in all, none twice."""
    holders: dict[str, str] = {}
    for name, count in wishes:
        for _ in range(count):
            if not _take_one(name, left, holders, set()):
                break
    return holders


def _take_one(name: str, left: Mapping[str, Sequence[str]], holders: dict[str, str], asked: set[str]) -> bool:
    """Give a pool one more id. A pool that holds one of its ids gives it up if it can take another instead."""
    asked.add(name)
    for item in left[name]:
        holder = holders.get(item)
        if holder is None or (holder not in asked and _take_one(holder, left, holders, asked)):
            holders[item] = name
            return True
    return False
