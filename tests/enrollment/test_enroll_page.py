"""The last page before a payment: who sees its button, and who is led elsewhere."""

from core.database import transaction
from enrollment.models import Order
from enrollment.services import revoke
from tests import factories
from tests.enrollment.shop import Shop


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
