"""What Stripe says now of an order: asked when an admin asks, compared, and taken over."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.audit import AuditEntry
from core.database import db
from core.errors import Unavailable
from core.money import Money
from enrollment.services import is_enrolled
from payments.values import SessionStatus, StripeRefused, StripeSilent
from tests.admin.orders import Answers, part, session, state
from tests.factories import make_order, post


def test_stripe_is_not_asked_unless_somebody_asks(
    client: FlaskClient, admin: Any, course: Any, ada: Any, stripe: Answers
) -> None:
    make_order(ada, course, number="ONE")

    assert "Stripe is asked when you press a button" in client.get("/admin/orders/ONE").text


def test_stripe_agrees(client: FlaskClient, admin: Any, course: Any, ada: Any, stripe: Answers) -> None:
    order = make_order(ada, course, number="ONE")
    stripe(session(order))

    says = part(client.get("/admin/orders/ONE?stripe=now").text, "stripe")

    assert "The order and Stripe say the same." in says
    assert "Finished by the buyer" in says
    assert "489.00 USD" in says
    assert "pi_of_ONE" in says
    assert state("ONE") == "paid"


@pytest.mark.parametrize("ours", ["duplicate", "review"])
def test_stripe_agrees_with_what_only_the_school_knows(
    client: FlaskClient, admin: Any, course: Any, ada: Any, stripe: Answers, ours: str
) -> None:
    stripe(session(make_order(ada, course, ours, number="ONE")))

    assert "say the same" in part(client.get("/admin/orders/ONE?stripe=now").text, "stripe")


@pytest.mark.parametrize(
    ("ours", "told", "words"),
    [
        ("pending", {}, "Stripe has moved on: there this order is “Paid”."),
        ("paid", {"refunded": 48900}, "Stripe has moved on: there this order is “Refunded”."),
        ("partly_refunded", {"refunded": 20000}, "Stripe has moved on: there this order is “Partly refunded”."),
        ("paid", {"status": SessionStatus.EXPIRED, "is_paid": False, "payment": None},
         "To Stripe this order is “Closed unpaid”, and from “Paid” it cannot turn into that."),
        ("paid", {"total": Money(100, "USD")}, "To Stripe this order is “Needs a look”"),
        ("refunded", {}, "To Stripe this order is “Paid”"),
    ],
)  # fmt: skip
def test_stripe_disagrees_and_the_page_says_what_to_do(
    client: FlaskClient, admin: Any, course: Any, ada: Any, stripe: Answers, ours: str, told: Any, words: str
) -> None:
    gone = {"refunded": 48900, "partly_refunded": 10000}.get(ours, 0)
    order = make_order(ada, course, ours, number="ONE", refunded_minor=gone)
    stripe(session(order, **told))

    assert words in part(client.get("/admin/orders/ONE?stripe=now").text, "stripe")
    assert state("ONE") == ours


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (StripeSilent("You were not charged."), "Stripe does not answer at the moment."),
        (StripeRefused("There is no such session.", "resource_missing"), "There is no such session."),
        (Unavailable("Payments are not set up."), "Payments are not set up."),
    ],
)
def test_stripe_silent_or_refusing_is_said_and_the_page_stands(
    client: FlaskClient, admin: Any, course: Any, ada: Any, stripe: Answers, answer: Exception, words: str
) -> None:
    make_order(ada, course, number="ONE")
    stripe(answer)

    page = client.get("/admin/orders/ONE?stripe=now")

    assert page.status_code == 200
    assert words in part(page.text, "stripe")
    read = post(client, "/admin/orders/ONE/read")
    assert words in client.get(read.location).text


def test_an_order_without_a_checkout_is_unknown_to_stripe(
    client: FlaskClient, admin: Any, course: Any, ada: Any, stripe: Answers
) -> None:
    make_order(ada, course, "pending", number="ONE", session_id=None)

    assert "Stripe has never heard of this order" in client.get("/admin/orders/ONE?stripe=now").text
    read = post(client, "/admin/orders/ONE/read")
    assert "Stripe has never heard of this order" in client.get(read.location).text


def test_reading_again_makes_the_order_what_stripe_says(
    client: FlaskClient, admin: Any, course: Any, ada: Any, stripe: Answers
) -> None:
    stripe(session(make_order(ada, course, "pending", number="ONE")))

    answer = post(client, "/admin/orders/ONE/read")

    page = client.get(answer.location).text
    assert "The order was “Not paid yet” and is “Paid” now." in page
    assert "Read again from Stripe by an admin" in part(page, "history")
    assert "Receipt: First course" in part(page, "mails").replace("Test receipt", "Receipt")
    assert ">Open</dd>" in part(page, "became")
    assert is_enrolled(ada.id, course.id)
    entry = db.session.scalar(select(AuditEntry).filter_by(action="order.read"))
    assert entry
    assert (entry.actor_id, entry.detail) == (admin.id, {"state": ["pending", "paid"]})


def test_reading_again_says_when_nothing_changed(
    client: FlaskClient, admin: Any, course: Any, ada: Any, stripe: Answers
) -> None:
    stripe(session(make_order(ada, course, number="ONE")))

    answer = post(client, "/admin/orders/ONE/read")

    assert "nothing changed: the order is “Paid”." in client.get(answer.location).text


def test_without_payments_nobody_is_led_to_ask(
    app: Flask, client: FlaskClient, admin: Any, course: Any
) -> None:
    make_order(None, course, number="ONE")
    app.config["STRATUM"] = replace(app.config["STRATUM"], stripe_secret_key=None)

    order, runs = (client.get(path).text for path in ("/admin/orders/ONE", "/admin/reconcile"))

    assert "Payments are not set up, so Stripe cannot be asked." in order
    assert "Ask Stripe</button>" not in order
    assert "Reconcile now</button>" not in runs
