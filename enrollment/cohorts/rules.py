"""The states of a place in a cohort, and what may follow on each. Pure; docs/access.md says it in prose."""

from datetime import timedelta
from enum import StrEnum

from core.errors import Conflict

OFFER_LASTS = timedelta(hours=48)
HOLD_LASTS = timedelta(hours=24)  # longer than a checkout is open


class PlaceState(StrEnum):
    """Where somebody stands with a cohort."""

    WAITING = "waiting"  # for a place
    OFFERED = "offered"  # one is theirs for a while, and a mail has told them
    HELD = "held"  # they chose it, and are about to enroll
    TAKEN = "taken"
    LEFT = "left"

    @property
    def counts(self) -> bool:
        """Whether it is one of the cohort's places."""
        return self in (PlaceState.OFFERED, PlaceState.HELD, PlaceState.TAKEN)

    @property
    def is_kept_for_a_while(self) -> bool:
        return self in (PlaceState.OFFERED, PlaceState.HELD)


S = PlaceState
TRANSITIONS = {
    S.WAITING: frozenset({S.OFFERED, S.TAKEN, S.LEFT}),
    S.OFFERED: frozenset({S.TAKEN, S.LEFT}),
    S.HELD: frozenset({S.TAKEN, S.LEFT}),
    S.TAKEN: frozenset({S.LEFT}),
    S.LEFT: frozenset({S.WAITING, S.HELD, S.TAKEN}),
}


def turn(before: PlaceState, after: PlaceState) -> PlaceState:
    """The state that follows. Raises Conflict, by name, for one that cannot."""
    if after not in TRANSITIONS[before]:
        raise Conflict(f"A place that is {before.value} cannot become {after.value}.")
    return after
