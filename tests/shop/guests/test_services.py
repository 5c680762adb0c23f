"""Paying first: which order a guest's browser gets, and the account that its order gets once the money is there."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import delete, select

from accounts.models import SignIn, User
from accounts.services import set_active
from core.database import db, transaction
from core.errors import Conflict, InvalidInput
from courses.models import Course
from enrollment.services import revoke
from shop import checkout
from shop.coupons.models import CouponUse
from shop.coupons.services import take_off
from shop.guests import standing
from shop.models import Order
from shop.offers import of_course
from shop.orders import Buyer
from shop.rules import UNPAID
from shop.turns import let_expire
from tests import factories
from tests.factories.rows import detached
from tests.shop.shop import Shop
from tests.stripe import Sandbox

GUEST = "guest@example.com"


def begin(shop: Shop, email: str = GUEST, browser: str = "one", code: str = "") -> str:
    """A guest presses the button in this browser: the id of the session, or where else they are led."""
    db.session.rollback()
    sold = db.session.get_one(Course, shop.course.id)
    offered = partial(take_off, of_course(sold), code, None, email) if code else partial(of_course, sold)
    place = checkout.begin(Buyer(None, email, browser), offered)
    db.session.rollback()
    return place if place.startswith("/") else urlsplit(place).path.rsplit("/", 1)[-1]


def orders(email: str = GUEST) -> list[Order]:
    db.session.rollback()
    return list(db.session.scalars(select(Order).filter_by(email=email).order_by(Order.id)))


def every_order() -> list[Order]:
    db.session.rollback()
    return list(db.session.scalars(select(Order).order_by(Order.id)))


def states(email: str = GUEST) -> list[str]:
    return [str(order.state) for order in orders(email)]


def account() -> Any:
    """Whoever has the guest's address now; None where nobody has."""
    db.session.rollback()
    found = db.session.scalar(select(User).filter_by(email=GUEST))
    return detached(found) if found else None


def kinds(email: str = GUEST) -> list[str]:
    return [mail.kind for mail in factories.mails(email)]


# ---- what is so when the money comes


def nobody(_: Shop) -> None:
    """The address is new to the school."""


def registered(_: Shop) -> None:
    factories.make_user(GUEST, "Somebody Else", confirmed=False)


def member(_: Shop) -> None:
    factories.make_user(GUEST)


def learner(shop: Shop) -> None:
    factories.enroll(factories.make_user(GUEST), shop.course, "order")


def put_out(shop: Shop) -> None:
    admin = factories.make_user("", "Ida", "admin")
    number = factories.enroll(factories.make_user(GUEST), shop.course)
    with transaction():
        revoke(number, admin.id)


def closed(_: Shop) -> None:
    user = factories.make_user(GUEST)
    with transaction() as session:
        set_active(session.get_one(User, user.id), False)


@pytest.mark.parametrize(
    ("before", "state", "told"),
    [
        (nobody, "paid", ["receipt", "guest_welcome"]),
        (registered, "paid", ["receipt", "guest_welcome"]),
        (member, "paid", ["receipt"]),
        (learner, "refunded", ["paid_twice"]),
        (put_out, "review", []),
        (closed, "review", []),
    ],
)
def test_the_order_gets_the_account_of_its_address(
    shop: Shop, before: Callable[[Shop], None], state: str, told: list[str]
) -> None:
    before(shop)
    was_in = before is learner

    shop.sandbox.pay(begin(shop))
    shop.sandbox.deliver()
    shop.sandbox.deliver()

    got = [(order.user_id, str(order.state)) for order in orders()]
    owner = account()
    assert (got, kinds()) == ([(owner.id, state)], told)
    assert shop.is_in(owner) == (was_in or state == "paid")
    assert shop.count(SignIn) == 0


def test_who_registered_the_address_before_gets_nothing_by_it(shop: Shop) -> None:
    registered(shop)
    before = account()

    shop.sandbox.pay(begin(shop))
    shop.sandbox.deliver()

    owner = account()
    assert (owner.id, owner.password, owner.name, owner.confirmed_at) == (before.id, None, "", None)
    assert owner.fs_uniquifier != before.fs_uniquifier


def test_who_has_confirmed_the_address_keeps_the_password(shop: Shop) -> None:
    member(shop)

    shop.sandbox.pay(begin(shop))
    shop.sandbox.deliver()

    owner = account()
    assert (owner.password is not None, owner.name) == (True, "Ada Learner")


def test_news_that_comes_again_makes_one_account_and_one_mail(shop: Shop) -> None:
    session = begin(shop)
    shop.sandbox.pay(session)

    for cause in ("return", "reconcile", "return"):
        checkout.fulfill(session, cause)
    shop.sandbox.deliver()

    assert (states(), kinds(), shop.count(User)) == (["paid"], ["receipt", "guest_welcome"], 1)


def test_there_is_no_account_before_the_money(shop: Shop) -> None:
    session = begin(shop)
    shop.sandbox.debit(session)
    shop.sandbox.deliver()
    before = (states(), account(), factories.mails(GUEST)[-1].text)

    shop.sandbox.settle(session)
    shop.sandbox.deliver()

    assert before[:2] == (["processing"], None)
    assert "/orders/" not in before[2]
    assert (states(), account() is not None) == (["paid"], True)
    assert kinds() == ["payment_processing", "receipt", "guest_welcome"]


