"""Money that moved, as the admin finds it, and the lists of money as files."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.audit import AuditEntry
from core.clock import now
from core.database import db, transaction
from payments.values import RefundState
from shop.ledger.rules import EntryKind
from shop.ledger.services import book
from shop.models import Order
from shop.refunds.models import RefundRow
from tests.factories import make_dispute, make_order, make_user

CAME, WENT = ("489.00 USD", "ch_ada"), ("-200.00 USD", "re_ada")
YEN = ("9,800 JPY", "ch_bo")
FOUND = {
    "": [YEN, WENT, CAME],
    "?sort=at": [CAME, WENT, YEN],
    "?kind=payment": [YEN, CAME],
    "?kind=refund": [WENT],
    "?kind=dispute": [],
    "?kind=wrong": [YEN, WENT, CAME],
    "?q=ONE": [WENT, CAME],
    "?q=ada&kind=payment": [CAME],
    "?q=ch_bo": [YEN],
    "?q=re_ada": [WENT],
    "?q=re_": [],
}


@pytest.fixture
def moved(course: Any) -> None:
    """Ada paid and got a part back, Bo paid in yen."""
    ada, bo = make_user("ada@example.org", "Ada Holm"), make_user("bo@example.org", "Bo Lind")
    for person, number, money in (
        (ada, "ONE", [(EntryKind.PAYMENT, "ch_ada", 48_900, "USD"), (EntryKind.REFUND, "re_ada", -20_000, "USD")]),
        (bo, "TWO", [(EntryKind.PAYMENT, "ch_bo", 9_800, "JPY")]),
    ):  # fmt: skip
        order_id = make_order(person, course, "pending", number=number).id
        with transaction() as session:
            for each in money:
                book(session.get_one(Order, order_id), *each)


def listed(page: str) -> list[tuple[str, str]]:
    """The amount and Stripe's id of each row."""
    rows = re.findall(r"<td><code>(\w+)</code></td><td class=\"r num\">(.*?)</td></tr>", page)
    return [(amount, source) for source, amount in rows]


def test_payments_are_found_by_order_person_kind_and_stripes_id(
    client: FlaskClient, admin: Any, moved: None
) -> None:
    assert {asked: listed(client.get(f"/admin/payments{asked}").text) for asked in FOUND} == FOUND


def test_the_file_of_payments_holds_all_that_were_asked_for(
    client: FlaskClient, admin: Any, moved: None
) -> None:
    head, *lines = client.get("/admin/payments.csv?q=holm").text.splitlines()

    assert head == "When (UTC),Order,Address,What,Amount,Currency,Mode,Stripe's id"
    assert [line.split(",", 1)[1] for line in lines] == [
        "ONE,ada@example.org,Refund,-200.00,USD,test,re_ada",
        "ONE,ada@example.org,Payment,489.00,USD,test,ch_ada",
    ]


def test_refunds_and_disputes_are_taken_as_files_too(client: FlaskClient, admin: Any, course: Any) -> None:
    order = make_order(make_user("ada@example.org"), course, number="ONE")
    make_dispute(order, stripe_id="du_ada")
    with transaction() as session:
        session.add(
            RefundRow(
                order_id=order.id, amount_minor=20_000, currency="USD", state=RefundState.SUCCEEDED,
                stripe_id="re_ada", reason="duplicate", note="=1+1", created_at=now(),
            )
        )  # fmt: skip

    refunds = client.get("/admin/refunds.csv?state=succeeded").text.splitlines()
    disputes = client.get("/admin/disputes/file.csv").text.splitlines()

    assert refunds[1].split(",", 1)[1] == (
        "ONE,ada@example.org,Went back,Paid twice,'=1+1,200.00,USD,test,,re_ada"
    )
    assert disputes[1].split(",")[1:4] == ["ONE", "ada@example.org", "Answer it"]
    assert client.get("/admin/refunds.csv?state=failed").text.count("\n") == 1
    taken = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.endswith(".export"))).all()
    assert sorted(taken) == ["dispute.export", "refund.export", "refund.export"]
