"""What follows from the ledger of completed steps: percent, completion, where to go on. Pure; steps are their ids."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime


def percent(required: AbstractSet[int], done: AbstractSet[int], completed: bool = False) -> int:
    """How much of the required steps is done, 0 to 100, rounded down: 100 means all.

    A course once completed stays at 100, whatever is added to it later.
    """
    if completed:
        return 100
    return 100 * len(required & done) // len(required) if required else 0


def is_complete(required: AbstractSet[int], done: AbstractSet[int]) -> bool:
    """Whether every required step is done; a course without one is never complete."""
    return bool(required) and required <= done


def resume_at(
    order: Sequence[int],
    done: AbstractSet[int],
    place: int | None,
    optional: AbstractSet[int] = frozenset(),
    waiting: AbstractSet[int] = frozenset(),
) -> int | None:
    """The step to go on with: where the reading stopped unless that is done, else the next one after it that is not
    done, else the first such, else (all done) the last place or the first step. None for a course without steps.

    An optional step that was passed over is never the one: what prepares for something comes too late after it.
    One that waits for somebody else is the one only where nothing else is to be done.
    """
    if not order:
        return None
    skipped = _passed_over(order, done, optional)
    start = order.index(place) if place in order else 0
    asked = [step for step in (*order[start:], *order[:start]) if step not in skipped]
    to_do = [step for step in asked if step not in done]
    return next((step for step in to_do if step not in waiting), next(iter(to_do), asked[0]))


def _passed_over(order: Sequence[int], done: AbstractSet[int], optional: AbstractSet[int]) -> frozenset[int]:
    """The optional steps that are not done, though a later step is."""
    furthest = max((number for number, step in enumerate(order) if step in done), default=0)
    return frozenset(order[:furthest]) & optional - done


def new_since(
    added: Mapping[int, datetime], done: AbstractSet[int], completed_at: datetime | None
) -> list[int]:
    """Steps that were added after the course was completed and are not done: shown as new, never held against it."""
    if completed_at is None:
        return []
    return [step for step, at in added.items() if at > completed_at and step not in done]
