"""What the tests of buying say in one word: a buyer, a checkout, what the order says now."""

from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core.database import db, transaction
from core.outbox import OutboxMail
from courses.models import Course
from enrollment.models import Enrollment, EnrollmentState
from shop import checkout
from shop.models import LegalText, Order, OrderChange
from shop.offers import of_course
from shop.orders import Buyer
from shop.rules import OrderState
from tests import factories
from tests.stripe import Sandbox


def publish_terms(version: str = "2026-11-21") -> None:
    """The two texts without which nothing is sold."""
    with transaction() as session:
        for page in ("terms", "refunds"):
            text = LegalText(page=page, version=version, title=page.title(), summary="", html="<p>Fair.</p>")
            session.add(text)


def close(order: Order) -> None:
    """As if it had been closed for a newer one while its session was made."""
    order.state = OrderState.EXPIRED
    for line in order.lines:
        line.open_for = None


class Shop:
    """The app, the sandbox beside it, and a course on sale."""

    def __init__(self, app: Flask, sandbox: Sandbox) -> None:
        self.app, self.sandbox = app, sandbox
        self.course = factories.make_course(modules=("lesson quiz",), price_minor=4900)

    def buyer(self, **columns: Any) -> Any:
        return factories.make_user(**columns)

    def browser(self, buyer: Any) -> FlaskClient:
        """The buyer's browser, signed in."""
        client = self.app.test_client()
        factories.sign_in(client, buyer)
        return client

    def press_enroll(self, client: FlaskClient) -> TestResponse:
        return factories.post(client, f"/courses/{self.course.slug}/enroll")

    def begin(self, buyer: Any, course: Any = None) -> str:
        """The buyer is at Stripe's checkout: the id of the session."""
        db.session.rollback()
        sold = db.session.get_one(Course, (course or self.course).id)
        url = checkout.begin(Buyer(buyer.id, buyer.email), partial(of_course, sold))
        db.session.rollback()
        return urlsplit(url).path.rsplit("/", 1)[-1]

    def set_price(self, minor: int) -> None:
        with transaction() as session:
            session.get_one(Course, self.course.id).price_minor = minor

    def orders(self, buyer: Any) -> list[Order]:
        """The buyer's orders, oldest first, as they are now."""
        db.session.rollback()
        return list(db.session.scalars(select(Order).filter_by(user_id=buyer.id).order_by(Order.id)))

    def order(self, buyer: Any) -> Order:
        """The buyer's only order."""
        (found,) = self.orders(buyer)
        return found

    def states(self, buyer: Any) -> list[str]:
        return [str(order.state) for order in self.orders(buyer)]

    def is_in(self, buyer: Any, course: Any = None) -> bool:
        db.session.rollback()
        found = select(Enrollment).filter_by(user_id=buyer.id, course_id=(course or self.course).id)
        row = db.session.scalar(found)
        return row is not None and row.state == EnrollmentState.ACTIVE

    def mails(self, buyer: Any) -> list[str]:
        """The kinds of the mails to the buyer, oldest first."""
        db.session.rollback()
        query = select(OutboxMail.kind).filter_by(to_address=buyer.email).order_by(OutboxMail.id)
        return list(db.session.scalars(query))

    def changes(self, order: Order) -> list[tuple[str | None, str]]:
        query = select(OrderChange.before, OrderChange.after).filter_by(order_id=order.id)
        return [(before, after) for before, after in db.session.execute(query.order_by(OrderChange.id))]

    def count(self, model: Any) -> int:
        db.session.rollback()
        return db.session.scalar(select(func.count()).select_from(model)) or 0

    def refunds(self) -> list[dict[str, Any]]:
        """The refunds that Stripe was asked for."""
        return self.sandbox.requests("POST", "/v1/refunds")
