"""The pages of buying as the buyer meets them: the way back from Stripe, one's own orders, and what they cost."""

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from core.database import transaction
from payments import gateway
from payments.values import PaymentsOff, StripeSilent
from sandbox.deliveries import signature
from shop.models import Order
from tests import factories
from tests.counting import statements
from tests.shop.shop import Shop
from tests.stripe import SECRET, Sandbox


def back(client: FlaskClient, session: str) -> Any:
    return client.get(f"/checkout/return?session_id={session}")


@pytest.mark.parametrize(
    ("act", "said", "state"),
    [
        ("pay", "Welcome in", "paid"),
        ("debit", "Your bank has it from here", "processing"),
        ("decline", "That did not go through", "pending"),
        ("expire", "closed unpaid", "expired"),
        ("", "You left before paying", "pending"),
    ],
)
def test_the_way_back_tells_how_the_order_stands(
    shop: Shop, sandbox: Sandbox, act: str, said: str, state: str
) -> None:
    """The page asks Stripe itself: no event has been delivered."""
    buyer = shop.buyer()
    session = shop.begin(buyer)
    if act:
        getattr(sandbox, act)(session)

    page = back(shop.browser(buyer), session)

    assert (page.status_code, said in page.text) == (200, True)
    assert shop.states(buyer) == [state]
    assert shop.is_in(buyer) == (state == "paid")


def test_who_paid_for_a_course_that_is_theirs_already_reads_that_it_goes_back(
    shop: Shop, sandbox: Sandbox
) -> None:
    buyer = shop.buyer()
    session = shop.begin(buyer)
    factories.enroll(buyer, shop.course, "admin")
    sandbox.pay(session)
    sandbox.faults(kind="fail", status=429, method="POST", path="/v1/refunds")

    assert "You already have this course" in back(shop.browser(buyer), session).text
    sandbox.clear_faults()
    sandbox.deliver()
    assert shop.states(buyer) == ["refunded"]
    assert "You already have this course" in back(shop.browser(buyer), session).text


