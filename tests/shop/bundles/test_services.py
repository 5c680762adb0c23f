"""Bundles: one order with a line for each course, given together and taken back together."""

from typing import Any

import pytest
from sqlalchemy import select

from core.database import db, transaction
from core.errors import Conflict
from shop import checkout, reconcile
from shop.bundles.models import Bundle
from shop.bundles.services import of_bundle
from shop.models import Order
from shop.orders import Buyer
from tests import factories
from tests.shop.shop import Shop


@pytest.fixture
def other(shop: Shop) -> Any:
    return factories.make_course(price_minor=9900)


@pytest.fixture
def bundle(shop: Shop, other: Any) -> Any:
    return factories.make_bundle(shop.course, other, prices={"USD": 10000, "EUR": 9000})


def begin(buyer: Any, currency: str = "") -> str:
    db.session.rollback()
    sold = db.session.scalars(select(Bundle)).one()
    place = checkout.begin(Buyer(buyer.id, buyer.email), lambda: of_bundle(sold).offer_in(currency))
    db.session.rollback()
    return place.rsplit("/", 1)[-1]


@pytest.mark.parametrize(
    ("currency", "parts"),
    [("USD", [3311, 6689]), ("EUR", [4500, 4500])],
    ids=["by the prices", "equally where a course has no such price"],
)
def test_the_price_is_shared_over_the_courses(bundle: Any, currency: str, parts: list[int]) -> None:
    offer = of_bundle(db.session.scalars(select(Bundle)).one()).offer_in(currency)

    assert [line.amount.minor for line in offer.lines] == parts
    assert offer.price.currency == currency


def test_all_courses_are_given_together_and_taken_back_together(shop: Shop, other: Any, bundle: Any) -> None:
    buyer = shop.buyer()
    session = begin(buyer)

    shop.sandbox.pay(session)
    shop.sandbox.deliver()
    given = (shop.is_in(buyer), shop.is_in(buyer, other))
    shop.sandbox.refund(session)
    shop.sandbox.deliver()

    assert given == (True, True)
    assert (shop.is_in(buyer), shop.is_in(buyer, other)) == (False, False)
    assert shop.mails(buyer) == ["receipt", "refunded"]


def test_who_has_a_part_pays_the_same_and_who_has_all_pays_nothing(
    shop: Shop, other: Any, bundle: Any
) -> None:
    buyer = shop.buyer()
    factories.enroll(buyer, shop.course)

    begin(buyer)
    asked = shop.order(buyer).amount_minor
    factories.enroll(buyer, other)

    assert asked == 10000
    with pytest.raises(Conflict):
        begin(buyer)


def test_a_bundle_takes_the_place_of_an_open_order_of_one_of_its_courses(shop: Shop, bundle: Any) -> None:
    buyer = shop.buyer()
    shop.begin(buyer)

    begin(buyer)

    assert [(order.state, order.kind) for order in shop.orders(buyer)] == [
        ("expired", "own"),
        ("pending", "bundle"),
    ]


def test_a_bundle_page_says_what_it_holds_and_what_one_has(shop: Shop, other: Any, bundle: Any) -> None:
    buyer = shop.buyer()
    client = shop.browser(buyer)
    factories.enroll(buyer, shop.course)

    page = client.get("/bundles/both").text
    pay = client.get("/bundles/both/enroll?currency=EUR").text
    factories.post(client, "/bundles/both/enroll", {"currency": "EUR"})

    assert "148.00 USD" in page
    assert "100.00 USD" in page
    assert "You have 1 of these courses already" in page
    assert "Enroll for 90.00 EUR</button>" in pay
    order = shop.order(buyer)
    assert str(order.price) == "90.00 EUR"
    assert 'href="/bundles/both"' in client.get(f"/courses/{other.slug}").text
    assert "Back to the bundle" in client.get(order.url).text


def test_a_bundle_that_is_off_is_sold_no_more(shop: Shop, bundle: Any) -> None:
    buyer = shop.buyer()
    with transaction() as session:
        session.get_one(Bundle, bundle.id).is_active = False

    assert shop.browser(buyer).get("/bundles/both").status_code == 404
    assert not shop.count(Order)


def test_open_checkouts_of_what_is_sold_no_more_are_closed_by_the_reconciler(shop: Shop, bundle: Any) -> None:
    buyer, patient = shop.buyer(), shop.buyer()
    begin(buyer)
    shop.begin(patient)
    shop.set_price(5900)  # another price is not withdrawn: what was shown is honoured
    with transaction() as session:
        session.get_one(Bundle, bundle.id).is_active = False

    report = reconcile.reconcile("job")

    assert [each["after"] for each in report.repaired] == ["expired"]
    assert (shop.states(buyer), shop.states(patient)) == (["expired"], ["pending"])
