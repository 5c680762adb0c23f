"""The mails of an order: each says what happened, what to do, and where the order is."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core import mail, reads
from core.database import db, transaction
from core.money import Money
from core.school import change_school
from shop.fulfilment import PaidSoFar
from shop.words import of_course
from tests.conftest import make_config

OF_MONEY = (
    "receipt", "receipt_gift", "payment_processing", "payment_failed", "paid_twice", "refunded", "partly_refunded",
    "refund_returned", "refund_answered", "payment_disputed", "dispute_settled", "charged_back",
)  # fmt: skip
BUYERS = (*OF_MONEY, "refund_asked", "guest_welcome")
TO_SCHOOL = (
    "order_review", "refund_failed", "refund_requested", "refund_withdrawn", "dispute_opened", "dispute_closed",
)  # fmt: skip
PLANS = (
    "plan_begun", "plan_payment_missing", "plan_paused", "plan_recovered", "plan_settled", "plan_ended",
    "plan_ends", "plan_goes_on",
)  # fmt: skip
HOLDERS = ("given_paused", "given_ended", "given_restored")
KINDS = (*BUYERS, *TO_SCHOOL, *PLANS)
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)
LEAST: dict[str, Any] = {
    "name": "", "course": "First course", "number": "ST-1", "amount": "489.00 USD", "paid_on": "",
    "path": "/orders/ST-1", "course_path": "/courses/first", "learn_path": "/learn/first",
    "terms_version": "", "promise_days": 0, "promise_progress": 0, "is_test": False,
    "receipt_url": "", "reason": "", "email": "ada@example.org", "amount_ordered": "489.00 USD",
    "amount_paid": "48.90 USD", "admin_path": "/admin/orders/ST-1", "part": "10.00 USD", "ends_access": False,
    "is_in": False, "text": "Not for me.", "progress": 0, "why": "", "is_approved": False, "answer": "Too late.",
    "is_paused": False, "is_inquiry": False, "due": "", "due_day": "", "outcome": "",
    "title": "First course", "payment": "49.00 USD", "rhythm": "month", "instalments": "", "until": "",
    "was_paused": False, "tax": "", "net": "", "consent": "", "words": of_course("course", "First course"),
    "noun": "gift", "giver": "", "has_button": False, "is_new": False, "open_still": [],
}  # fmt: skip
FULL: dict[str, Any] = LEAST | {
    "name": "Ada <Learner>", "paid_on": datetime(2026, 11, 1, tzinfo=UTC), "terms_version": "2026-10-01",
    "promise_days": 14, "promise_progress": 30, "is_test": True, "receipt_url": "https://stripe.example/receipt",
    "reason": "Your card has insufficient funds.", "ends_access": True, "is_in": True, "is_approved": True,
    "why": "expired or canceled card", "is_paused": True,
    "due": "1 December 2026, 23:59 (UTC)", "due_day": "1 December", "outcome": "The school won.",
    "instalments": 6, "until": DECEMBER, "next_on": DECEMBER,
    "so_far": PaidSoFar(1, 6, Money(4900, "USD"), DECEMBER, "active"),
    "was_paused": True, "tax": "78.08 USD", "net": "410.92 USD", "consent": "I ask to be let in at once.",
    "noun": "seat", "giver": "Clinic <am See>", "has_button": True, "total": "294.00 USD",
    "open_still": ["First course"],
}  # fmt: skip
LINKS = {
    "receipt": ["/orders/ST-1", "/orders/ST-1#refund", "/learn/first", "/legal/terms?version=2026-10-01"],
    "receipt_gift": ["/orders/ST-1", "/learn/first", "/legal/terms?version=2026-10-01"],
    "payment_processing": ["/orders/ST-1"],
    "payment_failed": ["/courses/first"],
    "paid_twice": ["/orders/ST-1"],
    "refunded": ["/orders/ST-1", "/courses/first"],
    "partly_refunded": ["/orders/ST-1"],
    "refund_returned": ["/orders/ST-1"],
    "refund_asked": ["/orders/ST-1"],
    "refund_answered": ["/orders/ST-1"],
    "payment_disputed": ["/orders/ST-1"],
    "dispute_settled": ["/orders/ST-1"],
    "charged_back": ["/orders/ST-1", "/courses/first"],
    "guest_welcome": ["/orders/ST-1", "/login/link"],
    **{kind: ["/admin/orders/ST-1"] for kind in TO_SCHOOL},
    **{kind: ["/orders/ST-1"] for kind in PLANS},
}


@pytest.fixture(scope="module")
def school(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A school without settings of its own; nothing is written into it, so one is enough for all."""
    from app import create_app

    folder = tmp_path_factory.mktemp("school")
    shutil.copy(sqlite_template, folder / "stratum.db")
    flask_app = create_app(make_config(folder, DATABASE_URL=f"sqlite:///{folder / 'stratum.db'}"))
    with flask_app.app_context():
        yield
        db.session.remove()
        reads.close()
        db.engine.dispose()


