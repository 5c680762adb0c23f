"""When a gift is sent, how its code is made and read, how it stands. Pure; docs/orders.md says it in prose."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from core.errors import InvalidInput
from core.ids import CROCKFORD, read_crockford

LONGEST_MESSAGE = 300  # characters
LONGEST_NAME = 80
LONGEST_TYPED = 80  # characters of a code as it is typed, with its hyphens
LATEST = timedelta(days=365)  # from today
REMIND_AFTER = timedelta(days=30)  # since it was sent
MORNING = time(8)
CODE_LENGTH = 28  # characters of 5 bits each
KEY_LENGTH = 16
REFUSED = (
    "This code opens nothing. Look for a slip of the pen. It may also have been used already, or replaced by a newer "
    "mail: whoever gave it to you sees how it stands."
)


class GiftCodeRefused(InvalidInput):
    """A code that cannot be claimed. The sentence is one for all reasons, so that it tells nobody which exist."""

    def __init__(self) -> None:
        super().__init__(REFUSED, "code")


class GiftState(StrEnum):
    """How a gift stands."""

    UNPAID = "unpaid"
    PLANNED = "planned"  # paid, and mailed on its day
    UNADDRESSED = "unaddressed"  # paid, and nobody knows (any more) to whom it goes
    SENT = "sent"
    CLAIMED = "claimed"
    PAUSED = "paused"  # its payment is disputed
    ENDED = "ended"  # its money went back

    @property
    def is_waiting(self) -> bool:
        """Whether the giver may still change where it goes, and when."""
        return self in _WAITING


_WAITING = frozenset({GiftState.PLANNED, GiftState.UNADDRESSED, GiftState.SENT})


@dataclass(frozen=True)
class GiftFacts:
    """What the state of a gift follows from."""

    is_paid: bool
    has_address: bool
    is_sent: bool
    is_claimed: bool
    is_paused: bool
    is_ended: bool


def state_of(facts: GiftFacts) -> GiftState:
    """How a gift stands: the first of these that is so."""
    found = (
        (facts.is_ended, GiftState.ENDED),
        (facts.is_claimed, GiftState.CLAIMED),
        (not facts.is_paid, GiftState.UNPAID),
        (facts.is_paused, GiftState.PAUSED),
        (facts.is_sent, GiftState.SENT),
        (not facts.has_address, GiftState.UNADDRESSED),
    )
    return next((state for is_so, state in found if is_so), GiftState.PLANNED)


def sending_moment(day: date, zone: tzinfo, now: datetime) -> datetime:
    """When a gift of this day is mailed: in its morning by the giver's clock, now where it is today.

    Raises InvalidInput for a day that is past, or more than a year away.
    """
    today = now.astimezone(zone).date()
    if not today <= day <= today + LATEST:
        raise InvalidInput("Choose a day from today on, within a year.", "send_on")
    return now if day == today else datetime.combine(day, MORNING, zone)


def code_of(secret: str, gift_id: int, version: int) -> str:
    """The code of a gift, in its canonical form: 140 bits that only the holder of the secret can tell."""
    digest = hmac.digest(secret.encode(), f"gift:{gift_id}:{version}".encode(), hashlib.sha256)
    number = int.from_bytes(digest, "big")
    return "".join(CROCKFORD[number >> 5 * place & 31] for place in range(CODE_LENGTH))


def in_groups(code: str) -> str:
    """The code as it is printed and typed: groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def read_code(text: str) -> str:
    """The canonical form of a code that somebody typed. Raises GiftCodeRefused for what cannot be one."""
    code = read_crockford(text[:LONGEST_TYPED], CODE_LENGTH)
    if code is None:
        raise GiftCodeRefused
    return code


def subject_of(course_id: int, key: str) -> str:
    """How an order names the gift of one form."""
    return f"gift:{course_id}:{key}"


def key_of(subject: str) -> str:
    """The key of the form that an order was made by."""
    return subject.rpartition(":")[2]
