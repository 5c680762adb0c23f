"""The last page before a payment: who sees its button, and who is led elsewhere."""

import pytest
from sqlalchemy import delete

from core.database import transaction
from enrollment.services import revoke
from payments import gateway
from shop.models import LegalText, Order
from tests import factories
from tests.shop.shop import Shop


def test_nothing_more_is_sold_to_a_buyer_whose_payment_is_being_checked(shop: Shop) -> None:
    buyer = shop.buyer()
    shop.sandbox.pay(shop.begin(buyer))
    order = shop.order(buyer)
    with transaction() as session:
        session.get_one(Order, order.id).amount_minor = 4800
    shop.sandbox.deliver()
    client = shop.browser(buyer)

    answer = shop.press_enroll(client)

    assert answer.location == shop.order(buyer).url
    assert shop.states(buyer) == ["review"]
    assert client.get(f"/courses/{shop.course.slug}/enroll").location == f"/courses/{shop.course.slug}"
    assert "Your payment is being checked" in client.get(f"/courses/{shop.course.slug}").text


def test_who_was_put_out_by_the_school_is_shown_no_button_that_pays(shop: Shop) -> None:
    admin, buyer = factories.make_user("", "Ida", "admin"), shop.buyer()
    number = factories.enroll(buyer, shop.course)
    with transaction():
        revoke(number, admin.id)

    answer = shop.browser(buyer).get(f"/courses/{shop.course.slug}/enroll", follow_redirects=True)

    assert "The school has ended your access" in answer.text
    assert "Enroll for" not in answer.text


# ---- when the checkout does not open


def test_when_stripe_is_silent_the_buyer_is_led_on(shop: Shop) -> None:
    client = shop.browser(shop.buyer())
    shop.sandbox.faults(kind="fail", status=429, method="POST", count=1)

    answer = shop.press_enroll(client)

    assert answer.status_code == 503
    assert gateway.SILENT in answer.text
    assert "If you have paid already, nothing is lost" in answer.text
    assert f'<form method="post" action="/courses/{shop.course.slug}/enroll"' in answer.text
    assert "Try again</button>" in answer.text
    assert "charged" not in answer.text
    assert shop.press_enroll(client).status_code == 303


def test_when_stripe_refuses_the_buyer_is_led_on(shop: Shop) -> None:
    shop.set_price(10)  # less than Stripe takes

    answer = shop.press_enroll(shop.browser(shop.buyer()))

    assert answer.status_code == 409
    assert gateway.REFUSALS["amount_too_small"] in answer.text
    assert "Try again</button>" in answer.text
    assert f'href="/courses/{shop.course.slug}">Back to the course</a>' in answer.text


def test_a_school_that_sells_nothing_offers_no_second_try(shop: Shop) -> None:
    with transaction() as session:
        session.execute(delete(LegalText))

    answer = shop.press_enroll(shop.browser(shop.buyer()))

    assert answer.status_code == 503
    assert "Try again</button>" not in answer.text
    assert "Back to the course</a>" in answer.text


# ---- who has been here before


def test_an_order_that_was_begun_is_continued(shop: Shop) -> None:
    buyer = shop.buyer()
    client, path = shop.browser(buyer), f"/courses/{shop.course.slug}/enroll"
    assert "Enroll for 49.00 USD</button>" in client.get(path).text

    shop.begin(buyer)

    assert "Continue to payment</button>" in client.get(path).text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_is_in_already_is_told_that_nothing_was_taken(shop: Shop, method: str) -> None:
    buyer = shop.buyer()
    factories.enroll(buyer, shop.course)
    client, path = shop.browser(buyer), f"/courses/{shop.course.slug}/enroll"

    answer = client.get(path) if method == "GET" else factories.post(client, path)

    assert answer.location == f"/learn/{shop.course.slug}"
    page = client.get(answer.location).text
    assert "You already have this course. No second payment was taken." in page


def test_who_buys_again_goes_on_where_they_stopped(shop: Shop) -> None:
    buyer = shop.buyer()
    first = shop.begin(buyer)
    shop.sandbox.pay(first)
    shop.sandbox.deliver()
    client = shop.browser(buyer)
    assert "A good first week" in client.get(f"/checkout/return?session_id={first}").text
    shop.sandbox.refund(first)
    shop.sandbox.deliver()
    again = shop.begin(buyer)
    shop.sandbox.pay(again)

    page = client.get(f"/checkout/return?session_id={again}").text

    assert f'href="/learn/{shop.course.slug}">Go on where you stopped</a>' in page
    assert "A good first week" not in page


def test_a_refunded_order_names_the_day_and_that_it_was_a_test(shop: Shop) -> None:
    buyer = shop.buyer()
    session = shop.begin(buyer)
    shop.sandbox.pay(session)
    shop.sandbox.deliver()
    shop.sandbox.refund(session)
    shop.sandbox.deliver()

    page = shop.browser(buyer).get(shop.order(buyer).url).text

    assert "<dt>Refunded on</dt>" in page
    assert "It was a test: no money moved." in page
    assert "banks can take" not in page
