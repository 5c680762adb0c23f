"""The demo's invented payments and its sandbox: refunded and compared like any that was made there."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from flask import Flask

from core.config import Config
from core.database import db, transaction
from courses.models import Course
from demo import payments, sales
from demo.payments import tell_sandbox
from shop.ledger import reports
from shop.models import Order
from shop.offers import of_course
from shop.orders import Buyer
from shop.refunds import sending
from shop.refunds.services import Wish
from tests import factories
from tests.conftest import NOON, Clock, make_config
from tests.shop.shop import publish_terms
from tests.stripe import KEY, SECRET, Sandbox, sandbox_running


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with sandbox_running() as running:
        yield running


@pytest.fixture
def config(database_url: str, tmp_path: Path, sandbox: Sandbox) -> Config:
    stripe = {"STRIPE_SECRET_KEY": KEY, "STRIPE_WEBHOOK_SECRET": SECRET, "STRIPE_API_BASE": sandbox.api_base}
    return make_config(tmp_path, DATABASE_URL=database_url, **stripe)


@pytest.fixture
def order(app: Flask, clock: Clock) -> Any:
    """What somebody bought in the demo, a month ago."""
    publish_terms()
    course, buyer = factories.make_course(price_minor=4900), factories.make_user()
    clock(NOON - timedelta(days=30))
    with transaction() as session:
        sales.buy(Buyer(buyer.id, buyer.email), of_course(session.get_one(Course, course.id)))
    clock(NOON)
    return db.session.query(Order).one()


def test_a_payment_of_the_demo_goes_back_and_differs_in_nothing(
    order: Order, sandbox: Sandbox, clock: Clock
) -> None:
    admin, number, amount = factories.make_user("", "Ida", "admin"), order.number, order.amount

    told, again = tell_sandbox(), tell_sandbox()
    report = reports.make((NOON - timedelta(days=30)).date(), "command")
    sending.give_back(number, Wish(amount), admin.id)

    assert (told, again, sandbox.events()[:-2]) == (1, 0, [])
    assert (report.compared, report.differences) == (1, [])
    assert db.session.query(Order).one().state == "refunded"


def test_a_sandbox_that_does_not_run_is_told_nothing(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        payments,
        "current_config",
        Mock(return_value=Mock(stripe_api_base="http://127.0.0.1:9", stripe_secret_key="", host="demo")),
    )

    assert tell_sandbox() is None
