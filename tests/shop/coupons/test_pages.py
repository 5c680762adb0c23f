"""A code on the last page before the payment: applied, refused, kept, and not to be guessed."""

from core.database import transaction
from core.school import change_school
from shop import buying, checkout
from shop.coupons.rules import REFUSED
from tests import factories
from tests.shop.shop import Shop


def page(shop: Shop) -> str:
    return f"/courses/{shop.course.slug}/enroll"


def test_a_code_in_the_address_is_applied_and_bought_with(shop: Shop) -> None:
    factories.make_coupon()
    buyer = shop.buyer()
    client = shop.browser(buyer)

    html = client.get(f"{page(shop)}?code=%20spring%20").text
    answer = factories.post(client, page(shop), fields={"code": "SPRING", "currency": "USD"})

    assert "9.80 USD less" in html
    assert "Enroll for 39.20 USD</button>" in html
    assert answer.status_code == 303
    assert shop.order(buyer).amount_minor == 3920
    assert 'name="code" value="SPRING"' in client.get(page(shop)).text  # what is begun is gone on with
    assert factories.post(client, page(shop)).location == answer.location


def test_a_wrong_code_is_told_beside_its_field_and_charges_nothing(shop: Shop) -> None:
    buyer = shop.buyer()
    client = shop.browser(buyer)

    shown = client.get(f"{page(shop)}?code=NOTHING")
    pressed = factories.post(client, page(shop), fields={"code": "NOTHING"})

    for answer in (shown, pressed):
        assert answer.status_code == 422
        assert REFUSED in answer.text
        assert "Enroll for 49.00 USD</button>" in answer.text
    assert not shop.orders(buyer)


def test_codes_cannot_be_guessed(shop: Shop) -> None:
    factories.make_coupon()
    client = shop.browser(shop.buyer())
    for i in range(10):
        client.get(f"{page(shop)}?code=GUESS{i}")

    answer = client.get(f"{page(shop)}?code=SPRING")

    assert answer.status_code == 422
    assert buying.TOO_MANY_CODES in answer.text
    assert client.get(page(shop)).status_code == 200


def test_with_a_code_for_all_of_it_the_course_opens_and_nothing_is_promised_back(shop: Shop) -> None:
    factories.make_coupon(percent=100)
    buyer = shop.buyer()
    client = shop.browser(buyer)

    assert "Enroll without paying</button>" in client.get(f"{page(shop)}?code=SPRING").text
    answer = factories.post(client, page(shop), fields={"code": "SPRING"}, follow_redirects=True)

    assert "Nothing to pay" in answer.text
    assert "0.00 USD" in answer.text
    assert "Refund until" not in answer.text
    assert factories.mails(buyer.email)[-1].text.count("0.00 USD") == 1


def test_who_asks_for_access_at_once_has_said_so_before_paying(shop: Shop) -> None:
    with transaction():
        change_school({"asks_consent": True})
    buyer = shop.buyer()
    client = shop.browser(buyer)

    refused = factories.post(client, page(shop), {})
    agreed = factories.post(client, page(shop), fields={"consent": "yes"})

    assert refused.status_code == 422
    assert "Tick that you ask to be let in at once" in refused.text
    assert agreed.status_code == 303
    order = shop.order(buyer)
    assert (order.consent_version, order.consent_at) == ("2026-11-22", order.created_at)
    assert "I ask to be let in at once" in client.get(order.url).text
    assert factories.post(client, page(shop)).location == agreed.location
    shop.sandbox.pay(order.session_id)
    checkout.fulfill(order.session_id, "return")
    assert "You agreed: I ask to be let in at once" in " ".join(factories.mails(buyer.email)[-1].text.split())


def test_a_code_that_was_only_typed_is_shown_before_it_is_paid(shop: Shop) -> None:
    factories.make_coupon(percent=10)
    buyer = shop.buyer()
    client = shop.browser(buyer)
    fields = {"code": "SPRING", "currency": "USD", "shown": "49.00 USD"}

    applied = factories.post(client, page(shop), fields={**fields, "apply": "yes"})
    pressed = factories.post(client, page(shop), fields=fields)
    none_yet = shop.states(buyer)
    bought = factories.post(client, page(shop), fields={**fields, "shown": "44.10 USD"})

    for answer in (applied, pressed):
        assert answer.status_code == 200
        assert "To pay: 44.10 USD." in answer.text
        assert 'name="shown" value="44.10 USD"' in answer.text
    assert (none_yet, bought.status_code) == ([], 303)
    assert str(shop.order(buyer).price) == "44.10 USD"


def test_a_price_that_changed_while_the_page_was_read_is_shown_first(shop: Shop) -> None:
    client = shop.browser(shop.buyer())
    shop.set_price(5900)

    answer = factories.post(client, page(shop), fields={"code": "", "currency": "USD", "shown": "49.00 USD"})

    assert (answer.status_code, "To pay: 59.00 USD." in answer.text) == (200, True)
