"""What a guest's browser is told."""

import pytest

from shop.endings import Ending, told_to
from shop.guests.rules import masked


@pytest.mark.parametrize(
    ("address", "shown"),
    [("ada@example.com", "a…@example.com"), ("b@x.example", "b…@x.example"), ("çelik@ex.org", "ç…@ex.org")],
)
def test_an_address_is_known_again_by_its_owner_alone(address: str, shown: str) -> None:
    assert masked(address) == shown


@pytest.mark.parametrize("ending", Ending)
def test_a_guest_learns_of_money_and_of_no_account(ending: Ending) -> None:
    before_money = {"confirming", "processing", "transfer", "declined", "left", "expired"}

    assert told_to(True, ending) == (ending if ending.value in before_money else Ending.MAILED)
    assert told_to(False, ending) is ending
