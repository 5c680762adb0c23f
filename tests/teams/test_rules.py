"""What becomes of a seat, what its manager sees, and how a list of addresses is read."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from core.errors import InvalidInput
from teams.rules import (
    GONE,
    MOST_LINES,
    RESTS,
    USED,
    Fate,
    Freed,
    Learned,
    SeatState,
    Seen,
    Share,
    left_out,
    may_move,
    notes_on,
    read_invitations,
    seen_by_manager,
    state_of,
    why_it_stays,
)

LAST_DAY = date(2028, 11, 30)
DONE = Learned(4, 100, True, LAST_DAY)
HALF = Learned(2, 50)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Facts:
    """A seat as its rules see it: somebody's, who shares nothing."""

    email: str = "ada@example.org"
    user_id: int | None = 7
    is_accepted: bool = True
    is_ended: bool = False
    shares: Share = Share.NOTHING
    by_another: bool = False
    left_at: datetime | None = None
    freed: Freed | None = None
    was_for: str = ""
    pause_reason: str = ""


def _free(why: Freed) -> Facts:
    """A seat that came back from somebody."""
    return Facts("", None, False, freed=why, was_for="bo@example.org")


INVITED = Facts(user_id=None, is_accepted=False)


@pytest.mark.parametrize(
    ("seat", "learned", "state"),
    [
        (Facts("", None, False), Learned(), SeatState.FREE),
        (Facts(user_id=None, is_accepted=False), Learned(), SeatState.INVITED),
        (Facts(), Learned(), SeatState.ACCEPTED),
        (Facts(), Learned(1, 0), SeatState.STARTED),
        (Facts(), HALF, SeatState.STARTED),
        (Facts(), DONE, SeatState.DONE),
        (Facts(user_id=None), Learned(), SeatState.LEFT),
        (Facts(is_ended=True), DONE, SeatState.ENDED),
        (Facts("", None, False, True), Learned(), SeatState.ENDED),
    ],
)
def test_the_state_of_a_seat_follows_from_its_facts(seat: Facts, learned: Learned, state: SeatState) -> None:
    assert state_of(seat, learned) is state


@pytest.mark.parametrize(
    ("shares", "learned", "seen"),
    [
        (Share.NOTHING, HALF, Seen(SeatState.ACCEPTED)),
        (Share.NOTHING, DONE, Seen(SeatState.ACCEPTED)),
        (Share.PROGRESS, HALF, Seen(SeatState.STARTED, 50)),
        (Share.PROGRESS, DONE, Seen(SeatState.DONE, 100)),
        (Share.CERTIFICATE, HALF, Seen(SeatState.STARTED, 50)),
        (Share.CERTIFICATE, DONE, Seen(SeatState.DONE, 100, True, LAST_DAY)),
    ],
)
def test_the_manager_sees_what_the_holder_shares(shares: Share, learned: Learned, seen: Seen) -> None:
    assert seen_by_manager(Facts(shares=shares), learned) == seen


def test_of_somebody_who_is_gone_the_manager_sees_nothing_more() -> None:
    assert seen_by_manager(Facts(user_id=None, shares=Share.CERTIFICATE), DONE) == Seen(SeatState.LEFT)


def test_of_a_seat_whose_money_went_back_the_manager_sees_nothing_more() -> None:
    assert seen_by_manager(Facts(is_ended=True, shares=Share.CERTIFICATE), DONE) == Seen(SeatState.ENDED)


@pytest.mark.parametrize(
    ("seat", "is_lost", "told"),
    [
        (Facts("", None, False), False, ""),
        (Facts(), True, ""),
        (INVITED, False, ""),
        (INVITED, True, "The mail could not be delivered: correct the address."),
        (Facts(is_ended=True), False, "Its money went back."),
        (Facts(user_id=None, left_at=LONG_AGO), False, "Left after a fifth was done."),
        (Facts(user_id=None), False, "Its holder closed the account."),
        (Facts(by_another=True), False, "Taken with an account of another address."),
        (_free(Freed.WITHDRAWN), False, "The invitation of bo@example.org was withdrawn."),
        (_free(Freed.UNTAKEN), False, "bo@example.org did not take it."),
        (_free(Freed.LEFT), False, "bo@example.org left it."),
        (_free(Freed.REOPENED), False, "bo@example.org had it before its money went back for a while."),
        (
            _free(Freed.UNINVITED),
            False,
            "bo@example.org was invited before its money went back for a while, and is not invited now.",
        ),
        (Facts(pause_reason="dispute"), False, "Paused while its payment is disputed."),
        (Facts("", None, False, pause_reason="dispute"), False, ""),
        (Facts(is_ended=True, pause_reason="dispute"), False, "Its money went back."),
        (
            Facts(by_another=True, freed=Freed.MOVED, was_for="bo@example.org"),
            False,
            "Taken with an account of another address. bo@example.org had it before.",
        ),
    ],
)
def test_the_manager_is_told_what_became_of_a_seat(seat: Facts, is_lost: bool, told: str) -> None:
    assert " ".join(notes_on(seat, is_lost)) == told


