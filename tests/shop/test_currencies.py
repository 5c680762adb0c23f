"""Prices in several currencies: chosen by the buyer, never converted, charged in what each can be charged in."""

from typing import Any

import pytest

from core.database import transaction
from courses.models import CoursePrice
from tests import factories
from tests.shop.shop import Shop


@pytest.fixture
def prices(shop: Shop) -> Any:
    """The course of 49.00 USD costs 5,000 JPY and 15.120 KWD besides."""
    with transaction() as session:
        for currency, minor in (("JPY", 5000), ("KWD", 15120)):
            session.add(CoursePrice(course_id=shop.course.id, currency=currency, amount_minor=minor))


@pytest.mark.parametrize(
    ("currency", "shown", "minor"), [("JPY", "4,000 JPY", 4000), ("KWD", "12.100 KWD", 12100)]
)
def test_a_course_is_bought_in_the_chosen_currency_to_its_last_unit(
    shop: Shop, prices: Any, currency: str, shown: str, minor: int
) -> None:
    factories.make_coupon()
    buyer = shop.buyer()
    client, path = shop.browser(buyer), f"/courses/{shop.course.slug}/enroll"

    page = client.get(f"{path}?currency={currency}&code=spring").text
    place = factories.post(client, path, {"currency": currency, "code": "SPRING"}).location
    shop.sandbox.pay(place.rsplit("/", 1)[-1])
    shop.sandbox.deliver()

    order = shop.order(buyer)
    assert f"Enroll for {shown}</button>" in page
    assert (order.state, order.paid_minor, order.paid_currency) == ("paid", minor, currency)


def test_a_currency_that_is_not_offered_is_refused_and_the_schools_own_is_proposed(
    shop: Shop, prices: Any
) -> None:
    buyer = shop.buyer()
    client, path = shop.browser(buyer), f"/courses/{shop.course.slug}/enroll"

    refused = factories.post(client, path, {"currency": "CHF"})

    assert refused.status_code == 422
    assert "It is not sold in CHF" in refused.text
    assert "Enroll for 49.00 USD</button>" in client.get(path).text
    assert not shop.orders(buyer)