@pytest.mark.parametrize("deed", ["expire", "fail"])
def test_the_address_of_who_did_not_pay_is_forgotten(shop: Shop, deed: str) -> None:
    session = begin(shop)
    if deed == "fail":
        shop.sandbox.debit(session)
        shop.sandbox.deliver()
        shop.sandbox.fail(session)
    else:
        shop.sandbox.expire(session)
    shop.sandbox.deliver()

    (order,) = every_order()
    assert (order.state in UNPAID, order.email) == (True, "")
    assert kinds() == (["payment_processing", "payment_failed"] if deed == "fail" else [])


def test_money_that_comes_after_all_finds_the_address_at_stripe(shop: Shop) -> None:
    session = begin(shop)
    order_id = every_order()[0].id
    with transaction():
        let_expire(order_id, "reconcile", session)
    assert every_order()[0].email == ""

    shop.sandbox.pay(session)
    shop.sandbox.deliver()

    assert (states(), kinds()) == (["paid"], ["receipt", "guest_welcome"])
    assert shop.is_in(account())


def test_an_account_that_was_erased_is_not_made_again_by_late_news(shop: Shop, sandbox: Sandbox) -> None:
    session = begin(shop)
    sandbox.pay(session)
    sandbox.deliver()
    with transaction() as database:
        database.execute(delete(User).filter_by(email=GUEST))

    sandbox.refund(session)
    sandbox.deliver()

    assert (states(), account()) == (["refunded"], None)


# ---- which order a browser gets


def test_the_same_browser_finds_its_checkout_again(shop: Shop) -> None:
    assert begin(shop) == begin(shop)
    assert states() == ["pending"]


@pytest.mark.parametrize(("email", "browser"), [(GUEST, "two"), ("corrected@example.com", "one")])
def test_another_browser_or_address_begins_anew_and_the_older_checkout_is_closed(
    shop: Shop, email: str, browser: str
) -> None:
    first = begin(shop)

    second = begin(shop, email, browser)

    assert second != first
    assert shop.sandbox.account.store.get("checkout.session", first)["status"] == "expired"
    assert [(str(order.state), order.email) for order in every_order()] == [
        ("expired", ""),
        ("pending", email),
    ]


def test_a_browser_may_pay_for_two_addresses(shop: Shop) -> None:
    shop.sandbox.pay(begin(shop))
    shop.sandbox.deliver()

    shop.sandbox.pay(begin(shop, "second@example.com"))
    shop.sandbox.deliver()

    assert (states(), states("second@example.com")) == (["paid"], ["paid"])


def test_who_has_paid_here_is_not_asked_again(shop: Shop) -> None:
    shop.sandbox.pay(begin(shop))
    shop.sandbox.deliver()

    place = begin(shop)

    (order,) = orders()
    assert place == f"/checkout/return?order={order.number}"


def test_of_two_browsers_that_both_pay_the_second_gets_its_money_back(shop: Shop) -> None:
    first = begin(shop)
    shop.sandbox.debit(first)
    shop.sandbox.deliver()
    second = begin(shop, browser="two")
    shop.sandbox.pay(second)
    shop.sandbox.deliver()

    shop.sandbox.settle(first)
    shop.sandbox.deliver()
    shop.sandbox.deliver()

    assert states() == ["duplicate", "paid"]
    assert (len(shop.refunds()), kinds()[-1]) == (1, "paid_twice")


def test_the_database_keeps_one_open_order_of_an_address(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(shop)
    monkeypatch.setattr("shop.orders.order_in_the_way", lambda *_: None)

    with pytest.raises(Conflict, match="twice at once"):
        begin(shop, browser="two")

    assert states() == ["pending"]


def test_an_open_order_of_the_account_stands_beside_a_guests(shop: Shop) -> None:
    member(shop)
    owner = account()
    own, guests = shop.begin(owner), begin(shop)

    shop.sandbox.pay(guests)
    shop.sandbox.deliver()
    shop.sandbox.pay(own)
    shop.sandbox.deliver()
    shop.sandbox.deliver()

    assert states() == ["refunded", "paid"]


# ---- what a guest cannot buy, and codes


def test_a_course_that_builds_on_another_needs_an_account(shop: Shop) -> None:
    before = factories.make_course("before")
    with transaction() as session:
        session.get_one(Course, shop.course.id).requires = [before.slug]

    with pytest.raises(Conflict, match="Complete"):
        begin(shop)

    assert states() == []


def test_a_code_that_leaves_nothing_to_pay_makes_no_account(shop: Shop) -> None:
    factories.make_coupon(percent=100)

    with pytest.raises(Conflict, match="nothing to pay"):
        begin(shop, code="SPRING")

    assert (states(), account()) == ([], None)


def test_the_use_of_a_code_becomes_the_accounts(shop: Shop) -> None:
    factories.make_coupon()

    shop.sandbox.pay(begin(shop, code="SPRING"))
    shop.sandbox.deliver()

    owner = account()
    assert list(db.session.scalars(select(CouponUse.user_id))) == [owner.id]
    assert standing.order_here("one", number=orders()[0].number) is not None


@pytest.mark.parametrize("email", [GUEST, "member@example.org"])
def test_a_code_counted_by_person_asks_for_an_account_whatever_the_address_has_used(
    shop: Shop, email: str
) -> None:
    factories.make_coupon(max_per_person=1)
    member = factories.make_user("member@example.org")
    sold = of_course(shop.course)
    url = checkout.begin(
        Buyer(member.id, member.email), lambda: take_off(sold, "SPRING", member.id, member.email)
    )
    shop.sandbox.pay(url.rpartition("/")[2])
    shop.sandbox.deliver()

    with pytest.raises(InvalidInput, match="Sign in"):
        begin(shop, email, code="SPRING")

    assert states(email) == (["paid"] if email == member.email else [])