@pytest.mark.parametrize(
    ("seen", "is_paused", "why"),
    [
        (Seen(SeatState.ACCEPTED), False, ""),  # Nothing is shared: trying tells.
        (Seen(SeatState.STARTED, 19), False, ""),
        (Seen(SeatState.STARTED, 66), False, USED),
        (Seen(SeatState.DONE, 100), False, USED),
        (Seen(SeatState.LEFT), False, GONE),
        (Seen(SeatState.ACCEPTED), True, RESTS),
    ],
)
def test_a_seat_that_cannot_move_says_so_before_trying(seen: Seen, is_paused: bool, why: str) -> None:
    assert why_it_stays(seen, is_paused) == why


@pytest.mark.parametrize(("percent", "may"), [(0, True), (19, True), (20, False), (100, False)])
def test_a_seat_may_move_until_a_fifth_is_done(percent: int, may: bool) -> None:
    assert may_move(percent) is may


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", []),
        (
            "Ada@Example.org\n\nbo@example.org\n",
            [("ada@example.org", Fate.INVITE), ("bo@example.org", Fate.INVITE)],
        ),
        ("Name;Email\nAda;ada@example.org", [("ada@example.org", Fate.INVITE)]),
        ('\ufeffemail,name\nada@example.org,"Lovelace, Ada"', [("ada@example.org", Fate.INVITE)]),
        ("<ada@example.org>", [("ada@example.org", Fate.INVITE)]),
        (
            "Ada Holm <ada@example.org>, bo@example.org",
            [("ada@example.org", Fate.INVITE), ("bo@example.org", Fate.INVITE)],
        ),
        ("ada@@example\nbo@example.org", [("ada@@example", Fate.MALFORMED), ("bo@example.org", Fate.INVITE)]),
        ("ada at example.org", [("ada at example.org", Fate.MALFORMED)]),
        ("nobody\nnothing", [("nobody", Fate.MALFORMED), ("nothing", Fate.MALFORMED)]),
        (
            "ada@example.org\nADA@example.org",
            [("ada@example.org", Fate.INVITE), ("ada@example.org", Fate.TWICE)],
        ),
        ("in@example.org", [("in@example.org", Fate.SEATED)]),
        (
            "nobody, a@b, Bo Holm <bo@example.org>, ada@example.org",
            [
                ("nobody", Fate.MALFORMED),
                ("a@b", Fate.MALFORMED),
                ("bo@example.org", Fate.INVITE),
                ("ada@example.org", Fate.INVITE),
            ],
        ),
        (
            '"Lovelace, Ada" <ada@example.org>, bo@example.org',
            [("ada@example.org", Fate.INVITE), ("bo@example.org", Fate.INVITE)],
        ),
        (
            "Lovelace, Ada <ada@example.org>; bo@example.org",
            [("ada@example.org", Fate.INVITE), ("bo@example.org", Fate.INVITE)],
        ),
        ("Holm,Bo,Ward 3,bo@example.org", [("bo@example.org", Fate.INVITE)]),
        (
            "in@example.org\nx\na@example.org\nb@example.org\nc@example.org",
            [
                ("in@example.org", Fate.SEATED),
                ("x", Fate.MALFORMED),
                ("a@example.org", Fate.INVITE),
                ("b@example.org", Fate.INVITE),
                ("c@example.org", Fate.FULL),
            ],
        ),
    ],
)
def test_each_line_of_a_list_has_its_fate(text: str, read: list[tuple[str, Fate]]) -> None:
    found = read_invitations(text, frozenset({"in@example.org"}), free=2)

    assert [(each.email, each.fate) for each in found] == read


def test_who_is_left_out_is_named_with_the_reason() -> None:
    text = "in@example.org\na@example.org\nb@example.org"

    assert left_out(read_invitations(text, frozenset({"in@example.org"}), free=1)) == (
        "Not invited: in@example.org (has a seat or an invitation), b@example.org (no seat is left)."
    )
    assert left_out(read_invitations(text, frozenset(), free=3)) == ""
    assert left_out(read_invitations(f"{text}\n" * 3, frozenset(), free=0)).endswith(" and 4 more.")


def test_lines_keep_their_number() -> None:
    found = read_invitations("email\n\na@example.org\n\nb@example.org", frozenset(), free=2)

    assert [each.line for each in found] == [3, 5]


def test_a_list_that_is_too_long_is_refused() -> None:
    with pytest.raises(InvalidInput):
        read_invitations("a@example.org\n" * (MOST_LINES + 1), frozenset(), free=2)
