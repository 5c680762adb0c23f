"""The states of a work, when a second marker reads it, how long marking takes. Pure; the law is docs/marking.md."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from statistics import median

from core.errors import Conflict

CLOSE = Fraction(1, 12)  # of all points: so near the pass mark a second marker reads; 2 of 24
MOST_ROUNDS = 2  # returns for revision
TURNAROUND_DAYS = 30


class WorkState(StrEnum):
    """Where a work is between its author and its markers."""

    DRAFT = "draft"
    WAITING = "waiting"
    SECOND = "second"
    AGREEING = "agreeing"
    RETURNED = "returned"
    MARKED = "marked"


class WorkStep(StrEnum):
    """What may be asked of a work."""

    HAND_IN = "hand_in"
    RETURN = "return"
    ASK_SECOND = "ask_second"
    COMPARE = "compare"
    FINISH = "finish"
    ERASE = "erase"


TRANSITIONS: dict[tuple[WorkState, WorkStep], WorkState] = {
    (WorkState.DRAFT, WorkStep.HAND_IN): WorkState.WAITING,
    (WorkState.RETURNED, WorkStep.HAND_IN): WorkState.WAITING,
    (WorkState.WAITING, WorkStep.RETURN): WorkState.RETURNED,
    (WorkState.WAITING, WorkStep.ASK_SECOND): WorkState.SECOND,
    (WorkState.WAITING, WorkStep.FINISH): WorkState.MARKED,
    (WorkState.SECOND, WorkStep.COMPARE): WorkState.AGREEING,
    (WorkState.SECOND, WorkStep.FINISH): WorkState.MARKED,
    (WorkState.AGREEING, WorkStep.FINISH): WorkState.MARKED,
    **{(state, WorkStep.ERASE): WorkState.DRAFT for state in WorkState if state is not WorkState.MARKED},
}
MARKED_ALREADY = "This work is marked. A mark that was given is not given again."
REFUSALS = {
    WorkStep.HAND_IN: "This work is handed in already.",
    WorkStep.RETURN: "This work cannot be returned now: it is with its author, with a second marker, or marked.",
    WorkStep.ASK_SECOND: MARKED_ALREADY,
    WorkStep.COMPARE: MARKED_ALREADY,
    WorkStep.FINISH: MARKED_ALREADY,
    WorkStep.ERASE: "This work is marked. What was marked can no longer be erased.",
}
IN_THE_QUEUE = (WorkState.WAITING, WorkState.SECOND, WorkState.AGREEING)
WITH_ITS_AUTHOR = (WorkState.DRAFT, WorkState.RETURNED)


def next_state(state: WorkState, step: WorkStep) -> WorkState:
    """The state after a step; Conflict where the state does not allow it."""
    if (state, step) not in TRANSITIONS:
        raise Conflict(REFUSALS[step])
    return TRANSITIONS[state, step]


def states_before(step: WorkStep) -> tuple[WorkState, ...]:
    """The states that allow a step."""
    return tuple(state for state, taken in TRANSITIONS if taken is step)


def needs_second(always: bool, earned: Fraction, possible: Fraction, pass_percent: int) -> bool:
    """Whether another marker reads the work, by the points that the first one's rubric shows."""
    return always or abs(earned - possible * Fraction(pass_percent, 100)) <= CLOSE * possible


def step_after_first(is_second_needed: bool) -> WorkStep:
    """What a first mark leads to."""
    return WorkStep.ASK_SECOND if is_second_needed else WorkStep.FINISH


def step_after_second(is_same: bool) -> WorkStep:
    """What a second mark leads to: the same levels throughout need no third step."""
    return WorkStep.FINISH if is_same else WorkStep.COMPARE


def require_round_left(rounds: int) -> None:
    """Raises Conflict where a work was returned as often as it may be."""
    if rounds >= MOST_ROUNDS:
        raise Conflict("This work was returned twice already. Give it a mark, with your comments.")


def middle(waits: Sequence[timedelta]) -> timedelta | None:
    """The median; None of none."""
    return median(waits) if waits else None  # type: ignore[type-var]


def age_in_words(age: timedelta) -> str:
    """`3 days`, `5 hours`, `under an hour`."""
    hours = int(age.total_seconds() // 3600)
    if hours < 1:
        return "under an hour"
    count, unit = (hours // 24, "day") if hours >= 48 else (hours, "hour")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def count_words(text: str) -> int:
    """Words as their author counts them: what stands between spaces and holds a letter or a digit."""
    return sum(any(char.isalnum() for char in word) for word in text.split())
