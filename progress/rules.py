"""What follows from the ledger of completed steps: percent, completion, where to go on. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class StepFact:
    """A step of the outline as progress sees it; `position` orders steps."""

    step_id: int
    position: int
    required: bool
    added_at: datetime


def percent(steps: Sequence[StepFact], done: frozenset[int], completed: bool = False) -> int:
    """How much of the required steps is done, 0 to 100, rounded down: 100 means all.

    A course once completed stays at 100, whatever is added to it later.
    """
    required = [step for step in steps if step.required]
    if completed:
        return 100
    if not required:
        return 0
    return 100 * sum(step.step_id in done for step in required) // len(required)


def is_complete(steps: Sequence[StepFact], done: frozenset[int]) -> bool:
    """Whether every required step is done; a course without one is never complete."""
    required = [step.step_id for step in steps if step.required]
    return bool(required) and done.issuperset(required)


def resume_at(steps: Sequence[StepFact], done: frozenset[int], place: int | None) -> int | None:
    """The step to go on with: where the reading stopped unless that is done, else the next one after it, else the
    first that is not done, else (all done) the last place or the first step. None for a course without steps."""
    ids = [step.step_id for step in sorted(steps, key=lambda step: step.position)]
    if not ids:
        return None
    start = ids.index(place) if place in ids else 0
    waiting = [step_id for step_id in ids[start:] + ids[:start] if step_id not in done]
    return waiting[0] if waiting else ids[start]


def new_since(steps: Sequence[StepFact], done: frozenset[int], completed_at: datetime | None) -> list[int]:
    """Steps that were added after the course was completed and are not done: shown as new, never held against it."""
    if completed_at is None:
        return []
    return [step.step_id for step in steps if step.added_at > completed_at and step.step_id not in done]
