"""Before access is revoked the page says what goes on: payments, a seat, an order's money."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.database import transaction
from enrollment.rules import GrantKind
from enrollment.services import enroll
from shop.plans.models import PlanTerm
from shop.plans.rules import TermState
from tests.conftest import NOON
from tests.factories import make_order, make_user, sign_in

PLAN = {"rhythm": "month", "instalments": 3, "amount_minor": 1900}


def let_in(person: Any, course: Any, kind: GrantKind, **columns: Any) -> tuple[int, str]:
    """Somebody is in by an order: the enrollment's id and the order's number."""
    order = make_order(person, course, **columns)
    with transaction() as session:
        if columns:
            session.add(PlanTerm(order_id=order.id, state=TermState.ACTIVE, begun_at=NOON))
        enrolled = enroll(person.id, course.id, kind, source=f"order:{order.number}", order_id=order.id).id
    return enrolled, order.number


def said(client: FlaskClient, address: str) -> str:
    return " ".join(re.sub("<.*?>", "", client.get(address).text).split())


@pytest.mark.parametrize(
    ("kind", "columns", "text"),
    [
        (GrantKind.ORDER, {}, "No money goes back by it."),
        (GrantKind.SEAT, {}, "The seat stays theirs"),
        (GrantKind.PLAN, PLAN, "Payments go on being taken: 19.00 USD each month, 3 times in all."),
    ],
)
def test_both_pages_say_what_goes_on(
    client: FlaskClient, admin: Any, course: Any, ada: Any, kind: GrantKind, columns: Any, text: str
) -> None:
    enrolled, number = let_in(ada, course, kind, **columns)

    for address in (f"/admin/enrollments/{enrolled}/revoke", f"/admin/enrollments/selected?id={enrolled}"):
        page = said(client, address)
        assert text in page
        assert f"Order {number}." in page


def test_who_sees_no_money_reads_that_it_goes_on_and_not_how_much(
    client: FlaskClient, course: Any, ada: Any
) -> None:
    enrolled, number = let_in(ada, course, GrantKind.PLAN, **PLAN)
    sign_in(client, make_user("", "Ida", "support"))

    page = said(client, f"/admin/enrollments/{enrolled}/revoke")

    assert "Payments go on being taken. Somebody who looks after the money can end the plan." in page
    assert number not in page
