"""What kind of change a publication is, and why it was made (docs/studio.md, "Publishing"). Pure."""

from dataclasses import dataclass
from enum import StrEnum


class ChangeKind(StrEnum):
    """What a change means to those who read the text before."""

    TYPO = "typo"  # nobody is told
    CLARIFICATION = "clarification"  # the head of the lesson says what was made clearer
    MATERIAL = "material"  # who completed the step before is shown what changed


@dataclass(frozen=True)
class Change:
    """Why something is published; `kind` is None where nobody said, as of a bundle and of what is new."""

    reason: str
    kind: ChangeKind | None = None


SYNC = Change("sync")
