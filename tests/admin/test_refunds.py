"""Refunds in the admin: the form with what follows, the lists, and the answer to a request."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from admin.order_access import OrderAccess
from admin.refund_words import consequences
from core.config import Config
from core.database import transaction
from core.money import Money
from enrollment.rules import EndReason, GrantKind
from enrollment.services import end_grants
from enrollment.services import enroll as let_in
from shop.refunds import sending
from shop.refunds.models import RefundRequest, RefundRow
from shop.refunds.rules import RequestState
from shop.refunds.services import Wish
from shop.rules import OrderState
from teams.rules import Use
from tests.admin.orders import part, shown
from tests.conftest import NOON, Clock, make_config
from tests.factories import enroll, make_dispute, make_order, make_user, post
from tests.stripe import KEY, SECRET
from tests.teams.clinic import Clinic


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """A school that takes test money; nobody asks Stripe here."""
    return make_config(
        tmp_path, DATABASE_URL=database_url, STRIPE_SECRET_KEY=KEY, STRIPE_WEBHOOK_SECRET=SECRET
    )


HALF = {"how": "part", "amount": "200.00", "reason": "requested_by_customer", "note": "Kind"}


def answer_of_stripe(monkeypatch: Any, state: str, failure: str = "") -> list[Any]:
    """Let Stripe answer each refund so; the refunds that it was asked for."""
    sent: list[Any] = []

    def send(refund_id: int, cause: str) -> None:
        sent.append(refund_id)
        with transaction() as session:
            row = session.get_one(RefundRow, refund_id)
            row.state, row.failure, row.stripe_id = state, failure, f"re_{refund_id}"

    monkeypatch.setattr(sending, "send", send)
    return sent


def test_a_refund_is_shown_before_it_is_made(
    client: FlaskClient, admin: Any, course: Any, ada: Any, monkeypatch: Any
) -> None:
    sent = answer_of_stripe(monkeypatch, "succeeded")
    make_order(ada, course, number="ONE")
    path = "/admin/orders/ONE/refund"
    assert "All of it, 489.00 USD" in client.get(path).text

    preview = post(client, path, HALF).text
    assert "Give 200.00 USD back to ada@example.org?" in preview
    assert "The buyer keeps access and certificate." in preview
    assert sent == []
    made = post(client, path, {**HALF, "confirmed": "1"})

    assert (made.status_code, made.location) == (303, "/admin/orders/ONE")
    assert len(sent) == 1
    page = client.get("/admin/orders/ONE").text
    assert "200.00 USD went back." in page
    assert "Kind" in part(page, "refunds")
    assert shown(client.get("/admin/refunds?state=succeeded").text, ("ONE",)) == ["ONE"]
    assert shown(client.get("/admin/refunds?state=failed").text, ("ONE",)) == []


def test_what_was_typed_stands_in_the_form_that_changes_it(
    client: FlaskClient, admin: Any, course: Any, ada: Any, monkeypatch: Any
) -> None:
    sent = answer_of_stripe(monkeypatch, "succeeded")
    make_order(ada, course, number="ONE")

    page = post(client, "/admin/orders/ONE/refund", {**HALF, "ends_access": "y", "change": "1"})

    assert page.status_code == 200
    for typed in ('value="200.00"', 'value="Kind"', 'checked id="how-1"', 'checked id="ends_access"'):
        assert typed in page.text
    assert sent == []


def test_the_orders_own_access_is_told_apart_from_what_else_lets_its_buyer_in(
    client: FlaskClient, admin: Any, course: Any, ada: Any, clock: Clock
) -> None:
    clock(NOON)
    order = make_order(ada, course, number="ONE")
    with transaction():
        let_in(ada.id, course.id, GrantKind.ORDER, source=order.source, order_id=order.id)
    enroll(ada, course, "admin")
    open_page = client.get("/admin/orders/ONE").text
    preview = post(client, "/admin/orders/ONE/refund", {**HALF, "how": "all"}).text
    with transaction():
        end_grants(order.source, EndReason.CANCELLED)
    page = " ".join(client.get("/admin/orders/ONE").text.split())
    after = post(client, "/admin/orders/ONE/refund", {**HALF, "how": "all"}).text

    assert "<dt>Access by it</dt><dd>Open<" in open_page
    assert "<dt>Access by it</dt><dd>Ended: the plan ended<" in page
    assert f'/access?course={course.slug}">enrolled by hand, since {NOON:%-d %B %Y}</a>' in page
    assert "Access by this order ends. Progress is kept." in preview
    assert "which stays open: enrolled by hand, since" in preview
    assert "are withdrawn" not in preview
    assert "Access by this order has ended already." in after


@pytest.mark.parametrize(
    ("state", "wish", "is_told"),
    [
        ("paid", HALF, True),
        ("paid", {**HALF, "how": "all"}, True),
        ("review", HALF, False),
        ("review", {**HALF, "how": "all"}, True),
        ("duplicate", {**HALF, "how": "all"}, False),
    ],
)
def test_it_is_said_where_the_buyer_gets_a_mail(state: str, wish: dict[str, str], is_told: bool) -> None:
    amount = Money(48900 if wish["how"] == "all" else 20000, "USD")
    said = consequences(OrderState(state), Wish(amount), Money(48900, "USD"), Use(), OrderAccess((), ()))

    assert ("The buyer is told by mail once the money has gone." in list(said)) == is_told


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"how": "all"}, "People who lose access with their seat, and are told by mail: 1."),
        ({"how": "part", "amount": "49.00", "ends_access": "y"}, "People who lose access with their seat"),
        ({"how": "part", "amount": "49.00"}, "People who keep their seat: 1."),
    ],
)
def test_who_refunds_seats_reads_how_they_are_used(
    app: Flask, client: FlaskClient, admin: Any, wish: dict[str, str], said: str
) -> None:
    clinic = Clinic(app, 4)
    clinic.seat_somebody()
    clinic.invite("bo@example.org")

    preview = post(client, f"/admin/orders/{clinic.orders[0].number}/refund", {**HALF, **wish}).text

    assert said in preview
    assert "Seats that nobody has taken: 3 of 4." in preview


def test_free_seats_are_refunded_at_their_price_and_no_others(
    app: Flask, client: FlaskClient, admin: Any, monkeypatch: Any
) -> None:
    answer_of_stripe(monkeypatch, "pending")
    clinic = Clinic(app, 4)
    clinic.seat_somebody()
    clinic.invite("bo@example.org")
    path, wish = f"/admin/orders/{clinic.orders[0].number}/refund", {**HALF, "how": "seats"}

    refused = [post(client, path, {**wish, "seats": many}) for many in ("", "some", "0", "3")]
    ending = post(client, path, {**wish, "seats": "2", "ends_access": "y"})
    preview = post(client, path, {**wish, "seats": "2"}).text
    post(client, path, {**wish, "seats": "2", "confirmed": "1"})

    assert [(each.status_code, "Write a number from 1 to 2" in each.text) for each in refused] == [
        (422, True)
    ] * 4
    assert (ending.status_code, "Clear this box" in ending.text) == (422, True)
    assert "Give 98.00 USD back" in preview
    assert "Seats that leave the team: 2. Seats that stay: 2." in preview
    assert 'name="seats" value="2"' in preview
    assert [seat.is_ended for seat in clinic.seats()] == [False, False, True, True]
    assert 'value="seats"' not in client.get(path).text  # None is free any more.


def test_too_much_or_no_amount_is_said_at_its_field(
    client: FlaskClient, admin: Any, course: Any, ada: Any
) -> None:
    make_order(ada, course, number="ONE")

    for amount, words in (("489.01", "which is what is left"), ("much", "is not an amount")):
        answer = post(client, "/admin/orders/ONE/refund", {**HALF, "amount": amount})
        assert answer.status_code == 422
        assert words in answer.text


def test_of_a_disputed_order_nothing_is_offered_to_go_back(
    client: FlaskClient, admin: Any, course: Any, ada: Any
) -> None:
    make_dispute(make_order(ada, course, number="ONE"))

    form = client.get("/admin/orders/ONE/refund").text
    confirmed = post(client, "/admin/orders/ONE/refund", {**HALF, "confirmed": "1"}).text

    for page in (form, confirmed):
        assert "a refund would pay twice" in page
        assert "can go back" not in page


def test_what_stripe_refused_is_said(
    client: FlaskClient, admin: Any, course: Any, ada: Any, monkeypatch: Any
) -> None:
    answer_of_stripe(monkeypatch, "failed", "A refund would pay twice.")
    make_order(ada, course, number="ONE")

    post(client, "/admin/orders/ONE/refund", {"how": "all", "reason": "duplicate", "confirmed": "1"})

    page = client.get("/admin/orders/ONE").text
    assert "489.00 USD did not go back. A refund would pay twice." in page


def test_a_request_is_answered_in_one_click(
    client: FlaskClient, admin: Any, course: Any, ada: Any, monkeypatch: Any
) -> None:
    sent = answer_of_stripe(monkeypatch, "succeeded")
    orders = [make_order(each, course, number=n) for each, n in ((ada, "ONE"), (make_user(), "TWO"))]
    with transaction() as session:
        for order in orders:
            session.add(
                RefundRequest(
                    order_id=order.id, state=RequestState.OPEN, text="Ill.", progress=5, asked_at=NOON
                )
            )
    assert "<b>2 learners ask</b> for a refund" in client.get("/admin").text

    approved = post(client, "/admin/refund-requests/1/approve")
    declined = post(client, "/admin/refund-requests/2/decline", {"sentence": "Not this time."})

    assert (approved.status_code, declined.status_code, len(sent)) == (303, 303, 1)
    assert post(client, "/admin/refund-requests/2/approve").status_code == 409
    page = client.get("/admin/refund-requests").text
    assert "Not this time." in page
    assert "Approve" not in page.partition("run-l")[2].replace("Approved", "")
    assert "for a refund" not in client.get("/admin").text
