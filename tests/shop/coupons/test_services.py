"""Codes at the checkout: reserved, counted, freed; never more than there are, and no word on which exist."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.clock import now
from core.database import db
from courses.models import Course
from payments import gateway
from shop import checkout
from shop.coupons.models import Coupon, CouponUse
from shop.coupons.rules import CodeRefused
from shop.coupons.services import take_off
from shop.offers import of_course
from shop.orders import Buyer
from tests import factories
from tests.crowd import at_once
from tests.shop.shop import Shop


def counts(code: str = "SPRING") -> tuple[int, int]:
    """Reserved and used."""
    db.session.rollback()
    coupon = db.session.scalars(select(Coupon).filter_by(code=code)).one()
    return coupon.reserved, coupon.used


def begin(buyer: Any, course: Any, code: str = "SPRING") -> str:
    """Where the checkout of this course with this code leads."""
    db.session.rollback()
    sold = db.session.get_one(Course, course.id)
    place = checkout.begin(
        Buyer(buyer.id, buyer.email), lambda: take_off(of_course(sold), code, buyer.id, buyer.email)
    )
    db.session.rollback()
    return place.rsplit("/", 1)[-1]


def test_a_code_is_reserved_at_the_checkout_and_counted_when_it_is_paid(shop: Shop) -> None:
    factories.make_coupon()
    buyer = shop.buyer()

    session = begin(buyer, shop.course)
    before = counts()
    shop.sandbox.pay(session)
    shop.sandbox.deliver()

    order = shop.order(buyer)
    assert (before, counts()) == ((1, 0), (0, 1))
    assert (order.state, order.coupon_code) == ("paid", "SPRING")
    assert (str(order.subtotal), str(order.discount), str(order.amount)) == (
        "49.00 USD",
        "9.80 USD",
        "39.20 USD",
    )
    assert [(line.amount_minor, line.discount_minor) for line in order.lines] == [(3920, 980)]


def test_stripe_is_told_what_was_taken_off(shop: Shop) -> None:
    factories.make_coupon()

    begin(shop.buyer(), shop.course)

    (asked,) = shop.sandbox.requests("POST", "/v1/checkout/sessions")
    line = asked["params"]["line_items"]["0"]["price_data"]
    assert int(line["unit_amount"]) == 3920
    assert line["product_data"]["description"] == "49.00 USD less 9.80 USD by the code SPRING"


def test_a_checkout_that_closes_frees_its_code(shop: Shop) -> None:
    factories.make_coupon(max_uses=1)
    session = begin(shop.buyer(), shop.course)

    shop.sandbox.expire(session)
    shop.sandbox.deliver()

    assert counts() == (0, 0)
    begin(shop.buyer(), shop.course)


def test_a_code_is_kept_for_who_reserved_it(shop: Shop) -> None:
    factories.make_coupon(max_uses=1, max_per_person=1)
    buyer = shop.buyer()

    assert begin(buyer, shop.course) == begin(buyer, shop.course)
    assert counts() == (1, 0)


def test_going_on_without_the_code_gives_it_back(shop: Shop) -> None:
    factories.make_coupon()
    buyer = shop.buyer()
    begin(buyer, shop.course)

    shop.begin(buyer)

    assert counts() == (0, 0)
    assert shop.states(buyer) == ["expired", "pending"]


def test_a_code_of_which_nothing_is_left_to_pay_lets_in_at_once(shop: Shop) -> None:
    factories.make_coupon(percent=100)
    buyer = shop.buyer()

    begin(buyer, shop.course)

    order = shop.order(buyer)
    assert shop.is_in(buyer)
    assert (order.state, order.payment_method, str(order.amount)) == ("paid", "free", "0.00 USD")
    assert counts() == (0, 1)
    assert shop.mails(buyer) == ["receipt"]
    assert not shop.sandbox.requests("POST", "/v1/checkout/sessions")


@pytest.mark.parametrize(
    "columns",
    [
        {"code": "AUTUMN"},
        {"is_active": False},
        {"starts_at": "later"},
        {"ends_at": "earlier"},
        {"max_uses": 3, "used": 2, "reserved": 1},
        {"percent": None, "amount_minor": 500, "currency": "EUR"},
        {"percent": 99},
    ],
    ids=["another code", "off", "not yet", "over", "used up", "another currency", "less than can be paid"],
)
def test_a_code_is_refused_in_one_sentence_whatever_the_reason(shop: Shop, columns: dict[str, Any]) -> None:
    moments = {"later": now() + timedelta(1), "earlier": now() - timedelta(1)}
    factories.make_coupon(**{name: moments.get(str(value), value) for name, value in columns.items()})
    buyer = shop.buyer()

    with pytest.raises(CodeRefused) as refusal:
        begin(buyer, shop.course)

    assert str(refusal.value) == str(CodeRefused())
    assert not shop.orders(buyer)


def test_a_code_of_one_course_does_not_hold_for_another(shop: Shop) -> None:
    other = factories.make_course(price_minor=4900)
    factories.make_coupon(courses=[other])
    buyer = shop.buyer()

    with pytest.raises(CodeRefused):
        begin(buyer, shop.course)
    begin(buyer, other)


def test_twenty_at_once_get_no_more_than_there_is(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from threading import BoundedSemaphore

    monkeypatch.setattr(gateway, "_slots", BoundedSemaphore(40))
    factories.make_coupon(max_uses=5)
    buyers = [shop.buyer() for _ in range(20)]

    answers = at_once(shop.app, 20, lambda i: begin(buyers[i], shop.course))

    assert sum(isinstance(answer, CodeRefused) for answer in answers) == 15
    assert counts() == (5, 0)
    assert shop.count(CouponUse) == 5


def test_one_person_at_once_in_many_courses_gets_no_more_than_theirs(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from threading import BoundedSemaphore

    monkeypatch.setattr(gateway, "_slots", BoundedSemaphore(40))
    factories.make_coupon(max_per_person=2)
    buyer = shop.buyer()
    courses = [factories.make_course(price_minor=4900) for _ in range(6)]

    answers = at_once(shop.app, 6, lambda i: begin(buyer, courses[i]))

    assert sum(isinstance(answer, CodeRefused) for answer in answers) == 4
    assert counts() == (2, 0)
