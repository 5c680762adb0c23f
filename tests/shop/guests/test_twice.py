"""What a guest is told who has paid twice: how their place stands, and how they get in."""

import re

from tests import factories
from tests.shop.guests.test_services import GUEST, account, begin
from tests.shop.shop import Shop


def pay(shop: Shop, browser: str = "one") -> str:
    session = begin(shop, browser=browser)
    shop.sandbox.pay(session)
    shop.sandbox.deliver()
    return session


def told() -> tuple[str, str]:
    mail = factories.mails(GUEST)[-1]
    assert mail.kind == "paid_twice"
    return mail.text, mail.html or ""


def test_who_has_not_opened_the_account_gets_its_link_again(shop: Shop) -> None:
    pay(shop)
    pay(shop, browser="two")

    for body in told():
        link = re.search(r"/welcome/[^\s\"<]+", body)
        assert link
        assert "an account under" in shop.app.test_client().get(link[0]).text
        assert "nothing to do" not in body
        assert "/orders/" not in body


def test_who_is_in_is_told_that_nothing_is_to_be_done(shop: Shop) -> None:
    factories.make_user(GUEST)
    pay(shop)
    pay(shop, browser="two")

    assert all("There is nothing to do" in body for body in told())


def test_a_course_that_is_closed_by_a_dispute_is_not_called_open(shop: Shop) -> None:
    factories.make_user(GUEST)
    shop.sandbox.dispute(pay(shop))
    shop.sandbox.deliver()
    assert not shop.is_in(account())

    pay(shop, browser="two")

    for body in told():
        assert "because the first payment is disputed at the bank" in body
        assert "nothing to do" not in body
