"""Free seats go back with the refund of their price, and are the team's again where it fails."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.database import db, transaction
from core.errors import Conflict
from core.money import Money
from shop.refunds import sending
from shop.refunds.models import RefundRow
from shop.refunds.services import Wish, price_of_seats
from teams.models import Seat
from teams.seats import use_of
from tests import factories
from tests.shop.shop import Shop
from tests.stripe import Sandbox
from tests.teams.clinic import Clinic


@pytest.fixture
def clinic(shop: Shop, sandbox: Sandbox) -> Clinic:
    """Four seats that were paid at the sandbox, of which one is held and one waits for whom it was offered to."""
    made = Clinic(shop.app, seats=0)
    sandbox.pay(made.begin(4))
    sandbox.deliver()
    made.seat_somebody()
    made.invite("bo@example.org")
    return made


def number_of(shop: Shop, clinic: Clinic) -> str:
    return shop.order(clinic.manager).number


def give_back(shop: Shop, clinic: Clinic, seats: int) -> RefundRow:
    order = shop.order(clinic.manager)
    wish = Wish(price_of_seats(order, seats), seats=seats)
    return sending.give_back(order.number, wish, clinic.manager.id)


def standing(clinic: Clinic) -> list[str]:
    return [seat.email for seat in clinic.seats() if not seat.is_ended]


def test_a_free_seat_goes_back_at_its_price_and_the_others_stay(shop: Shop, clinic: Clinic) -> None:
    held = clinic.seats()[0].email

    refund = give_back(shop, clinic, 1)

    order = shop.order(clinic.manager)
    assert (refund.amount, order.state) == (Money(4900, "USD"), "partly_refunded")
    use = use_of(order.id)
    assert (use.seats, use.free) == (3, 1)
    assert standing(clinic) == [held, "bo@example.org", ""]
    assert clinic.seats()[3].refund_id == refund.id
    (mail,) = [each for each in factories.mails(clinic.manager.email) if each.kind == "partly_refunded"]
    assert "1 seat that nobody had went back with it. The others stay yours." in mail.text
    assert clinic.invite("cy@example.org", "di@example.org") == 1


def test_no_seat_goes_that_somebody_has_or_was_offered(shop: Shop, sandbox: Sandbox, clinic: Clinic) -> None:
    with pytest.raises(Conflict):
        give_back(shop, clinic, 3)

    assert len(standing(clinic)) == 4
    assert sandbox.requests("POST", "/v1/refunds") == []
    taken = clinic.seats()[1].id
    refund = give_back(shop, clinic, 2).id
    with pytest.raises(IntegrityError), transaction() as session:
        session.get_one(Seat, taken).refund_id = refund


def test_a_refund_that_fails_gives_its_seats_again(shop: Shop, sandbox: Sandbox, clinic: Clinic) -> None:
    refund = give_back(shop, clinic, 2)
    assert len(standing(clinic)) == 2

    sandbox.refund_falls(str(refund.stripe_id))
    sandbox.deliver()

    assert shop.order(clinic.manager).state == "paid"
    assert len(standing(clinic)) == 4
    assert clinic.invite("cy@example.org", "di@example.org") == 2
    (mail,) = [each for each in factories.mails(clinic.manager.email) if each.kind == "refund_returned"]
    assert "98.00 USD" in mail.text
    assert "The seats that went with this refund are yours again." in mail.text


def test_what_stripe_refuses_gives_its_seats_again(shop: Shop, sandbox: Sandbox, clinic: Clinic) -> None:
    sandbox.refund(shop.order(clinic.manager).payment_id or "", 19_000)  # Nothing here has heard of it.

    assert give_back(shop, clinic, 2).state == "failed"

    assert len(standing(clinic)) == 4


def test_when_all_goes_back_and_comes_again_the_seats_that_went_alone_stay_gone(
    shop: Shop, sandbox: Sandbox, clinic: Clinic
) -> None:
    give_back(shop, clinic, 1)
    number, rest = number_of(shop, clinic), Money(3 * 4900, "USD")
    row = sending.give_back(number, Wish(rest), clinic.manager.id)
    assert standing(clinic) == []

    sandbox.refund_falls(str(row.stripe_id))
    sandbox.deliver()

    assert len(standing(clinic)) == 3


def test_a_seat_of_an_order_that_ended_meanwhile_does_not_come_again_alone(
    shop: Shop, sandbox: Sandbox, clinic: Clinic
) -> None:
    one = give_back(shop, clinic, 1)
    ends = Wish(Money(4900, "USD"), ends_access=True)
    sending.give_back(number_of(shop, clinic), ends, clinic.manager.id)

    sandbox.refund_falls(str(one.stripe_id))
    sandbox.deliver()

    assert standing(clinic) == []
    assert refund_ids() == set()


def refund_ids() -> set[Any]:
    db.session.rollback()
    return {seat.refund_id for seat in db.session.scalars(select(Seat)) if seat.refund_id is not None}