def written(kind: str, values: dict[str, Any] = FULL) -> tuple[str, str, str]:
    """The subject, the text and the HTML, which every mail of an order has."""
    subject, text, html = mail.render(kind, values)
    assert html
    return subject, text, " ".join(html.split())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("values", [LEAST, FULL], ids=["least", "full"])
def test_each_mail_is_whole_with_little_and_with_all(school: None, kind: str, values: dict[str, Any]) -> None:
    subject, text, html = written(kind, values)

    assert "ST-1" in text
    assert "ST-1" in html
    assert ("First course" in subject) == (kind in (*BUYERS, *PLANS))
    for said in (text, html):
        assert "None" not in said
        assert "\n\n\n" not in said
        assert " ." not in said.partition("</style>")[2]


@pytest.mark.parametrize("kind", KINDS)
def test_each_mail_leads_to_what_it_tells_of(school: None, kind: str) -> None:
    _, text, html = written(kind)

    for path in LINKS[kind]:
        assert f"http://127.0.0.1:8000{path}\n" in text
        assert f'href="http://127.0.0.1:8000{path}"' in html


@pytest.mark.parametrize("kind", ["refunded", "charged_back", "partly_refunded"])
def test_who_is_in_by_something_else_does_not_read_that_the_course_is_closed(school: None, kind: str) -> None:
    words = of_course("course", "First course").but_open(["First course"], are_all=True)

    for said in written(kind, FULL | {"words": words})[1:]:
        assert "this stays open to you, with any certificate of it: First course." in said
        assert "no longer opens the course" not in said


def test_of_a_bundle_that_is_open_in_part_both_parts_are_told() -> None:
    words = of_course("bundle", "Both").but_open(["First course"], are_all=False)

    assert "it was withdrawn" in words.ended
    assert words.ended.endswith("with any certificate of it: First course.")


@pytest.mark.parametrize("kind", ["receipt", "receipt_seats"])
def test_whose_account_is_new_reads_that_one_step_is_left(school: None, kind: str) -> None:
    values = FULL | {"quantity": 2, "is_new": True}

    for said in written(kind, values)[1:]:
        assert "choose a password" in said
        assert "nothing else to do" not in said
        assert "open to you now" not in said


@pytest.mark.parametrize("kind", HOLDERS)
def test_a_holder_reads_whose_payment_it_was_where_that_is_known_and_no_amount(
    school: None, kind: str
) -> None:
    for full, least in zip(written(kind), written(kind, LEAST), strict=True):
        assert "489.00" not in full
        assert "None" not in least
        assert "from ," not in least
    assert "your seat from Clinic <am See>" in written(kind)[1]
    assert "Clinic &lt;am See&gt;" in written(kind)[2]
    assert "no money moved" in written(kind)[1]
    assert "no money moved" not in written(kind, LEAST)[1]