def test_the_way_back_by_the_cancel_button_names_the_order(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = sandbox.account.store.get("checkout.session", shop.begin(buyer))
    assert session is not None

    page = shop.browser(buyer).get(session["cancel_url"].partition("127.0.0.1:8000")[2])

    assert "You left before paying" in page.text
    assert "Continue to payment" in page.text


@pytest.mark.parametrize("trouble", [StripeSilent(gateway.SILENT), PaymentsOff("The key is wrong.")])
def test_while_stripe_cannot_be_asked_the_page_says_that_it_is_being_confirmed(
    shop: Shop, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    """It never says that nothing was charged: the buyer may just have paid."""
    buyer = shop.buyer()
    session = shop.begin(buyer)
    sandbox.pay(session)
    browser = shop.browser(buyer)

    def fail(_: str) -> None:
        raise trouble

    with monkeypatch.context() as broken:
        broken.setattr(gateway, "fetch_session", fail)
        page = back(browser, session)
        told = browser.get(f"/checkout/return?session_id={session}", headers={"Accept": "application/json"})
    assert (page.status_code, "One moment" in page.text) == (200, True)
    assert "not charged" not in page.text
    assert json.loads(told.text) == {"confirmed": False, "state": "pending"}

    assert "Welcome in" in back(browser, session).text


def test_nobody_learns_of_an_order_that_is_not_theirs(shop: Shop, sandbox: Sandbox) -> None:
    buyer, other = shop.buyer(), shop.buyer()
    session = shop.begin(buyer)
    sandbox.pay(session)
    number, strange = shop.order(buyer).number, shop.browser(other)

    for path in (
        f"/checkout/return?session_id={session}",
        f"/checkout/return?order={number}",
        f"/orders/{number}",
    ):
        page = strange.get(path)
        assert page.status_code == 404
        assert buyer.email not in page.text
        assert shop.course.title not in page.text
        no_such = path.replace(number, "261121-NOBODY00")
        assert shown(page.text, path) == shown(strange.get(no_such).text, no_such)
    assert shop.states(buyer) == ["pending"]
    assert shop.browser(factories.make_user("", "Ida", "admin")).get(f"/orders/{number}").status_code == 404


def shown(page: str, path: str) -> str:
    """The page without its own address, and without its token, which holds the second it was made in."""
    return re.sub(r'(name="csrf_token"[^>]* value=)"[^"]+"', r"\1", page).replace(path, "")


@pytest.mark.parametrize(
    "query", ["", "?session_id=", "?session_id=cs_test_unknown", "?order=..%2f", "?session_id={CHECKOUT}"]
)
def test_an_address_that_names_no_order_leads_nowhere(shop: Shop, sandbox: Sandbox, query: str) -> None:
    asked = len(sandbox.requests())

    page = shop.browser(shop.buyer()).get(f"/checkout/return{query}")

    assert page.status_code == 404
    assert len(sandbox.requests()) == asked


def test_a_nul_in_an_address_is_no_error_of_ours(shop: Shop) -> None:
    browser = shop.browser(shop.buyer())

    for path in ("/checkout/return?session_id=%00", "/checkout/return?order=%00", "/orders/%00"):
        assert browser.get(path).status_code in (400, 404)


def test_a_decided_order_is_not_asked_about_again(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = shop.begin(buyer)
    sandbox.pay(session)
    sandbox.deliver()
    asked, browser = len(sandbox.requests()), shop.browser(buyer)

    for _ in range(3):
        assert "Welcome in" in back(browser, session).text

    assert len(sandbox.requests()) == asked


def test_the_page_of_an_order_shows_what_was_agreed(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    sandbox.pay(shop.begin(buyer))
    sandbox.deliver()
    shop.set_price(9900)
    order = shop.order(buyer)

    page = shop.browser(buyer).get(order.url)

    assert order.number in page.text
    assert "49.00 USD" in page.text
    assert "99.00" not in page.text


def test_every_state_of_an_order_has_its_page(shop: Shop, sandbox: Sandbox) -> None:
    from shop.rules import OrderState

    buyer, titles = shop.buyer(), set()
    shop.begin(buyer)
    order, browser = shop.order(buyer), shop.browser(buyer)
    for state in OrderState:
        with transaction() as session:
            session.execute(update(Order).where(Order.id == order.id).values(state=state))
        page = browser.get(f"/orders/{order.number}")
        assert page.status_code == 200
        titles.add(page.text.partition("<h1")[2].partition("</h1>")[0])

    assert len(titles) == len(OrderState)


# ---- What it costs


def test_a_paid_event_costs_few_statements(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    sandbox.pay(shop.begin(buyer))
    (event,) = sandbox.events("checkout.session.completed")
    body, headers = sandbox.webhook(event["id"])
    shop.app.test_client().get("/faq")  # The school's settings are read once for a process.

    with statements() as first:
        shop.app.test_client().post("/webhooks/stripe", data=body, headers=headers)
    with statements() as second:
        shop.app.test_client().post("/webhooks/stripe", data=body, headers=headers)

    assert shop.states(buyer) == ["paid"]
    assert len(first) <= 41, first
    assert len(second) <= 3, second


def test_the_pages_of_a_paid_order_cost_few_statements(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = shop.begin(buyer)
    sandbox.pay(session)
    sandbox.deliver()
    number, browser = shop.order(buyer).number, shop.browser(buyer)
    browser.get(f"/orders/{number}")

    with statements() as returned:
        back(browser, session)
    with statements() as shown:
        browser.get(f"/orders/{number}")

    assert len(returned) <= 8, returned
    assert len(shown) <= 9, shown


def test_the_token_of_another_secret_is_not_taken_for_a_signature(shop: Shop, sandbox: Sandbox) -> None:
    """The door needs no CSRF token, and one does not open it."""
    client = shop.browser(shop.buyer())
    body = json.dumps({"csrf_token": factories.csrf(client)}).encode()

    answer = client.post(
        "/webhooks/stripe", data=body, headers={"Stripe-Signature": signature(body, (SECRET + "x",), 1)}
    )

    assert answer.status_code == 400
