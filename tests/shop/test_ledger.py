"""Entries of the ledger, and the shares of them that an order's lines take."""

from typing import Any

import pytest
from flask import Flask

from core.database import db, transaction
from shop.models import Order, OrderLine
from tests.factories import make_course, make_entry, make_order


@pytest.fixture
def three(app: Flask) -> Any:
    """A bundle of three courses at one price, of which a cent cannot be shared."""
    first, *others = (make_course(slug) for slug in ("first", "second", "third"))
    order = make_order(None, first, "pending", amount_minor=34)
    with transaction() as session:
        for position, course in enumerate(others, 2):
            more = {"order_id": order.id, "position": position, "course_id": course.id}
            session.add(OrderLine(title=course.title, amount_minor=33, livemode=False, **more))
    return order


def shares(order: Any) -> list[tuple[int, int]]:
    db.session.rollback()
    return [(line.paid_minor, line.refunded_minor) for line in db.session.get_one(Order, order.id).lines]


def test_lines_take_shares_that_add_up_until_all_of_it_is_back(three: Any) -> None:
    make_entry(three, "payment", 100)
    assert shares(three) == [(34, 0), (33, 0), (33, 0)]

    make_entry(three, "refund", -50, source_id="re_1")
    assert sum(back for _, back in shares(three)) == 50
    make_entry(three, "refund", -50, source_id="re_2")
    assert shares(three) == [(34, 34), (33, 33), (33, 33)]
    make_entry(three, "refund_failed", 50, source_id="re_2")
    assert sum(back for _, back in shares(three)) == 50


def test_what_the_bank_takes_went_back_but_for_its_fee(three: Any) -> None:
    for kind, minor in (("payment", 100), ("dispute", -100), ("dispute_fee", -1500)):
        make_entry(three, kind, minor)

    assert shares(three) == [(34, 34), (33, 33), (33, 33)]