@pytest.mark.parametrize("kind", [*BUYERS, *HOLDERS])
def test_each_mail_greets_the_buyer_or_nobody(school: None, kind: str) -> None:
    _, named, html = written(kind)
    _, unnamed, _ = written(kind, LEAST)

    assert named.startswith("Hello Ada <Learner>,\n")
    assert "Ada &lt;Learner&gt;" in html
    assert unnamed.startswith("Hello,\n")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        *((kind, "no money move") for kind in (*OF_MONEY, *PLANS)),
        ("receipt", "1 November 2026"),
        (
            "receipt",
            "within 14 days of paying, as long as you have completed no more than 30 percent of the course",
        ),
        ("receipt", "https://stripe.example/receipt"),
        *((kind, "You agreed: I ask to be let in at once.") for kind in ("receipt", "receipt_gift")),
        ("payment_failed", "Your card has insufficient funds."),
        ("order_review", "Your card has insufficient funds."),
        ("partly_refunded", "no longer opens the course"),
        ("refund_returned", "The course is open to you again."),
        ("refund_failed", "expired or canceled card"),
        ("refund_answered", "The school has agreed".lower()),
        ("dispute_opened", "1 December 2026, 23:59 (UTC)"),
        ("dispute_closed", "The school won."),
        ("payment_disputed", "the course is closed to you"),
        ("plan_begun", "6 times in all"),
        ("plan_begun", "To stop before the last payment, write to the school."),
        ("plan_begun", "The next payment is taken on 1 December 2026."),
        ("receipt", "49.00 USD on 1 December 2026, then each month until all 6 are paid"),
        ("plan_payment_missing", "1 December 2026"),
        ("plan_recovered", "open to you again"),
        ("plan_recovered", "It was payment 1 of 6; the next one is taken on 1 December 2026."),
        ("plan_settled", "294.00 USD in all"),
        ("plan_goes_on", "is taken on"),
        ("plan_ended", "this stays open to you: First course"),
    ],
)
def test_what_is_not_so_is_not_said(school: None, kind: str, said: str) -> None:
    for full, least in zip(written(kind)[1:], written(kind, LEAST)[1:], strict=True):
        assert said in full
        assert said not in least


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("receipt", "There is nothing else to do."),
        ("payment_processing", "please do not pay again"),
        ("payment_failed", "no money reached us"),
        ("paid_twice", "your place in the course and everything in it stay as they are"),
        ("refunded", "What you completed is kept"),
        ("order_review", "enroll the buyer by hand"),
        ("refund_failed", "Decide what becomes of the money"),
        ("refund_requested", "Not for me."),
        ("payment_disputed", "tell your bank that you withdraw the dispute"),
        ("dispute_settled", "There is nothing to do"),
        ("charged_back", "What you completed is kept"),
        ("dispute_opened", "cannot be refunded while it is disputed"),
        ("dispute_closed", "The school won."),
        ("plan_begun", "everything stays open for 7 days"),
        ("plan_payment_missing", "Nothing is closed yet"),
        ("plan_paused", "Nothing is lost"),
        ("plan_settled", "nothing more is taken"),
        ("plan_ended", "What you have completed is kept"),
    ],
)
def test_each_mail_says_what_is_to_be_done(school: None, kind: str, said: str) -> None:
    _, text, html = written(kind)

    assert said in text
    assert said in html


@pytest.mark.parametrize("kind", BUYERS)
def test_a_test_speaks_neither_of_banks_that_wait_nor_of_stripe(school: None, kind: str) -> None:
    for said in written(kind)[1:]:
        assert "Most banks" not in said
        assert "Stripe" not in said


def test_a_payment_speaks_of_who_handled_it_and_of_when_it_is_back(school: None) -> None:
    paid = FULL | {"is_test": False}

    assert "The receipt of Stripe" in written("receipt", paid)[1]
    assert "What Stripe, which handles our payments, says" in written("payment_failed", paid)[1]
    for kind in ("paid_twice", "refunded", "partly_refunded"):
        assert "the way it came. Most banks" in written(kind, paid)[1]


def test_a_promise_without_a_bound_of_progress_names_none(school: None) -> None:
    _, text, _ = written("receipt", FULL | {"promise_progress": 100})

    assert "within 14 days of paying. To ask for it" in text


def test_who_wants_the_money_of_a_plan_back_answers_where_answers_are_read(app: Flask) -> None:
    of_plan = FULL | {"has_button": False}
    assert "write to the school" in written("receipt", of_plan)[1]
    with transaction():
        change_school({"support_email": "help@example.org"})

    assert "answer this mail" in written("receipt", of_plan)[1]
    assert "answer this mail" not in written("receipt")[1]


def test_only_a_membership_can_be_ended_by_the_mail_of_its_beginning(school: None) -> None:
    for instalments, membership in zip(
        written("plan_begun")[1:], written("plan_begun", LEAST)[1:], strict=True
    ):
        assert "/orders/ST-1/end" not in instalments
        assert "/orders/ST-1/end" in membership
