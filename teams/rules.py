"""What becomes of a seat, what its manager may see of it, and what a list of addresses means. Pure."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from accounts.rules import normal_email
from core.errors import InvalidInput

MOVES_BELOW = 20  # percent of the required steps: from there on a seat is used
MOST_MANAGERS = 2
MOST_LINES = 1000  # of a list of addresses that is read at once
USED = "A fifth of the course or more was done with this seat, so it stays with this person."
GONE = "Nobody holds this seat any more, and it was used: it goes on to nobody."
RESTS = "The payment of this seat is disputed: it rests until the bank has decided."
QUOTED_NAME = re.compile(r'"[^"@]*"')  # "Lovelace, Ada", whose comma parts nothing


class SeatState(StrEnum):
    """Where a seat stands; docs/teams.md says what the manager may do in each."""

    FREE = "free"
    INVITED = "invited"
    ACCEPTED = "accepted"
    STARTED = "started"
    DONE = "done"
    LEFT = "left"  # its holder is gone, and it was used
    ENDED = "ended"  # its money went back


class Freed(StrEnum):
    """Why a seat came back from the address that it was for."""

    WITHDRAWN = "withdrawn"  # by a manager, before it was accepted
    UNTAKEN = "untaken"  # who opened the invitation declined it, or is in the course by something else
    LEFT = "left"  # before a fifth of the course was done
    MOVED = "moved"  # by a manager, to another address
    REOPENED = "reopened"  # its money went back and came again, and who held it does so no more
    UNINVITED = "uninvited"  # the same, and it was an invitation that nobody had taken


class Share(StrEnum):
    """What the holder of a seat lets the team's managers see."""

    NOTHING = "nothing"
    PROGRESS = "progress"
    CERTIFICATE = "certificate"  # and the progress

    @property
    def shows_progress(self) -> bool:
        return self is not Share.NOTHING


class SeatFacts(Protocol):
    """A seat as its rules see it."""

    @property
    def email(self) -> str: ...
    @property
    def user_id(self) -> int | None: ...
    @property
    def is_accepted(self) -> bool: ...
    @property
    def is_ended(self) -> bool: ...
    @property
    def shares(self) -> Share: ...


class SeatStory(SeatFacts, Protocol):
    """And what has become of it so far."""

    @property
    def by_another(self) -> bool: ...
    @property
    def left_at(self) -> datetime | None: ...
    @property
    def freed(self) -> Freed | None: ...
    @property
    def was_for(self) -> str: ...
    @property
    def pause_reason(self) -> str: ...


@dataclass(frozen=True)
class Learned:
    """What the holder of a seat has done in its course. `percent` is of the required steps; `valid_until` is the
    certificate's last day, None for one without end."""

    steps: int = 0
    percent: int = 0
    is_certified: bool = False
    valid_until: date | None = None


@dataclass(frozen=True)
class Seen:
    """What a manager sees of a seat: `percent` and the certificate as far as its holder shares them."""

    state: SeatState
    percent: int | None = None
    is_certified: bool = False
    valid_until: date | None = None


def state_of(seat: SeatFacts, learned: Learned) -> SeatState:
    """Where a seat stands, by its facts."""
    if seat.is_ended:
        return SeatState.ENDED
    if not seat.is_accepted:
        return SeatState.INVITED if seat.email else SeatState.FREE
    if seat.user_id is None:
        return SeatState.LEFT
    if learned.percent == 100:
        return SeatState.DONE
    return SeatState.STARTED if learned.steps else SeatState.ACCEPTED


def seen_by_manager(seat: SeatFacts, learned: Learned) -> Seen:
    """What the manager sees: of one who shares nothing, that the seat was accepted."""
    if seat.is_ended or seat.user_id is None or not seat.shares.shows_progress:
        return Seen(state_of(seat, Learned()))
    state = state_of(seat, learned)
    if seat.shares is Share.CERTIFICATE:
        return Seen(state, learned.percent, learned.is_certified, learned.valid_until)
    return Seen(state, learned.percent)


FREED = {
    Freed.WITHDRAWN: "The invitation of {} was withdrawn.",
    Freed.UNTAKEN: "{} did not take it.",
    Freed.LEFT: "{} left it.",
    Freed.MOVED: "{} had it before.",
    Freed.REOPENED: "{} had it before its money went back for a while.",
    Freed.UNINVITED: "{} was invited before its money went back for a while, and is not invited now.",
}


def notes_on(seat: SeatStory, is_lost: bool) -> Iterator[str]:
    """What a manager is told of a seat besides its state: why it ended, whose account has it, who had it before.

    `is_lost`: the mail of its invitation could not be delivered.
    """
    if seat.is_ended:
        yield "Its money went back."
    elif seat.is_accepted and seat.user_id is None:
        yield "Left after a fifth was done." if seat.left_at else "Its holder closed the account."
    elif is_lost and not seat.is_accepted:
        yield "The mail could not be delivered: correct the address."
    if (
        seat.pause_reason and not seat.is_ended and (seat.email or seat.freed)
    ):  # Others are counted, not told of.
        yield "Paused while its payment is disputed."
    if seat.by_another:
        yield "Taken with an account of another address."
    if seat.freed:
        yield FREED[seat.freed].format(seat.was_for)


