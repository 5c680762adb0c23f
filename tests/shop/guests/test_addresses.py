"""The address that a guest mistyped is put right: what moves, what is void, whom it is refused for."""

import pytest
from sqlalchemy import select

from accounts.invitations import welcome_path
from accounts.models import User
from core.audit import AuditEntry
from core.database import db, transaction
from core.errors import Conflict
from shop.guests.addresses import correct_address, may_be_corrected
from shop.models import Order
from tests import factories
from tests.shop.guests.test_services import account, begin, kinds
from tests.shop.shop import Shop

MEANT = "right@example.com"


def correct() -> None:
    support, user_id = factories.make_user("", "Sue", "support"), account().id
    with transaction() as session:
        correct_address(session.get_one(User, user_id), MEANT, "She named the amount", support.id)
    db.session.rollback()


@pytest.fixture
def paid(shop: Shop) -> Shop:
    shop.sandbox.pay(begin(shop))
    shop.sandbox.deliver()
    return shop


def test_the_account_and_its_order_move_and_the_old_address_is_left_alone(paid: Shop) -> None:
    visitor = paid.app.test_client()
    sent = welcome_path(account(), "/dashboard")

    correct()

    assert account() is None
    assert db.session.scalars(select(Order.email)).all() == [MEANT]
    assert kinds() == []
    (welcome,) = factories.mails(MEANT)
    assert welcome.kind == "guest_welcome"
    assert visitor.get(sent).location == "/login/link"
    told = db.session.scalar(select(AuditEntry).filter_by(action="user.correct_address"))
    assert told is not None
    assert told.detail["reason"] == "She named the amount"


def test_support_corrects_it_on_the_persons_page(paid: Shop) -> None:
    client, user = paid.app.test_client(), account()
    factories.sign_in(client, factories.make_user("", "Sue", "support"))
    factories.make_user("taken@example.com")
    person, address = f"/admin/people/{user.id}", f"/admin/people/{user.id}/address"
    assert address in client.get(person).text
    assert "nobody has opened it yet" in client.get(address).text

    refused = factories.post(client, address, {"email": "taken@example.com", "reason": "She asked"})
    done = factories.post(client, address, {"email": MEANT, "reason": "She asked"})

    assert "Enroll that account by hand" in refused.text
    assert done.location == person
    assert MEANT in client.get(person).text


@pytest.mark.parametrize(
    ("roles", "confirmed", "has_order"),
    [((), True, True), (("support",), False, True), ((), False, False)],
)
def test_other_accounts_are_refused(
    paid: Shop, roles: tuple[str, ...], confirmed: bool, has_order: bool
) -> None:
    user = factories.make_user("else@example.com", "Else", *roles, confirmed=confirmed)
    with transaction() as session:
        session.scalars(select(Order)).one().user_id = user.id if has_order else None
    db.session.rollback()
    found = db.session.get_one(User, user.id)
    assert not may_be_corrected(found)
    db.session.rollback()
    with transaction(), pytest.raises(Conflict):
        correct_address(found, MEANT, "Why not", user.id)
