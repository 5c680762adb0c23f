"""Guests at once, in real threads and transactions: one order, one account."""

from functools import partial
from threading import BoundedSemaphore
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from accounts.models import User
from core.database import db, transaction
from core.errors import Conflict, Unavailable
from courses.models import Course
from enrollment.models import Enrollment
from payments import gateway
from shop import checkout
from shop.models import Order
from shop.offers import of_course
from shop.orders import Buyer
from shop.rules import OrderState
from tests.crowd import at_once
from tests.shop.shop import Shop
from tests.stripe import Sandbox

GUEST = "guest@example.com"


@pytest.fixture(autouse=True)
def _slots_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here the database is under test, not the bulkhead, which has tests of its own."""
    monkeypatch.setattr(gateway, "_slots", BoundedSemaphore(40))


def begin(course_id: int, browser: str) -> str:
    sold = db.session.get_one(Course, course_id)
    return checkout.begin(Buyer(None, GUEST, browser), partial(of_course, sold))


def states() -> list[str]:
    db.session.rollback()
    return sorted(str(state) for state in db.session.scalars(select(Order.state)))


def test_presses_at_once_make_one_order(shop: Shop) -> None:
    course_id = shop.course.id

    answers = at_once(shop.app, 6, lambda _: begin(course_id, "one"))

    assert all(isinstance(each, str | gateway.StripeSilent | Conflict) for each in answers), answers
    assert len({each for each in answers if isinstance(each, str)}) == 1
    assert states() == ["pending"]


def test_two_orders_of_an_address_paid_at_once_make_one_account(shop: Shop, sandbox: Sandbox) -> None:
    """Who comes while the other makes the account is asked to come again, and finds it."""
    sessions = []
    for browser in ("one", "two"):
        sessions.append(urlsplit(begin(shop.course.id, browser)).path.rsplit("/", 1)[-1])
        with transaction() as database:  # as if it had been closed for a newer one while its session was made
            for order in database.scalars(select(Order)):
                order.state = OrderState.EXPIRED
    for session in sessions:
        sandbox.pay(session)

    answers = at_once(shop.app, 8, lambda i: checkout.fulfill(sessions[i % 2], "return") is not None)
    for session in sessions:
        checkout.fulfill(session, "reconcile")

    assert all(each is True or isinstance(each, Unavailable) for each in answers), answers
    assert states() == ["paid", "refunded"]
    refunds = sandbox.account.store.all("refund")
    assert (shop.count(User), shop.count(Enrollment), len(refunds)) == (1, 1, 1)
