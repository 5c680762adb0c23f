"""What other pages tell of orders: the overview, a person's page, and the reader's own account."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from admin import overview
from core.database import transaction
from payments.values import RefundState
from shop.refunds.models import RefundRow
from shop.rules import OrderState
from tests.admin.orders import Answers, make_event, part, session, shown
from tests.conftest import NOON, Clock
from tests.factories import make_course, make_order, make_user, post, sign_in

# ---- the overview


def test_the_overview_sums_what_came_by_currency_and_names_test_money(
    client: FlaskClient, admin: Any, course: Any, ada: Any
) -> None:
    make_order(ada, course, amount_minor=4900, livemode=True)
    back = {"amount_minor": 4900, "livemode": True, "refunded_at": NOON}
    make_order(None, course, "partly_refunded", refunded_minor=900, **back)
    make_order(None, course, "refunded", refunded_minor=4900, **back)
    make_order(None, course, amount_minor=1000)
    for state in ("review", "duplicate", "expired", "processing"):
        make_order(None, course, state, amount_minor=7700, livemode=True)
    make_order(None, course, amount_minor=8800, livemode=True, paid_at=NOON - timedelta(days=31))

    page = " ".join(client.get("/admin").text.split())

    money = page.partition('id="money"')[2]
    assert '<b class="num">243.00 USD</b>' in money
    assert "from 5 orders, less 2 refunds and what banks took</span>" in money
    assert '<b class="num">10.00 USD</b> of test money <span class="small muted">from 1 order</span>' in money
    assert '1 order <span class="small muted">whose money the bank is bringing.' in money
    assert "<b>1 order</b> paid, but not as ordered" in page


# ---- elsewhere


def test_the_overview_tells_what_waits_of_the_money(
    client: FlaskClient, admin: Any, course: Any, ada: Any
) -> None:
    quiet = client.get("/admin").text
    make_order(ada, course, "review")
    make_order(ada, course, "duplicate")
    make_order(ada, course, "duplicate")
    make_event(None, "waiting")

    page = client.get("/admin").text

    for words in ("<b>1 order</b> paid, but not", "<b>2 payments</b> made twice", "<b>1 event</b> of Stripe"):
        assert words not in quiet
        assert words in page


@pytest.mark.parametrize(
    ("state", "later", "is_told"),
    [
        ("paid", None, True),
        ("paid", RefundState.FAILED, True),
        ("partly_refunded", RefundState.SUCCEEDED, False),
        ("charged_back", None, False),
    ],
)
def test_a_refund_that_failed_waits_until_it_is_made_again(
    app: Flask, course: Any, ada: Any, state: str, later: RefundState | None, is_told: bool
) -> None:
    order = make_order(ada, course, state)
    states = [RefundState.FAILED, *([later] if later else [])]
    with transaction() as each:
        for state_of_one in states:
            row = RefundRow(
                order_id=order.id, amount_minor=900, currency="USD", state=state_of_one, reason="", created_at=NOON
            )  # fmt: skip
            each.add(row)
            each.flush()

    assert overview.waiting().refunds_failed == is_told


def test_a_person_has_their_orders_and_what_the_trail_says_of_them(
    client: FlaskClient, admin: Any, course: Any, ada: Any, stripe: Answers
) -> None:
    stripe(session(make_order(ada, course, "pending", number="ONE")))
    make_order(make_user(), course, number="OTHER")
    post(client, "/admin/orders/ONE/read")

    page = client.get(f"/admin/people/{ada.id}").text

    orders, trail = part(page, "orders"), part(page, "trail")
    assert 'href="/admin/orders/ONE"' in orders
    assert "489.00 USD" in orders
    assert "OTHER" not in orders
    assert "Order ONE, First course" in trail
    assert "order.read" in trail
    assert ">Paid</td>" in part(page, "courses")


def test_a_reader_finds_their_own_orders_and_no_others(
    client: FlaskClient, course: Any, ada: Any, clock: Clock
) -> None:
    make_order(ada, course, number="ONE")
    make_order(ada, course, "refunded", number="TWO", refunded_minor=48900)
    make_order(make_user(), course, number="OTHER")

    page = client.get("/account/orders")
    assert page.location.startswith("/login")
    page = sign_in(client, ada).get("/account/orders")

    listed = part(page.text, "all")
    assert listed.index("/orders/TWO") < listed.index("/orders/ONE")
    assert "OTHER" not in listed
    assert "489.00 USD returned" in listed
    assert "21 Nov 2026" in listed
    assert 'href="/account/orders" aria-current="page"' in page.text


def test_a_reader_without_orders_is_told_so(client: FlaskClient, ada: Any) -> None:
    assert "You have ordered nothing so far." in sign_in(client, ada).get("/account/orders").text


def test_every_state_has_its_words_for_admins_and_readers(
    client: FlaskClient, admin: Any, course: Any
) -> None:
    for n, word in enumerate(OrderState):  # Two open orders of one person are of two courses.
        bought = make_course() if word is OrderState.PENDING else course
        make_order(admin, bought, word, number=f"N{n}")

    assert client.get("/account/orders").text.count('href="/orders/N') == len(OrderState)
    for n, word in enumerate(OrderState):
        assert client.get(f"/admin/orders/N{n}").status_code == 200
        assert shown(client.get(f"/admin/orders?state={word}").text, (f"N{n}",)) == [f"N{n}"]
