"""Which mails are about money: each kind is sorted once, and support reads the texts of the others alone."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from admin.mail_kinds import OF_MONEY, OTHERS, may_read
from core.database import db, transaction
from core.mail import queue
from core.outbox import OutboxMail
from tests.factories import make_user, sign_in

TEMPLATES = Path(__file__).parents[2] / "templates/email"
KINDS = {path.stem for path in TEMPLATES.glob("*.txt") if not path.name.startswith("_")}
AMOUNTS = ("{{ amount", "{{ part", "{{ payment }}", "{{ payment ", "{{ subtotal", "{{ net", "{{ tax")


def test_each_kind_of_mail_is_sorted_once() -> None:
    assert OF_MONEY | OTHERS == KINDS
    assert not OF_MONEY & OTHERS


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_amounts_stand_in_texts_about_money_alone_and_in_no_subject(kind: str) -> None:
    subject, _, text = (TEMPLATES / f"{kind}.txt").read_text(encoding="utf-8").partition("\n")

    assert not any(amount in subject for amount in AMOUNTS)
    assert kind in OF_MONEY or not any(amount in text for amount in AMOUNTS)


@pytest.mark.parametrize(
    ("kind", "sees_money", "reads"),
    [
        ("receipt", True, True), ("receipt", False, False), ("sign_in_link", False, True),
        ("made_tomorrow", False, False), ("made_tomorrow", True, True),
    ],
)  # fmt: skip
def test_a_text_about_money_is_for_who_sees_money(kind: str, sees_money: bool, reads: bool) -> None:
    assert may_read(kind, sees_money) is reads


@pytest.mark.parametrize(("role", "reads"), [("support", False), ("admin", True)])
def test_support_sees_that_a_mail_about_money_went(client: FlaskClient, role: str, reads: bool) -> None:
    words = {"course": "First course", "amount": "49.00 USD", "number": "ONE", "path": "/orders/ONE"}
    with transaction():
        number = queue("paid_twice", "ada@example.org", words)
    subject = db.session.get_one(OutboxMail, number).subject
    sign_in(client, make_user("", "Sue", role))

    page = client.get(f"/admin/mail/{number}").text

    assert subject in page
    assert ("49.00 USD" in page) is reads
    assert ("It is about money" in page) is not reads
