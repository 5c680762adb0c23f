"""Buying a gift at the sandbox: one form one order, corrected while it is open, given and taken back with its money."""

from typing import Any

import pytest

from core.database import db, transaction
from core.money import Money
from courses.models import Course
from enrollment.rules import PauseReason
from shop.fulfilment import fulfilment_of
from shop.gifts.rules import GiftCodeRefused, GiftState
from shop.models import Order
from shop.orders import lock_with_buyer
from shop.reminders import reminders_of
from shop.turns import let_expire
from tests import factories
from tests.crowd import at_once
from tests.shop.gifts.giving import ANNA, Giving
from tests.shop.shop import Shop
from tests.stripe import Sandbox


@pytest.fixture
def giving(shop: Shop) -> Giving:
    """A giver who may buy at the sandbox."""
    return Giving(shop.app)


def test_a_paid_gift_is_mailed_and_its_giver_gets_a_receipt(
    shop: Shop, sandbox: Sandbox, giving: Giving
) -> None:
    session = giving.begin()
    assert giving.mails() == []

    sandbox.pay(session)
    sandbox.deliver()

    order = shop.order(giving.giver)
    assert (order.state, order.kind, order.amount) == ("paid", "gift", Money(4900, "USD"))
    assert giving.mails() == ["gift"]
    assert giving.mails(giving.giver.email) == ["receipt_gift"]
    assert not giving.is_in(giving.giver)


def test_the_giver_is_told_that_a_dispute_pauses_the_code_and_that_it_is_good_again(
    shop: Shop, sandbox: Sandbox, giving: Giving
) -> None:
    session = giving.begin()
    sandbox.pay(session)
    sandbox.deliver()

    dispute = sandbox.dispute(session)
    sandbox.deliver()
    during = giving.gift().state
    sandbox.decide(dispute["id"], "won")
    sandbox.deliver()

    assert (during, giving.gift().state) == (GiftState.PAUSED, GiftState.SENT)
    assert giving.mails(giving.giver.email) == ["receipt_gift", "payment_disputed", "dispute_settled"]


def test_the_same_form_is_one_order_and_corrects_it_while_it_is_open(
    shop: Shop, sandbox: Sandbox, giving: Giving
) -> None:
    first, second = giving.begin(), giving.begin(recipient_email="right@example.org")
    assert first == second
    sandbox.pay(first)
    sandbox.deliver()

    order = shop.order(giving.giver)
    assert giving.begin(recipient_email="late@example.org") == order.number
    assert giving.gift().recipient_email == "right@example.org"


def test_another_price_makes_another_order_and_the_gift_goes_with_it(shop: Shop, giving: Giving) -> None:
    giving.begin()
    with transaction() as session:
        session.get_one(Course, giving.course.id).price_minor = 5900
    giving.begin()

    assert shop.states(giving.giver) == ["expired", "pending"]
    assert [gift.recipient_email for gift in giving.gifts()] == ["", ANNA]


def test_a_gift_that_waits_for_its_payment_is_spoken_of_though_its_giver_is_in(giving: Giving) -> None:
    factories.enroll(giving.giver, giving.course, "admin")
    giving.begin()

    assert [each.state for each in reminders_of(giving.giver.id, "UTC")] == ["pending"]


def test_another_form_is_another_gift(shop: Shop, giving: Giving) -> None:
    giving.begin()
    giving.begin("B" * 16)

    assert shop.states(giving.giver) == ["pending", "pending"]
    assert len(giving.gifts()) == 2


