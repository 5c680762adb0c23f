"""A learner asks for the money back: within the promise, once, and the school answers."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from core.clock import now
from core.database import db, transaction
from core.errors import Conflict
from core.school import change_school
from shop.models import Order
from shop.refunds import requests, sending
from shop.refunds.models import RefundRequest
from shop.refunds.requests import Asking, asking_of
from shop.refunds.rules import Outside, RequestState
from tests import factories
from tests.shop.shop import Shop
from tests.shop.test_refunds import buy
from tests.stripe import Sandbox


@pytest.fixture
def admin(shop: Shop) -> Any:
    with transaction():
        change_school({"support_email": "help@example.org"})
    return factories.make_user("", "Ida", "admin")


def ask(shop: Shop, buyer: Any) -> int:
    number = shop.order(buyer).number
    with transaction():
        return requests.ask(number, buyer.id, "It is not what I hoped for.", "UTC").id


def asking(shop: Shop, buyer: Any) -> Asking:
    found = asking_of(shop.order(buyer), "UTC", is_held=False)
    assert found is not None
    return found


def paid_days_ago(shop: Shop, buyer: Any, days: int) -> None:
    order_id = shop.order(buyer).id
    with transaction() as session:
        session.get_one(Order, order_id).paid_at = now() - timedelta(days=days)


def test_both_are_told_of_a_request_and_it_is_approved(shop: Shop, sandbox: Sandbox, admin: Any) -> None:
    buyer = shop.buyer()
    buy(shop, sandbox, buyer)

    request_id = ask(shop, buyer)
    assert shop.is_in(buyer)
    with transaction():
        refund_id = requests.approve(request_id, admin.id)
    sending.send(refund_id, "refund")

    assert shop.states(buyer) == ["refunded"]
    assert not shop.is_in(buyer)
    assert shop.mails(buyer) == ["receipt", "refund_asked", "refund_answered", "refunded"]
    assert [each.kind for each in factories.mails("help@example.org")] == ["refund_requested"]
    with pytest.raises(Conflict), transaction():
        requests.approve(request_id, admin.id)
    assert len(shop.refunds()) == 1


def test_a_declined_request_is_answered_with_a_sentence(shop: Shop, sandbox: Sandbox, admin: Any) -> None:
    buyer = shop.buyer()
    buy(shop, sandbox, buyer)
    request_id = ask(shop, buyer)

    with transaction():
        requests.decline(request_id, "You have had it for free before.", admin.id)

    assert shop.states(buyer) == ["paid"]
    (mail,) = [each for each in factories.mails(buyer.email) if each.kind == "refund_answered"]
    assert "You have had it for free before." in mail.text
    last = asking(shop, buyer).last
    assert last is not None
    assert last.state is RequestState.DECLINED
    with pytest.raises(Conflict):
        ask(shop, buyer)


@pytest.mark.parametrize(
    ("days", "steps", "why"), [(15, 0, Outside.TOO_LATE), (0, 1, Outside.TOO_FAR), (14, 0, None)]
)
def test_outside_the_promise_nothing_is_asked(
    shop: Shop, sandbox: Sandbox, admin: Any, days: int, steps: int, why: Outside | None
) -> None:
    buyer = shop.buyer()
    buy(shop, sandbox, buyer)
    factories.complete(buyer, *factories.steps_of(shop.course)[:steps])
    paid_days_ago(shop, buyer, days)

    assert asking(shop, buyer).outside is why
    if why is not None:
        with pytest.raises(Conflict):
            ask(shop, buyer)


def test_one_request_of_an_order_is_open(shop: Shop, sandbox: Sandbox, admin: Any) -> None:
    buyer = shop.buyer()
    buy(shop, sandbox, buyer)
    ask(shop, buyer)
    order_id = shop.order(buyer).id

    with pytest.raises(Conflict):
        ask(shop, buyer)
    again = RefundRequest(order_id=order_id, state=RequestState.OPEN, text="", progress=0, asked_at=now())
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(again)


def test_an_order_that_was_refunded_otherwise_answers_its_request(
    shop: Shop, sandbox: Sandbox, admin: Any
) -> None:
    buyer = shop.buyer()
    session = buy(shop, sandbox, buyer)
    request_id = ask(shop, buyer)

    sandbox.refund(session)
    sandbox.deliver()

    db.session.rollback()
    assert requests.find_request(request_id).state is RequestState.OVERTAKEN
    assert "You asked for it, and it went back." in shop.browser(buyer).get(shop.order(buyer).url).text


def test_a_request_waits_while_the_bank_disputes_and_a_lost_dispute_is_no_approval(
    shop: Shop, sandbox: Sandbox, admin: Any
) -> None:
    buyer = shop.buyer()
    session = buy(shop, sandbox, buyer)
    ask(shop, buyer)
    browser, url = shop.browser(buyer), shop.order(buyer).url
    dispute = sandbox.dispute(session)
    sandbox.deliver()
    assert "You asked for it. While your bank disputes this payment" in browser.get(url).text

    sandbox.decide(dispute["id"], "lost")
    sandbox.deliver()

    page = browser.get(url).text
    assert "answered by what happened: your bank took the payment back" in page
    assert "has agreed" not in page


def test_nothing_is_asked_while_the_bank_disputes_the_payment(
    shop: Shop, sandbox: Sandbox, admin: Any
) -> None:
    buyer = shop.buyer()
    sandbox.dispute(buy(shop, sandbox, buyer))
    sandbox.deliver()
    browser, url = shop.browser(buyer), shop.order(buyer).url

    page, refused = browser.get(url).text, factories.post(browser, f"{url}/refund-request", {"text": ""})

    assert "its money cannot be asked back here" in page
    assert "Ask for a refund" not in page
    assert (refused.status_code, "a refund would pay it twice" in refused.text) == (409, True)


def test_the_page_of_an_order_takes_the_request(shop: Shop, sandbox: Sandbox, admin: Any) -> None:
    buyer = shop.buyer()
    buy(shop, sandbox, buyer)
    order = shop.order(buyer)
    browser, path = shop.browser(buyer), f"{order.url}/refund-request"
    assert "Ask for a refund" in browser.get(order.url).text

    wrong = factories.post(browser, path, {"text": "x" * 1001})
    right = factories.post(browser, path, {"text": " "})

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert "Write at most 1000 characters" in wrong.text
    assert "You asked for it." in browser.get(order.url).text
    told = [*factories.mails(buyer.email), *factories.mails("help@example.org")]
    texts = [each.text for each in told if each.kind in ("refund_asked", "refund_requested")]
    assert (len(texts), any("wrote" in text for text in texts)) == (2, False)
    assert factories.post(shop.browser(shop.buyer()), path, {"text": "Mine."}).status_code == 404


def test_a_learner_withdraws_an_open_request_and_may_ask_again(
    shop: Shop, sandbox: Sandbox, admin: Any
) -> None:
    buyer = shop.buyer()
    buy(shop, sandbox, buyer)
    browser, order = shop.browser(buyer), shop.order(buyer)
    path, withdrawn = f"{order.url}/refund-request/withdraw", ask(shop, buyer)
    assert "Withdraw the request" in browser.get(order.url).text
    assert factories.post(shop.browser(shop.buyer()), path).status_code == 404

    assert [factories.post(browser, path).status_code for _ in range(2)] == [303, 409]

    assert "Ask for a refund" in browser.get(order.url).text
    assert ask(shop, buyer) != withdrawn
    with pytest.raises(Conflict), transaction():
        requests.approve(withdrawn, admin.id)
    told = [each.kind for each in factories.mails("help@example.org")]
    assert told == ["refund_requested", "refund_withdrawn", "refund_requested"]


def test_the_page_of_an_order_says_why_nothing_can_be_asked(shop: Shop, sandbox: Sandbox, admin: Any) -> None:
    buyer = shop.buyer()
    buy(shop, sandbox, buyer)
    paid_days_ago(shop, buyer, 20)

    page = shop.browser(buyer).get(shop.order(buyer).url).text

    assert "The refund promise of this order ended on" in page
    assert "Ask for a refund" not in page
    assert "help@example.org" in page