@dataclass(frozen=True)
class Use:
    """How the seats of an order that stand are used: `held` is how many have somebody, `unused` how many nobody has
    accepted, invited or not, `free` how many nobody is invited to. What is left was used by somebody who is gone."""

    seats: int = 0
    held: int = 0
    unused: int = 0
    free: int = 0


def may_move(percent: int) -> bool:
    """Whether a seat may go on to somebody else."""
    return percent < MOVES_BELOW


def why_it_stays(seen: Seen, is_paused: bool) -> str:
    """Why a seat that somebody had cannot be moved, as far as its manager may know; empty where trying may help."""
    if seen.state is SeatState.LEFT:
        return GONE
    if seen.percent is not None and not may_move(seen.percent):
        return USED
    return RESTS if is_paused else ""


class Fate(StrEnum):
    """What comes of one line of a list of addresses."""

    INVITE = "invite"
    MALFORMED = "malformed"  # there is no address in it
    TWICE = "twice"  # it stands further up already
    SEATED = "seated"  # the address has a seat of this course, or was invited to one
    FULL = "full"  # no seat is left for it

    @property
    def is_good(self) -> bool:
        return self is Fate.INVITE


@dataclass(frozen=True)
class Invitation:
    """One line of the list: its number, the address as it is stored (or the line, where there is none), its fate."""

    line: int
    email: str
    fate: Fate


def read_invitations(text: str, seated: AbstractSet[str], free: int) -> tuple[Invitation, ...]:
    """What would come of a list of addresses: one a line, several as mail programs write them, or a table in CSV with
    the address in any column.

    A first line without an address, and without an @, is taken as the names of columns, where the next one has an
    address. Raises InvalidInput for a list that is too long.
    """
    lines = list(_lines(text))
    if len(lines) > MOST_LINES:
        raise InvalidInput(f"Bring at most {MOST_LINES} lines at a time.", "addresses")
    if len(lines) > 1 and lines[0][1] is None and "@" not in lines[0][2] and lines[1][1] is not None:
        lines = lines[1:]
    found: list[Invitation] = []
    taken: set[str] = set()
    for number, address, written in lines:
        fate = _fate(address, taken, seated, free - len(taken))
        if fate.is_good and address:
            taken.add(address)
        found.append(Invitation(number, address or written, fate))
    return tuple(found)


WHY_NOT = {
    Fate.MALFORMED: "there is no address in it",
    Fate.TWICE: "it stands further up already",
    Fate.SEATED: "has a seat or an invitation",
    Fate.FULL: "no seat is left",
}
MOST_NAMED = 5  # of those left out, in one sentence


def left_out(lines: Sequence[Invitation]) -> str:
    """Who of a list was not invited, and why; empty where all were."""
    missed = [f"{each.email} ({WHY_NOT[each.fate]})" for each in lines if not each.fate.is_good]
    more = f" and {len(missed) - MOST_NAMED} more" if len(missed) > MOST_NAMED else ""
    return f"Not invited: {', '.join(missed[:MOST_NAMED])}{more}." if missed else ""


def _fate(address: str | None, taken: AbstractSet[str], seated: AbstractSet[str], left: int) -> Fate:
    if address is None:
        return Fate.MALFORMED
    if address in taken:
        return Fate.TWICE
    if address in seated:
        return Fate.SEATED
    return Fate.INVITE if left > 0 else Fate.FULL


def _lines(text: str) -> Iterator[tuple[int, str | None, str]]:
    """Number, address or None, and what was written, once for each address or slip; empty lines are passed over."""
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        if line.strip():
            found = list(_read(line))
            is_read = any(address for address, _ in found)
            yield from ((number, *each) for each in (found if is_read else [(None, line.strip()[:100])]))


def _read(line: str) -> Iterator[tuple[str | None, str]]:
    """The addresses of a line, however it was pasted: as a list, as `Ada Holm <ada@example.org>`, as a row of a table;
    and each slip, which is a word with an @ that is no address, or a part of a list without one.

    A line is a list where more than one word has an @: in a row of a table the other cells are names.
    """
    is_list = sum("@" in word for word in _words(line)) > 1
    for part in re.split(";" if ";" in line else r"[,\t]", QUOTED_NAME.sub("", line)):
        words = [word for word in _words(part) if "@" in word]
        yield from ((_address(word), word[:100]) for word in words)
        if is_list and not words and part.strip():
            yield None, part.strip()[:100]


def _words(line: str) -> list[str]:
    return re.split(r"[\s,;<>\"'()]+", line)


def _address(word: str) -> str | None:
    try:
        return normal_email(word.removeprefix("mailto:"))
    except InvalidInput:
        return None
