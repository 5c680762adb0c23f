"""Where the plays of a case may come to: every scene with every value of the states that decide. Pure and bounded.

States are whole numbers from 0 to 100 and only those that a need names can open or close anything, so places are
finite and the search is exact. A case may still have too many of them: beyond MOST_PLACES or MOST_WORK the search
stops and says so, and `Reach` tells what holds of all plays without following any.
"""

from collections import deque
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from quizzes.cases.case import LEAST, MOST, Case, Choice, Need, Scene

MOST_PLACES = 20_000
MOST_WORK = 2_000_000  # comparisons and moves of one state

Spot = TypeVar("Spot", bound=Hashable)
Values = tuple[int, ...]
Place = tuple[str, Values]
"""A scene, and the states that needs name, in their order. An end has none: nothing follows from them there."""


@dataclass(frozen=True)
class Way:
    """A choice as the search follows it: between which values it is open, and how it moves them."""

    number: int  # in its scene, from 0
    choice: Choice
    open: tuple[tuple[int, int, int], ...]  # number of the state, least and greatest value
    moves: tuple[tuple[int, int], ...]  # number of the state, by how much

    def is_open(self, values: Values) -> bool:
        return all(least <= values[state] <= most for state, least, most in self.open)

    def moved(self, values: Values) -> Values:
        after = list(values)
        for state, by in self.moves:
            after[state] = min(max(after[state] + by, LEAST), MOST)
        return tuple(after)


@dataclass(frozen=True)
class Board:
    """A case made ready to be searched. `names` are the states that a need names."""

    first: Place
    names: tuple[str, ...]
    ways: Mapping[str, tuple[Way, ...]]
    ends: frozenset[str]

    def price(self, scene: str) -> int:
        """The work that leaving a scene takes: each of its choices compares and moves states."""
        ways = self.ways[scene]
        return 1 + sum(1 + len(way.open) + len(way.moves) + len(self.names) for way in ways)

    def onward(self, place: Place) -> list[tuple[Way, Place]]:
        """The choices that are open at a place, and where each leads."""
        name, values = place
        return [(way, self._after(way, values)) for way in self.ways[name] if way.is_open(values)]

    def _after(self, way: Way, values: Values) -> Place:
        target = way.choice.target
        return (target, ()) if target in self.ends else (target, way.moved(values))


def board_of(case: Case) -> Board:
    """The board of a case. A choice that leads to no scene is left out; an end goes nowhere."""
    known = {scene.id: scene for scene in reversed(case.scenes)}
    needs = (need for scene in case.scenes for choice in scene.choices for need in choice.needs)
    names = tuple(dict.fromkeys(need.name for need in needs))
    begins = dict(case.state)
    first, ends = case.scenes[0], frozenset(name for name, scene in known.items() if scene.end)
    values = () if first.end else tuple(begins.get(name, LEAST) for name in names)
    ways = {name: _ways(scene, known, names) for name, scene in known.items()}
    return Board((first.id, values), names, ways, ends)


def _ways(scene: Scene, known: Mapping[str, Scene], names: tuple[str, ...]) -> tuple[Way, ...]:
    number = {name: place for place, name in enumerate(names)}
    return tuple(
        Way(
            index,
            choice,
            tuple((number[need.name], *span(need)) for need in choice.needs),
            tuple((number[move.name], move.by) for move in choice.moves if move.name in number),
        )
        for index, choice in enumerate(() if scene.end else scene.choices)
        if choice.target in known
    )


def span(need: Need) -> tuple[int, int]:
    """The least and the greatest value that meet a need; the least is the greater one where none does."""
    least, most = {
        ">=": (need.value, MOST),
        "<=": (LEAST, need.value),
        ">": (need.value + 1, MOST),
        "<": (LEAST, need.value - 1),
        "=": (need.value, need.value),
    }[need.sign]
    return max(least, LEAST), min(most, MOST)


