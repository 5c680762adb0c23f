"""What a case is: a client's file and scenes with choices; how a choice moves states. Pure values."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from quizzes.json_form import from_json, to_json

States = Mapping[str, int]
LEAST, MOST = 0, 100  # of the score at the end, and of every state at any time
COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}


@dataclass(frozen=True)
class Move:
    """A state goes up or down by so many points."""

    name: str
    by: int


@dataclass(frozen=True)
class Need:
    """A state must compare so with a value for the choice to be offered."""

    name: str
    sign: str  # a key of COMPARISONS
    value: int

    def is_met(self, states: States) -> bool:
        return COMPARISONS[self.sign](states.get(self.name, LEAST), self.value)


@dataclass(frozen=True)
class Choice:
    """One thing to do in a scene. `unsafe` ends the case with score 0; `critical` loses the pass; `refer` brings
    in somebody who may judge or treat what the practitioner may not."""

    text_md: str
    target: str
    score: int
    moves: tuple[Move, ...]
    needs: tuple[Need, ...]
    unsafe: bool
    critical: bool
    why_md: str
    line: int
    refer: bool = False

    @property
    def is_safe(self) -> bool:
        """Whether a play that makes it may still pass."""
        return not self.unsafe and not self.critical

    def is_open(self, states: States) -> bool:
        """Whether all its needs are met."""
        return all(need.is_met(states) for need in self.needs)

    def moved(self, states: States) -> dict[str, int]:
        """The states after it, each kept between 0 and 100."""
        after = dict(states)
        for move in self.moves:
            after[move.name] = min(max(after.get(move.name, LEAST) + move.by, LEAST), MOST)
        return after


@dataclass(frozen=True)
class Scene:
    id: str
    text_md: str
    end: bool
    choices: tuple[Choice, ...]
    line: int


@dataclass(frozen=True)
class Case:
    """Play starts at the first scene with `start` points and passes with `pass_mark` of 100.

    `file_md` is the client's file; `source` the whole text verbatim.
    """

    file_md: str
    scenes: tuple[Scene, ...]
    start: int
    pass_mark: int
    state: tuple[tuple[str, int], ...]
    source: str

    def scene(self, name: str) -> Scene | None:
        return self._by_id.get(name)

    @cached_property
    def _by_id(self) -> dict[str, Scene]:
        return {scene.id: scene for scene in reversed(self.scenes)}

    @property
    def watched(self) -> frozenset[str]:
        """The states that a need names: no other one opens or closes a choice."""
        choices = (choice for scene in self.scenes for choice in scene.choices)
        return frozenset(need.name for choice in choices for need in choice.needs)

    def to_json(self) -> dict[str, Any]:
        return cast(dict[str, Any], to_json(self))

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Case":
        return from_json(cls, data)
