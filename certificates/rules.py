"""How a certificate's number reads, what it says was assessed, and whether it still stands.

Pure: no database, no clock, no request.
"""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.ids import crockford, read_crockford
from courses.rules import months_after

ID_LENGTH = 20  # characters of Crockford's base32, 100 random bits
GROUP = 4


def certificate_id(random: Callable[[int], str] = crockford) -> str:
    """A new certificate's number; `random` gives that many unguessable Crockford characters."""
    return random(ID_LENGTH)


def show_id(number: str) -> str:
    """The number in fours, as printed: `7Q4M-2X9K-H3TB-0VWE-C8RN`."""
    return "-".join(number[place : place + GROUP] for place in range(0, len(number), GROUP))


def read_id(text: str) -> str | None:
    """The number that a person typed, or None when it cannot be one.

    Case, spaces and hyphens do not matter; O is read as 0, I and L as 1.
    """
    return read_crockford(text, ID_LENGTH)


class State(enum.Enum):
    """Whether a certificate stands today."""

    VALID = "valid"
    EXPIRED = "expired"
    SUSPENDED = "suspended"  # while the payment that it rests on is disputed
    REVOKED = "revoked"


def state_of(
    revoked_at: datetime | None, suspended_at: datetime | None, valid_until: date | None, today: date
) -> State:
    """The state on `today`: a revocation outweighs all, a suspension all but that, and the last day of validity still
    counts."""
    if revoked_at is not None:
        return State.REVOKED
    if suspended_at is not None:
        return State.SUSPENDED
    if valid_until is not None and today > valid_until:
        return State.EXPIRED
    return State.VALID


def valid_until(issued: date, months: int | None) -> date | None:
    """The last day of validity, so many calendar months on; None when it never ends."""
    return None if months is None else months_after(issued, months)


def contact_hours(minutes: int) -> int:
    """Whole contact hours of 60 minutes, rounded down."""
    return minutes // 60


def contact_hours_shown(minutes: int) -> str:
    """The hours together with the sum they are rounded from; below one hour the minutes alone."""
    hours = contact_hours(minutes)
    if hours == 0:
        return _counted(minutes, "minute") + " of study"
    return f"{_counted(hours, 'contact hour')} ({_counted(minutes, 'minute')} of study)"


@dataclass(frozen=True)
class Assessment:
    """One quiz, case or assignment as it stood: `questions` in one attempt, `formats` in readers' words.

    `pass_percent` is points of 100 in a case. Cases and assignments have neither questions nor formats.
    """

    title: str
    kind: str
    questions: int
    pass_percent: int
    formats: tuple[str, ...] = ()


def assessed_statement(lessons: int, objectives: int, assessments: Sequence[Assessment]) -> dict[str, object]:
    """What was assessed and how, as JSON to be stored with the certificate, with the sentences it prints.

    It is frozen at issue: a later change of the course does not change what a certificate says.
    """
    return {
        "version": 1,
        "lessons": lessons,
        "objectives": objectives,
        "proctored": False,
        "assessments": [_frozen(assessment) for assessment in assessments],
        "sentence": _sentence(lessons, objectives, assessments),
    }


def _frozen(assessment: Assessment) -> dict[str, object]:
    return {
        "title": assessment.title,
        "kind": assessment.kind,
        "questions": assessment.questions,
        "pass_percent": assessment.pass_percent,
        "formats": list(assessment.formats),
    }


def _sentence(lessons: int, objectives: int, assessments: Sequence[Assessment]) -> str:
    studied = f"{_counted(lessons, 'lesson')} on {_counted(objectives, 'learning objective')}"
    if not assessments:
        return f"{studied}. Participation only: nothing was assessed."
    return f"{studied}. Assessed by {'; '.join(_by_kind(assessments))}. {UNPROCTORED}"


UNPROCTORED = "Taken online, without supervision of the person or their aids."
# What a pass of each kind took, behind its mark.
BARS = {
    "case": "of 100 points or more, with no unsafe act and no critical error",
    "assignment": "percent or more, marked by a person",
}
ANY_BAR = "percent or more"


def _by_kind(assessments: Sequence[Assessment]) -> list[str]:
    """How many of each kind with their questions, and what a pass took: `1 quiz with 10 questions, passed at ...`."""
    kinds = dict.fromkeys(assessment.kind for assessment in assessments)
    return [_part(kind, [each for each in assessments if each.kind == kind]) for kind in kinds]


def _part(kind: str, those: Sequence[Assessment]) -> str:
    questions = sum(assessment.questions for assessment in those)
    asked = f" with {_counted(questions, 'question')}" if questions else ""
    passed = f"{'each ' if len(those) > 1 else ''}passed at {_marks(those)} {BARS.get(kind, ANY_BAR)}"
    return f"{_counted(len(those), kind)}{asked}, {passed}"


def _marks(those: Sequence[Assessment]) -> str:
    """The pass mark; where they differ, the range."""
    low, high = (limit(each.pass_percent for each in those) for limit in (min, max))
    return f"{low}" if low == high else f"{low} to {high}"


def _counted(number: int, noun: str) -> str:
    """`1 quiz`, `1,109 minutes`."""
    plural = noun + ("zes" if noun.endswith("z") else "s")
    return f"{number:,} {noun if number == 1 else plural}"
