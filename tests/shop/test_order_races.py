"""Many at once, in real threads and transactions: one enrollment, one mail, one open order, one session."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from core.database import db, transaction
from core.outbox import OutboxMail
from courses.models import Course
from enrollment.models import Enrollment
from payments import gateway
from sandbox.deliveries import signature
from shop import checkout, reconcile
from shop.models import EventFate, Order, StripeEventRow
from shop.offers import of_course
from shop.orders import Buyer
from tests.crowd import at_once
from tests.shop.shop import Shop, close
from tests.stripe import SECRET, Sandbox


@pytest.fixture(autouse=True)
def _slots_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here the database is under test, not the bulkhead, which has tests of its own."""
    from threading import BoundedSemaphore

    monkeypatch.setattr(gateway, "_slots", BoundedSemaphore(40))


def paid(shop: Shop, sandbox: Sandbox, buyer: Any) -> str:
    session = shop.begin(buyer)
    sandbox.pay(session)
    return session


def is_settled(shop: Shop, buyer: Any, states: list[str]) -> None:
    assert shop.states(buyer) == states
    assert shop.count(Enrollment) == 1
    assert shop.is_in(buyer)
    assert shop.mails(buyer).count("receipt") == 1


def deliver(shop: Shop, sandbox: Sandbox, event: str) -> int:
    from core.clock import now

    body, _ = sandbox.webhook(event)
    headers = {"Stripe-Signature": signature(body, (SECRET,), int(now().timestamp()))}
    return shop.app.test_client().post("/webhooks/stripe", data=body, headers=headers).status_code


def test_twenty_fulfill_one_session(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = paid(shop, sandbox, buyer)

    answers = at_once(shop.app, 20, lambda _: checkout.fulfill(session, "return") is not None)

    assert answers == [True] * 20
    is_settled(shop, buyer, ["paid"])
    assert shop.changes(shop.order(buyer)) == [(None, "pending"), ("pending", "paid")]


def test_five_deliver_one_event(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    paid(shop, sandbox, buyer)
    (event,) = sandbox.events("checkout.session.completed")

    answers = at_once(shop.app, 5, lambda _: deliver(shop, sandbox, event["id"]))

    assert answers == [200] * 5
    is_settled(shop, buyer, ["paid"])
    db.session.rollback()
    row = db.session.get_one(StripeEventRow, event["id"])
    assert (row.fate, row.deliveries) == (EventFate.APPLIED, 5)


def test_webhook_return_page_and_reconciler_at_once(
    shop: Shop, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "RIPE", -reconcile.RIPE)
    buyer = shop.buyer()
    session = paid(shop, sandbox, buyer)
    events = [each["id"] for each in sandbox.events()]
    browser = shop.browser(buyer)
    deeds = [
        *[lambda event=event: deliver(shop, sandbox, event) for event in events],
        lambda: browser.get(f"/checkout/return?session_id={session}").status_code,
        lambda: 200 if not reconcile.reconcile("job").trouble else 500,
        lambda: 200 if not reconcile.reconcile("command").trouble else 500,
    ]

    answers = at_once(shop.app, len(deeds), lambda i: deeds[i]())

    assert answers == [200] * len(deeds)
    is_settled(shop, buyer, ["paid"])


def test_two_orders_of_one_person_paid_at_once(shop: Shop, sandbox: Sandbox) -> None:
    """However the two meet, one lets in and the other is given back."""
    buyer = shop.buyer()
    sessions = [shop.begin(buyer)]
    with transaction() as database:  # as if it had been closed for a newer one while its session was made
        close(database.scalars(select(Order).filter_by(session_id=sessions[0])).one())
    sessions.append(shop.begin(buyer))
    for session in sessions:
        sandbox.pay(session)

    answers = at_once(shop.app, 8, lambda i: checkout.fulfill(sessions[i % 2], "return") is not None)

    assert answers == [True] * 8
    assert sorted(shop.states(buyer)) == ["paid", "refunded"]
    assert len(sandbox.account.store.all("refund")) == 1
    assert sorted(shop.mails(buyer)) == ["paid_twice", "receipt"]
    assert shop.count(Enrollment) == 1


def test_eight_presses_at_once_make_one_order_and_one_session(shop: Shop, sandbox: Sandbox) -> None:
    """Who comes while Stripe is making the session is asked to try again, and finds it."""
    buyer, course_id = shop.buyer(), shop.course.id
    customer = Buyer(buyer.id, buyer.email)

    def press(_: int) -> str:
        return checkout.begin(customer, partial(of_course, db.session.get_one(Course, course_id)))

    answers = at_once(shop.app, 8, press)

    urls = {each for each in answers if isinstance(each, str)}
    assert all(isinstance(each, str | gateway.StripeSilent) for each in answers), answers
    assert len(urls) == 1
    assert shop.states(buyer) == ["pending"]
    assert shop.order(buyer).attempt == 1
    (session,) = sandbox.account.store.all("checkout.session")

    sandbox.pay(session["id"])
    sandbox.deliver()
    is_settled(shop, buyer, ["paid"])
    assert shop.count(OutboxMail) == 1


def test_a_refund_and_its_payment_heard_of_at_once_end_as_refunded(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    sandbox.refund(paid(shop, sandbox, buyer))
    events = [each["id"] for each in sandbox.events()]

    answers = at_once(shop.app, len(events), lambda i: deliver(shop, sandbox, events[i]))

    assert answers == [200] * len(events)
    assert shop.states(buyer) == ["refunded"]
    assert not shop.is_in(buyer)
