"""Who may enter a step, and why. Pure: facts come in, a decision with its reasons goes out."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a step is open or closed; a template has a sentence for each."""

    TEACHES = "teaches"
    ENROLLED = "enrolled"
    PREVIEW = "preview"
    NOT_ENROLLED = "not_enrolled"
    REVOKED = "revoked"
    EARLIER_STEP = "earlier_step"


@dataclass(frozen=True)
class Facts:
    """What is known of a person and a course.

    `state` is the enrollment's (`active`, `revoked`) or None; `done` the ids of completed steps; `order` how steps
    open: `free`, `modules` (a module opens when the required steps of the one before are done) or `strict`.
    """

    teaches: bool
    state: str | None
    order: str
    done: frozenset[int]


@dataclass(frozen=True)
class Place:
    """A step as access sees it: `position` in the course, its module's place, and what it needs of the learner."""

    step_id: int
    module: int
    position: int
    required: bool
    preview: bool = False


@dataclass(frozen=True)
class Decision:
    """The answer. `waits_for` is the id of the step that opens this one, where an earlier one does."""

    allowed: bool
    reason: Reason
    waits_for: int | None = None

    @property
    def is_inside(self) -> bool:
        """Whether the person is in the course here, and not only at its window (a preview)."""
        return self.allowed and self.reason != Reason.PREVIEW


def may_enter(facts: Facts, step: Place, steps: Iterable[Place]) -> Decision:
    """Whether the person may enter `step` of the course that holds `steps` in order; read only where it matters."""
    if facts.teaches:
        return Decision(True, Reason.TEACHES)
    if facts.state != "active":
        return _outside(facts, step)
    waits_for = _first_missing(facts, step, steps)
    if waits_for is None or step.step_id in facts.done:
        return Decision(True, Reason.ENROLLED)
    if step.preview:  # What anybody may read, a learner who has not got there yet may read too.
        return Decision(True, Reason.PREVIEW)
    return Decision(False, Reason.EARLIER_STEP, waits_for)


def _outside(facts: Facts, step: Place) -> Decision:
    if step.preview:
        return Decision(True, Reason.PREVIEW)
    return Decision(False, Reason.REVOKED if facts.state == "revoked" else Reason.NOT_ENROLLED)


def _first_missing(facts: Facts, step: Place, steps: Iterable[Place]) -> int | None:
    if facts.order == "free":
        return None
    earlier = (
        s for s in steps if s.required and s.step_id not in facts.done and _comes_before(facts, s, step)
    )
    return next((s.step_id for s in earlier), None)


def _comes_before(facts: Facts, earlier: Place, step: Place) -> bool:
    if facts.order == "strict":
        return earlier.position < step.position
    return facts.order == "modules" and earlier.module < step.module
