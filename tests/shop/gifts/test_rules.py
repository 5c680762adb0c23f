"""When a gift is sent, how its code is made and read, how it stands."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from core.errors import InvalidInput
from shop.gifts.rules import (
    CODE_LENGTH,
    GiftCodeRefused,
    GiftFacts,
    GiftState,
    code_of,
    in_groups,
    read_code,
    sending_moment,
    state_of,
)

NOW = datetime(2026, 12, 1, 22, 30, tzinfo=UTC)
TOKYO, LIMA = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/Lima")
PLANNED = GiftFacts(
    is_paid=True, has_address=True, is_sent=False, is_claimed=False, is_paused=False, is_ended=False
)


@pytest.mark.parametrize(
    ("day", "zone", "moment"),
    [
        (date(2026, 12, 1), UTC, NOW),
        (date(2026, 12, 2), UTC, datetime(2026, 12, 2, 8, tzinfo=UTC)),
        (date(2026, 12, 2), TOKYO, NOW),  # It is the second there.
        (date(2026, 12, 3), TOKYO, datetime(2026, 12, 2, 23, tzinfo=UTC)),
        (date(2026, 12, 2), LIMA, datetime(2026, 12, 2, 13, tzinfo=UTC)),
        (date(2027, 12, 1), UTC, datetime(2027, 12, 1, 8, tzinfo=UTC)),
    ],
)
def test_a_gift_is_sent_today_or_in_the_morning_of_its_day(
    day: date, zone: ZoneInfo, moment: datetime
) -> None:
    assert sending_moment(day, zone, NOW) == moment


@pytest.mark.parametrize(
    ("day", "zone"),
    [
        (date(2026, 11, 30), UTC),
        (date(2026, 12, 1), TOKYO),
        (date(2027, 12, 2), UTC),
        (date(9999, 1, 1), UTC),
    ],
)
def test_no_other_day_is_taken(day: date, zone: ZoneInfo) -> None:
    with pytest.raises(InvalidInput):
        sending_moment(day, zone, NOW)


def test_each_gift_version_and_secret_has_a_code_of_its_own() -> None:
    codes = {code_of(secret, gift, version) for secret in "ab" for gift in (1, 11) for version in (1, 2, 12)}

    assert len(codes) == 12
    assert {len(code) for code in codes} == {CODE_LENGTH}
    assert CODE_LENGTH * 5 >= 128
    assert code_of("a", 1, 1) in codes


def test_a_code_is_read_as_it_is_printed_and_typed() -> None:
    code = code_of("a", 1, 1)
    typed = in_groups(code).lower().replace("0", "o").replace("1", "l")

    assert read_code(f" {typed} ") == code
    assert in_groups(code).count("-") == 6


@pytest.mark.parametrize("typed", ["", "ABCD", "U" * CODE_LENGTH, "0" * 500, "0" * (CODE_LENGTH + 1)])
def test_what_cannot_be_a_code_is_refused_as_every_other(typed: str) -> None:
    with pytest.raises(GiftCodeRefused):
        read_code(typed)


@pytest.mark.parametrize(
    ("facts", "state", "is_waiting"),
    [
        (PLANNED, GiftState.PLANNED, True),
        (replace(PLANNED, is_sent=True), GiftState.SENT, True),
        (replace(PLANNED, has_address=False), GiftState.UNADDRESSED, True),
        (replace(PLANNED, is_paid=False), GiftState.UNPAID, False),
        (replace(PLANNED, is_paid=False, has_address=False), GiftState.UNPAID, False),
        (replace(PLANNED, is_sent=True, is_paused=True), GiftState.PAUSED, False),
        (replace(PLANNED, is_sent=True, is_claimed=True), GiftState.CLAIMED, False),
        (replace(PLANNED, is_claimed=True, has_address=False), GiftState.CLAIMED, False),
        (replace(PLANNED, is_claimed=True, is_paused=True), GiftState.CLAIMED, False),
        (replace(PLANNED, is_claimed=True, is_ended=True), GiftState.ENDED, False),
        (replace(PLANNED, is_sent=True, is_ended=True), GiftState.ENDED, False),
    ],
)
def test_how_a_gift_stands(facts: GiftFacts, state: GiftState, is_waiting: bool) -> None:
    assert state_of(facts) is state
    assert state.is_waiting is is_waiting
