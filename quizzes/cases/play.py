"""A play: where a case stands after the choices made, what it earned and how it ended. Pure and total."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from quizzes.cases.case import LEAST, MOST, Case, Choice, Scene, States

SAFE_STRONG = 90  # points from which a passed play is called strong
MOST_PLAYS = 10_000  # that are followed in the search for the better one
MOST_WORK = 300_000  # turns that are looked back on in that search


class Effect(StrEnum):
    """What a choice did. Strong: no choice that was open and safe there scores more."""

    STRONG = "strong"
    WEAKER = "weaker"
    CRITICAL = "critical"
    UNSAFE = "unsafe"


class Referral(StrEnum):
    """How a choice stands to a referral. One is called for where of the safe choices that were open one that scores
    most is a referral."""

    WELL = "well"  # called for, and no safe choice scores more
    WEAKER = "weaker"  # called for, and another way scores more
    MISSED = "missed"  # called for, and not made
    NEEDLESS = "needless"  # made where something else was called for


class Ending(StrEnum):
    """How a play ended. Safe and strong are passed; review is not, by its points or a critical choice."""

    STRONG = "strong"
    SAFE = "safe"
    REVIEW = "review"
    UNSAFE = "unsafe"


@dataclass(frozen=True)
class Turn:
    """One choice made. `index` counts from 0 in the scene; `score` after it may lie beyond 0 to 100."""

    scene: Scene
    index: int
    offered: tuple[int, ...]
    before: States
    states: States
    score: int

    @property
    def choice(self) -> Choice:
        return self.scene.choices[self.index]

    @property
    def best(self) -> int | None:
        """The choice that scores most of those that were open and neither unsafe nor critical; None: no such."""
        safe = [index for index in self.offered if self.scene.choices[index].is_safe]
        return max(safe, key=lambda index: self.scene.choices[index].score, default=None)

    @property
    def effect(self) -> Effect:
        if self.choice.unsafe:
            return Effect.UNSAFE
        if self.choice.critical:
            return Effect.CRITICAL
        most = self.scene.choices[self.index if self.best is None else self.best].score
        return Effect.STRONG if self.choice.score >= most else Effect.WEAKER

    @property
    def referral(self) -> Referral | None:
        """None where none was called for and none made."""
        if self.choice.refer and not self._calls_for_referral:
            return Referral.NEEDLESS
        if not self._calls_for_referral:
            return None
        if not self.choice.refer:
            return Referral.MISSED
        return Referral.WELL if self.effect is Effect.STRONG else Referral.WEAKER

    @property
    def _calls_for_referral(self) -> bool:
        safe = [choice for choice in map(self.scene.choices.__getitem__, self.offered) if choice.is_safe]
        most = max((choice.score for choice in safe), default=0)
        return any(choice.refer and choice.score == most for choice in safe)

    def if_chosen(self, index: int) -> "Turn":
        """The turn that another choice of the same scene would have been, as far as its effect goes."""
        return replace(self, index=index)

    def moves(self) -> dict[str, int]:
        """By how much each state went up or down, those that stayed included."""
        return {name: value - self.before.get(name, LEAST) for name, value in self.states.items()}


@dataclass(frozen=True)
class Play:
    """A case and the turns taken in it; without turns, at its first scene."""

    case: Case
    turns: tuple[Turn, ...] = ()

    @cached_property
    def scene(self) -> Scene | None:
        """Where the play stands: at its end the last scene. None for a case without scenes."""
        if self.turns:
            return self.case.scene(self.turns[-1].choice.target)
        return self.case.scenes[0] if self.case.scenes else None

    @property
    def states(self) -> States:
        return self.turns[-1].states if self.turns else dict(self.case.state)

    @property
    def score(self) -> int:
        """The points so far, which may lie beyond 0 to 100."""
        return self.turns[-1].score if self.turns else self.case.start

    @cached_property
    def offered(self) -> tuple[int, ...]:
        """The choices of the scene whose needs are met; none once the play is over."""
        if self.unsafe is not None or self.scene is None or self.scene.end:
            return ()
        states = self.states
        return tuple(n for n, choice in enumerate(self.scene.choices) if choice.is_open(states))

    @property
    def is_over(self) -> bool:
        return not self.offered

    @property
    def unsafe(self) -> Turn | None:
        """The turn that stopped the case."""
        return self.turns[-1] if self.turns and self.turns[-1].choice.unsafe else None

    @property
    def critical(self) -> tuple[Turn, ...]:
        """The turns that lost the pass though play went on."""
        return tuple(turn for turn in self.turns if turn.effect is Effect.CRITICAL)

    @property
    def points(self) -> int:
        """What it is worth if it ends here: 0 to 100, and 0 after an unsafe choice."""
        return 0 if self.unsafe else min(max(self.score, LEAST), MOST)

    @property
    def passed(self) -> bool:
        is_clean = self.unsafe is None and not self.critical
        return self.is_over and is_clean and self.points >= self.case.pass_mark

    @property
    def ending(self) -> Ending | None:
        """How it ended; None while it goes on."""
        if not self.is_over:
            return None
        if self.unsafe:
            return Ending.UNSAFE
        if not self.passed:
            return Ending.REVIEW
        return Ending.STRONG if self.points >= SAFE_STRONG else Ending.SAFE

    def choose(self, index: int) -> "Play":
        """The play after this choice; the same one where the choice is not offered."""
        if self.scene is None or index not in self.offered:
            return self
        choice = self.scene.choices[index]
        turn = Turn(
            self.scene, index, self.offered, self.states, choice.moved(self.states), self.score + choice.score
        )
        return replace(self, turns=(*self.turns, turn))


def replay(case: Case, choices: Iterable[int]) -> Play:
    """The play in which these choices were made, one after the other; those not offered are passed over."""
    play = Play(case)
    for index in choices:
        play = play.choose(index)
    return play


def steps_left(case: Case, scene: Scene | None) -> int:
    """How many choices lie at least between a scene and an end that is not unsafe; 0 where there is no way."""
    waiting = deque([(scene, 0)])
    seen = set()
    while waiting:
        at, steps = waiting.popleft()
        if at is None or at.id in seen:
            continue
        if at.end:
            return steps
        seen.add(at.id)
        waiting.extend((case.scene(each.target), steps + 1) for each in at.choices if not each.unsafe)
    return 0


def better_play(case: Case) -> Play | None:
    """The safe play to an end with the greatest score; of equal ones the shortest, then the author's first.

    Nothing is done twice in the same scene with the same states, of those that needs name. None where no play is
    safe to its end. At most MOST_PLAYS are followed and MOST_WORK turns looked back on; then it is the best so far.
    """
    best: Play | None = None
    reached: dict[Place, int] = {}
    waiting, watched, work = deque([Play(case)]), sorted(case.watched), 0
    for _ in range(MOST_PLAYS):
        if not waiting or work > MOST_WORK:
            break
        play = waiting.popleft()
        if reached.get(_place(play, watched), play.score) > play.score:
            continue
        if play.scene and play.scene.end and (best is None or play.score > best.score):
            best = play
        work += (len(play.turns) + len(play.offered)) * (1 + len(case.state))
        waiting.extend(_onward(play, reached, watched))
    return best


Place = tuple[str, tuple[int, ...]]


def _onward(play: Play, reached: dict[Place, int], watched: Sequence[str]) -> list[Play]:
    """The safe plays that are one turn longer and reach their place with more points than any before."""
    plays = []
    been = {_place(play, watched), *(_placed(turn.scene, turn.before, watched) for turn in play.turns)}
    for index in play.offered:
        longer = play.choose(index)
        place = _place(longer, watched)
        is_gain = place not in reached or longer.score > reached[place]
        if longer.turns[-1].choice.is_safe and is_gain and place not in been:
            reached[place] = longer.score
            plays.append(longer)
    return plays


def _place(play: Play, watched: Sequence[str]) -> Place:
    return _placed(play.scene, play.states, watched)


def _placed(scene: Scene | None, states: States, watched: Sequence[str]) -> Place:
    return scene.id if scene else "", tuple(states.get(name, LEAST) for name in watched)
