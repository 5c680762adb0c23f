"""What a buyer is told of an order, by its state and by how it came there."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.clock import now
from core.database import db, transaction
from shop.endings import Ending, order_page
from shop.models import Order, OrderChange
from shop.rules import OrderState
from tests.factories import enroll, make_course, make_order, make_user, sign_in

TOLD = {
    "pending": Ending.LEFT,
    "processing": Ending.PROCESSING,
    "paid": Ending.RECEIVED,
    "partly_refunded": Ending.RECEIVED,
    "failed": Ending.DECLINED,
    "expired": Ending.EXPIRED,
    "duplicate": Ending.ALREADY,
    "review": Ending.REVIEW,
    "refunded": Ending.REFUNDED,
    "charged_back": Ending.CHARGED_BACK,
}


def make(state: str, **columns: Any) -> Order:
    """An order in a state, of a course with one lesson."""
    made: Order = make_order(make_user(), make_course(price_minor=4900), state, **columns)
    return made


def told(order: Order, was_silent: bool = False) -> Ending:
    return order_page(db.session.get_one(Order, order.id), "UTC", was_silent).ending


@pytest.mark.parametrize("state", OrderState)
def test_every_state_has_an_ending(app: Flask, state: OrderState) -> None:
    assert told(make(state)) == TOLD[state]


def test_a_refused_card_is_told_while_the_checkout_is_open(app: Flask) -> None:
    assert told(make("pending", failure="Your card was declined.")) == Ending.DECLINED


@pytest.mark.parametrize("state", ["expired", "failed"])
def test_who_has_it_by_now_is_not_told_to_order_again(app: Flask, client: FlaskClient, state: str) -> None:
    buyer, course = make_user(), make_course(price_minor=4900)
    order = make_order(buyer, course, state)
    enroll(buyer, course, "admin")
    sign_in(client, buyer)

    page = client.get(order.url).text

    assert "is yours by now" in page
    assert "Start again" not in page


def test_while_stripe_is_silent_only_what_is_undecided_is_being_confirmed(app: Flask) -> None:
    assert told(make("pending"), was_silent=True) == Ending.CONFIRMING
    assert told(make("processing"), was_silent=True) == Ending.PROCESSING
    assert told(make("paid"), was_silent=True) == Ending.RECEIVED


def test_a_double_payment_that_went_back_is_told_as_already_yours(app: Flask) -> None:
    order = make("refunded")
    with transaction() as session:
        change = {"before": OrderState.PENDING, "after": OrderState.DUPLICATE, "cause": "return"}
        session.add(OrderChange(order_id=order.id, at=now(), **change))

    assert told(order) == Ending.ALREADY


@pytest.mark.parametrize(
    ("steps", "first", "before"),
    [
        ("lesson quiz", "lesson-1", None),
        ("[quiz] lesson", "lesson-2", "quiz-1"),
        ("[quiz] [lesson]", "quiz-1", None),
    ],
)
def test_who_paid_begins_with_what_the_course_asks_for(
    app: Flask, steps: str, first: str, before: str | None
) -> None:
    order = make_order(make_user(), make_course(modules=(steps,), price_minor=4900), "paid")

    page = order_page(db.session.get_one(Order, order.id), "UTC")

    assert page.first is not None
    assert page.first.slug == first
    assert (page.before and page.before.slug) == before


def test_the_order_s_own_page_is_a_receipt_that_names_seller_and_buyer(
    app: Flask, client: FlaskClient
) -> None:
    buyer = make_user("ada@example.org", "Ada Learner")
    order = make_order(buyer, make_course(title="First course", price_minor=4900), "paid")
    page = sign_in(client, buyer).get(f"/orders/{order.number}").text

    assert "This order is paid." in page
    assert "Welcome in" not in page
    assert "<dt>Sold by</dt>" in page
    assert "Ada Learner, ada@example.org" in page


def test_what_went_back_in_part_is_told_as_that_and_has_a_row(app: Flask, client: FlaskClient) -> None:
    buyer = make_user()
    order = make_order(buyer, make_course(price_minor=4900), "partly_refunded", refunded_minor=1050)

    page = sign_in(client, buyer).get(order.url).text

    assert "Part of this order was refunded." in page
    assert "10.50 USD of it went back to you." in page
    assert '<dt>Refunded</dt><dd class="num">10.50 USD</dd>' in page
    assert "This order is paid." not in page


def test_an_order_that_was_not_paid_is_no_receipt(app: Flask, client: FlaskClient) -> None:
    buyer = make_user()
    order = make_order(buyer, make_course(price_minor=4900), "expired")
    page = sign_in(client, buyer).get(f"/orders/{order.number}").text

    assert "This order was closed unpaid." in page
    assert "receipt" not in page.partition("<main")[2].partition('class="card receipt"')[0]
    assert "<dt>Sold by</dt>" not in page


def test_who_pays_by_transfer_reads_what_to_send(app: Flask, client: FlaskClient) -> None:
    clinic = {"company": "Clinic am See", "order_reference": "PO 7", "kind": "seats", "subject": "seats:1"}
    order = make("processing", by_transfer=True, **clinic)
    sign_in(client, db.session.get_one(Order, order.id).buyer)

    page, listed = client.get(order.url).text, client.get("/account/orders").text

    for said in ("Please transfer 49.00 USD", "Clinic am See", "PO 7"):
        assert said in page
    for shown in (page, listed):
        assert "Waiting for your transfer" in shown
        assert "Money on its way" not in shown