def test_a_gift_that_a_code_pays_for_is_given_once_however_often_the_button_is_pressed(
    shop: Shop, giving: Giving
) -> None:
    factories.make_coupon(code="ALL", percent=100, max_uses=5)
    client, address = shop.browser(giving.giver), f"/courses/{giving.course.slug}/gift"
    form = typed(giving) | {"code": "ALL", "buy": "1"}

    answers = [factories.post(client, address, form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert shop.states(giving.giver) == ["paid"]
    assert giving.mails() == ["gift"]


def test_an_order_that_is_left_forgets_whom_it_was_for_and_asks_again_when_paid_after_all(
    shop: Shop, sandbox: Sandbox, giving: Giving
) -> None:
    session = giving.begin()
    order = shop.order(giving.giver).id
    with transaction():
        let_expire(order, "reconcile", session)
    gift = giving.gift()
    assert (gift.recipient_email, gift.recipient_name, gift.message, gift.giver_name) == ("", "", "", "")

    sandbox.pay(session)
    sandbox.deliver()

    assert shop.states(giving.giver) == ["paid"]
    assert giving.gift().state is GiftState.UNADDRESSED
    page = shop.browser(giving.giver).get(f"/orders/{shop.order(giving.giver).number}/gift").text
    assert "Say again to whom the gift goes" in page


def test_a_refund_kills_the_code_and_speaks_of_the_gift(shop: Shop, sandbox: Sandbox, giving: Giving) -> None:
    sandbox.pay(giving.begin())
    sandbox.deliver()
    code, order = giving.code(), shop.order(giving.giver)
    url = order.url

    sandbox.refund(order.payment_id or "")
    sandbox.deliver()

    with pytest.raises(GiftCodeRefused):
        giving.claim(factories.make_user(), code)
    (mail,) = [each for each in factories.mails(giving.giver.email) if each.kind == "refunded"]
    assert f"the gift for Anna ({giving.course.title})" in mail.subject
    assert "a code that nobody has claimed opens nothing any more" in mail.text
    page = shop.browser(giving.giver).get(url).text
    assert "no longer holds a gift" in page


def test_the_pages_lead_from_the_form_over_the_summary_to_the_payment_and_the_gift(
    shop: Shop, sandbox: Sandbox, giving: Giving
) -> None:
    client, address = shop.browser(giving.giver), f"/courses/{giving.course.slug}/gift"
    assert f'href="{address}"' in client.get(f"/courses/{giving.course.slug}").text
    assert 'value="Mara Voss"' in client.get(address).text

    wrong = factories.post(client, address, typed(giving) | {"send_on": "2020-01-01", "recipient_email": "x"})
    assert (wrong.status_code, wrong.text.count('class="err"')) == (422, 2)
    summary = factories.post(client, address, typed(giving)).text
    assert "49.00 USD" in summary
    assert "For quiet" in summary
    assert 'value="anna@example.org"' in factories.post(client, address, typed(giving) | {"change": "1"}).text
    assert factories.post(client, address, typed(giving) | {"code": "NONE"}).status_code == 422
    assert shop.orders(giving.giver) == []

    assert factories.post(client, address, typed(giving) | {"buy": "1"}).status_code == 303
    order = shop.order(giving.giver)
    waiting = client.get(order.url).text
    assert f'href="{address}?order={order.number}"' in waiting
    again = client.get(f"{address}?order={order.number}").text
    assert 'value="anna@example.org"' in again
    assert f'value="{KEY}"' in again

    sandbox.pay(order.session_id or "")
    done = client.get(f"/checkout/return?order={order.number}").text
    assert "The gift is wrapped." in done
    assert f'href="/orders/{order.number}/gift"' in done
    assert "depends on whether it was claimed" in client.get(order.url).text


def test_the_giver_sends_again_corrects_and_prints_and_nobody_else_does(shop: Shop, giving: Giving) -> None:
    order = giving.buy()
    client, other = shop.browser(giving.giver), shop.browser(shop.buyer())
    place = f"/orders/{order.number}/gift"
    assert "Nobody has claimed it so far" in client.get(place).text

    said = {
        "recipient_name": "Ann",
        "recipient_email": "ann@example.org",
        "send_on": typed(giving)["send_on"],
    }
    assert factories.post(client, place, said | {"recipient_email": "x"}).status_code == 422
    assert factories.post(client, place, said).status_code == 303
    printed = factories.post(client, f"{place}/print")

    assert giving.code("ann@example.org") in printed.text
    assert "A gift for Ann" in printed.text
    assert other.get(place).status_code == 404
    assert [factories.post(other, p, said).status_code for p in (place, f"{place}/print")] == [404, 404]


def test_a_visitor_is_led_to_an_account_and_back_with_the_code(shop: Shop, giving: Giving) -> None:
    giving.buy()
    visitor, code = shop.app.test_client(), giving.code()

    page = visitor.get(f"/redeem?code={code}").text

    assert "A gift for Anna" in page
    assert f"next=/redeem?code%3D{code}" in page
    assert 'method="post"' not in page.partition("<main")[2]


def test_the_button_opens_the_gift_and_the_link_leads_to_the_course_afterwards(
    shop: Shop, giving: Giving
) -> None:
    giving.buy()
    anna, code = shop.buyer(), giving.code()
    client = shop.browser(anna)
    assert "Open my gift" in client.get(f"/redeem?code={code}").text

    answer = factories.post(client, "/redeem", {"code": code.lower()})

    assert answer.location == f"/learn/{giving.course.slug}"
    assert giving.is_in(anna)
    assert client.get(f"/redeem?code={code}").location == answer.location
    assert "It was claimed on" in shop.browser(giving.giver).get(f"/orders/{_number(giving)}/gift").text


def test_who_has_the_course_is_told_that_the_gift_stays(shop: Shop, giving: Giving) -> None:
    giving.buy()
    anna, code = shop.buyer(), giving.code()
    factories.enroll(anna, giving.course, "admin")
    client = shop.browser(anna)

    page = client.get(f"/redeem?code={code}").text

    assert "You are in this course already" in page
    assert "Open my gift" not in page
    assert factories.post(client, "/redeem", {"code": code}).status_code == 422


def test_gifts_given_to_each_other_are_taken_back_at_once(shop: Shop, giving: Giving) -> None:
    other = factories.make_user()
    mine = giving.buy()
    giving.claim(other)
    giving.giver, me = other, giving.giver
    theirs = giving.buy(recipient_email="me@example.org")
    giving.claim(me, giving.code("me@example.org"))
    numbers = (mine.number, theirs.number)

    def dispute(turn: int) -> None:
        with transaction():
            order = lock_with_buyer(numbers[turn % 2])
            fulfilment_of(order).pause(order, PauseReason.DISPUTE)
            fulfilment_of(order).resume(order, PauseReason.DISPUTE)

    assert at_once(shop.app, 8, dispute) == [None] * 8


def test_wrong_codes_all_read_alike_and_are_counted(shop: Shop, giving: Giving) -> None:
    order, client = giving.buy(), shop.browser(shop.buyer())
    code = giving.code()
    giving.claim(factories.make_user())
    assert order

    answers = [client.get(f"/redeem?code={each}") for each in (code, "A" * 28, "nothing")]
    assert {answer.status_code for answer in answers} == {422}
    assert all("This code opens nothing." in answer.text for answer in answers)
    for _ in range(7):
        client.get("/redeem?code=nothing")

    assert "Too many codes were tried" in client.get("/redeem?code=nothing").text


KEY = "0123456789ABCDEF"


def typed(giving: Giving) -> dict[str, Any]:
    """The form as the giver fills it in."""
    return {
        "key": KEY, "recipient_name": "Anna", "recipient_email": ANNA, "message": "For quiet\r\nevenings",
        "giver_name": "Mara", "send_on": giving.wrapping().send_on.isoformat(), "currency": "USD", "code": "",
    }  # fmt: skip


def _number(giving: Giving) -> str:
    return db.session.get_one(Order, giving.gift().order_id).number