@dataclass
class Exploration:
    """What plays reach, nearest first. `complete`: nothing was left out for its number.

    `onward` has the places that plays came to, with the choices open there; `taken` the choices that some play makes,
    by scene and number.
    """

    board: Board
    onward: dict[Place, list[tuple[Way, Place]]] = field(default_factory=dict)
    taken: set[tuple[str, int]] = field(default_factory=set)
    complete: bool = True


def explore(case: Case) -> Exploration:
    """Every place that a play may come to, within MOST_PLACES and MOST_WORK."""
    board = board_of(case)
    found, work = Exploration(board), 0
    waiting = deque([board.first])
    while waiting:
        place = waiting.popleft()
        if place in found.onward:
            continue
        work += board.price(place[0])
        if len(found.onward) >= MOST_PLACES or work > MOST_WORK:
            found.complete = False
            break
        onward = found.onward[place] = board.onward(place)
        found.taken.update((place[0], way.number) for way, _ in onward)
        waiting.extend(each for _, each in onward if each not in found.onward)
    return found


def leading_to(goals: Iterable[Spot], onward: Mapping[Spot, Iterable[Spot]]) -> set[Spot]:
    """All spots from which one of the goals can be come to, the goals included."""
    back: dict[Spot, list[Spot]] = {}
    for place, targets in onward.items():
        for target in targets:
            back.setdefault(target, []).append(place)
    reached = set(goals)
    waiting = list(reached)
    while waiting:
        for place in back.get(waiting.pop(), ()):
            if place not in reached:
                reached.add(place)
                waiting.append(place)
    return reached


# ---- what holds of all plays, without following any

ALL = (1 << (MOST + 1)) - 1  # a set of values as bits: bit n says that n is one of them


@dataclass
class Reach:
    """At least everything that plays reach: for each scene and state a set of values, each state for itself.

    What is missing here no play reaches; what stands here a play may reach. `values` are sets as bits, `taken` as
    in an Exploration.
    """

    values: dict[str, list[int]] = field(default_factory=dict)
    taken: set[tuple[str, int]] = field(default_factory=set)


def reach(case: Case) -> Reach | None:
    """What plays may reach at most; None where even that takes more than MOST_WORK.

    Sets only grow, by at least one of 101 values each time, so a scene is looked at again at most 101 times for
    each state.
    """
    board = board_of(case)
    found, work = Reach(), 0
    name, begins = board.first
    found.values[name] = [1 << value for value in begins]
    waiting = {name: None}  # in order, each scene once
    while waiting:
        scene = next(iter(waiting))
        del waiting[scene]
        work += board.price(scene)
        if work > MOST_WORK:
            return None
        waiting.update(dict.fromkeys(_spread(board, found, scene)))
    return found


def _spread(board: Board, found: Reach, scene: str) -> list[str]:
    """Let the values of a scene flow through its choices; the scenes whose values grew by it."""
    grown = []
    for way in board.ways[scene]:
        held = _let_through(way, found.values[scene])
        if held is None:
            continue
        found.taken.add((scene, way.number))
        target = way.choice.target
        come = [] if target in board.ends else _moved(way, held)
        known = found.values.get(target)
        both = come if known is None else [old | new for old, new in zip(known, come, strict=True)]
        if both != known:
            found.values[target] = both
            grown.append(target)
    return grown


def _let_through(way: Way, values: list[int]) -> list[int] | None:
    """The values that meet the needs of a choice; None where a state has none."""
    held = list(values)
    for state, least, most in way.open:
        held[state] &= ALL >> (MOST - most) & -(1 << least) if least <= most else 0
        if not held[state]:
            return None
    return held


def _moved(way: Way, values: list[int]) -> list[int]:
    """The sets after the moves; what would lie beyond 0 or 100 is brought back there."""
    after = list(values)
    for state, by in way.moves:
        after[state] = _shifted(after[state], by)
    return after


def _shifted(values: int, by: int) -> int:
    if by >= 0:
        shifted = values << min(by, MOST)
        return shifted & ALL | (1 << MOST if shifted >> MOST else 0)
    down = min(-by, MOST)
    return values >> down | (1 if values & ((1 << down + 1) - 1) else 0)
