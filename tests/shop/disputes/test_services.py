"""Payments that the buyer's bank disputes: the order, access, the certificate and the mails follow in one commit."""

from typing import Any

import pytest
from sqlalchemy import select

from certificates.models import Certificate
from certificates.services import state_of
from core.audit import AuditEntry
from core.database import db, transaction
from core.errors import Conflict
from core.money import Money
from core.outbox import OutboxMail
from core.school import change_school
from enrollment.models import Enrollment
from shop import checkout, reconcile, turns
from shop.disputes.models import DisputeRow
from shop.disputes.services import is_disputed
from shop.ledger.models import LedgerEntry
from shop.models import Order
from shop.refunds.services import Wish, place
from tests import factories
from tests.shop.shop import Shop
from tests.stripe import Sandbox

SCHOOL = "desk@school.example"


@pytest.fixture
def paid(shop: Shop, sandbox: Sandbox) -> tuple[Any, str]:
    """A buyer who paid and finished the course, at a school with an address, and the checkout session."""
    with transaction():
        change_school({"support_email": SCHOOL})
    buyer = shop.buyer()
    session = shop.begin(buyer)
    sandbox.pay(session)
    sandbox.deliver()
    factories.complete(buyer, *factories.steps_of(shop.course))
    return buyer, session


def standing(buyer: Any) -> tuple[str, str, str]:
    """The enrollment's state and why it is paused or ended, and the certificate's state."""
    db.session.rollback()
    found = db.session.scalars(select(Enrollment).filter_by(user_id=buyer.id)).one()
    held = db.session.scalars(select(Certificate).filter_by(user_id=buyer.id)).one()
    return found.state.value, found.pause_reason or found.end_reason, state_of(held).value


def row() -> DisputeRow:
    db.session.rollback()
    return db.session.scalars(select(DisputeRow)).one()


def to_school() -> list[str]:
    db.session.rollback()
    query = select(OutboxMail.kind).filter_by(to_address=SCHOOL).order_by(OutboxMail.id)
    return list(db.session.scalars(query))


def moved() -> list[tuple[str, int]]:
    """What the ledger says that moved, the oldest first."""
    db.session.rollback()
    rows = db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id))
    return [(str(row.kind), row.amount_minor) for row in rows]


def trail(*rooms: str) -> list[str]:
    db.session.rollback()
    query = select(AuditEntry.action).order_by(AuditEntry.id)
    return [action for action in db.session.scalars(query) if action.split(".")[0] in rooms]


def test_a_dispute_pauses_and_suspends_and_a_win_restores_all(
    shop: Shop, sandbox: Sandbox, paid: tuple[Any, str]
) -> None:
    buyer, session = paid
    dispute = sandbox.dispute(session)
    sandbox.deliver()

    assert standing(buyer) == ("paused", "dispute", "suspended")
    assert (shop.states(buyer), is_disputed(shop.order(buyer).id)) == (["paid"], True)
    assert moved()[1:] == [("dispute", -4900), ("dispute_fee", -1500)]
    with pytest.raises(Conflict, match="pay twice"), transaction():
        place(shop.order(buyer), Wish(Money(100, "USD")), None)
    assert (str(row().amount), row().due_by is not None, row().closed_at) == ("49.00 USD", True, None)

    sandbox.decide(dispute["id"], "won")
    sandbox.deliver()

    assert standing(buyer) == ("active", "", "valid")
    assert (shop.states(buyer), is_disputed(shop.order(buyer).id)) == (["paid"], False)
    assert moved()[3:] == [("dispute_won", 4900), ("dispute_fee_back", 1500)]
    assert row().closed_at is not None
    assert shop.mails(buyer)[2:] == ["payment_disputed", "dispute_settled"]
    assert to_school() == ["dispute_opened", "dispute_closed"]
    assert trail("dispute", "certificate") == [
        "certificate.issue", "dispute.needs_response", "certificate.suspend", "dispute.won", "certificate.restore",
    ]  # fmt: skip


def test_a_lost_dispute_ends_what_the_order_gave(shop: Shop, sandbox: Sandbox, paid: tuple[Any, str]) -> None:
    buyer, session = paid
    dispute = sandbox.dispute(session)
    sandbox.deliver()
    sandbox.decide(dispute["id"], "lost")
    sandbox.deliver()

    assert standing(buyer) == ("revoked", "dispute", "revoked")
    assert shop.states(buyer) == ["charged_back"]
    assert shop.mails(buyer)[2:] == ["payment_disputed", "charged_back"]
    held = db.session.scalars(select(Certificate)).one()
    assert held.revoked_reason == "The payment for the course was taken back."


def test_what_is_disputed_after_a_part_went_back_is_told_by_its_own_amount(
    shop: Shop, sandbox: Sandbox, paid: tuple[Any, str]
) -> None:
    buyer, session = paid
    sandbox.refund(session, 1000)
    dispute, browser = sandbox.dispute(session), shop.browser(buyer)
    sandbox.deliver()
    listed, held = browser.get("/account/orders").text, browser.get(shop.order(buyer).url).text

    sandbox.decide(dispute["id"], "lost")
    sandbox.deliver()

    assert ("Disputed" in listed, "Partly refunded" in listed) == (True, False)
    assert '<dt>Held by the bank</dt><dd class="num">39.00 USD</dd>' in held
    taken = browser.get(shop.order(buyer).url).text
    assert '<dt>Taken back by the bank</dt><dd class="num">39.00 USD</dd>' in taken
    told = [
        each for each in factories.mails(buyer.email) if each.kind in ("payment_disputed", "charged_back")
    ]
    assert [("39.00 USD" in each.text, "49.00 USD" in each.text) for each in told] == [(True, False)] * 2


def test_an_inquiry_moves_nothing_until_it_becomes_a_dispute(
    shop: Shop, sandbox: Sandbox, paid: tuple[Any, str]
) -> None:
    buyer, session = paid
    dispute = sandbox.dispute(session, status="warning_needs_response")
    sandbox.deliver()
    assert standing(buyer) == ("active", "", "valid")
    assert not is_disputed(shop.order(buyer).id)
    assert (shop.mails(buyer)[2:], to_school()) == ([], ["dispute_opened"])

    sandbox.decide(dispute["id"], "escalate")
    sandbox.deliver()
    assert standing(buyer) == ("paused", "dispute", "suspended")
    assert (shop.mails(buyer)[2:], to_school()) == (["payment_disputed"], ["dispute_opened"] * 2)


def test_an_inquiry_that_is_closed_tells_the_school_alone(
    shop: Shop, sandbox: Sandbox, paid: tuple[Any, str]
) -> None:
    buyer, session = paid
    dispute = sandbox.dispute(session, status="warning_needs_response")
    sandbox.decide(dispute["id"], "warning_closed")
    sandbox.deliver()

    assert standing(buyer) == ("active", "", "valid")
    assert (shop.mails(buyer)[2:], to_school()) == ([], ["dispute_closed"])


def test_a_school_may_leave_disputed_courses_open(
    shop: Shop, sandbox: Sandbox, paid: tuple[Any, str]
) -> None:
    buyer, session = paid
    with transaction():
        change_school({"pauses_disputed": False})

    sandbox.dispute(session)
    sandbox.deliver()

    assert standing(buyer) == ("active", "", "suspended")


def test_what_does_not_rest_on_the_order_is_left_alone(
    shop: Shop, sandbox: Sandbox, paid: tuple[Any, str]
) -> None:
    buyer, session = paid
    factories.enroll(buyer, shop.course, "admin")
    dispute = sandbox.dispute(session)
    sandbox.deliver()
    assert standing(buyer) == ("active", "", "valid")

    sandbox.decide(dispute["id"], "lost")
    sandbox.deliver()
    assert standing(buyer) == ("active", "", "valid")
    assert shop.states(buyer) == ["charged_back"]


def test_a_dispute_heard_of_before_its_payment_ends_right(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    sandbox.pay(session := shop.begin(buyer))
    sandbox.dispute(session)

    for event in reversed([each["id"] for each in sandbox.events()]):
        sandbox.deliver(event=event)
        sandbox.deliver(event=event)

    db.session.rollback()
    assert db.session.scalars(select(Enrollment.state)).one() == "paused"
    assert shop.mails(buyer) == ["receipt", "payment_disputed"]


def test_a_dispute_lost_before_anything_was_heard_lets_nobody_in(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    sandbox.pay(session := shop.begin(buyer))
    sandbox.decide(sandbox.dispute(session)["id"], "lost")
    sandbox.deliver()

    assert shop.states(buyer) == ["charged_back"]
    assert (shop.count(Enrollment), row().status) == (0, "lost")


def test_the_reconciler_finds_what_no_event_told(
    shop: Shop, sandbox: Sandbox, paid: tuple[Any, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer, session = paid
    monkeypatch.delitem(reconcile.PARTS, "Events that did not arrive")
    dispute = sandbox.dispute(session)
    reconcile.reconcile("job")
    assert standing(buyer) == ("paused", "dispute", "suspended")

    sandbox.decide(dispute["id"], "won")
    reconcile.reconcile("job")
    assert standing(buyer) == ("active", "", "valid")


def test_a_disputed_order_under_review_is_not_accepted(shop: Shop, sandbox: Sandbox) -> None:
    admin, buyer = factories.make_user("", "Ida", "admin"), shop.buyer()
    session = shop.begin(buyer)
    order_id = shop.order(buyer).id
    with transaction() as database:
        database.get_one(Order, order_id).amount_minor = 9900
    sandbox.pay(session)
    sandbox.dispute(session)
    sandbox.deliver()
    number = shop.order(buyer).number
    assert shop.states(buyer) == ["review"]

    with pytest.raises(Conflict, match="disputed"), transaction():
        turns.accept(number, admin.id)


def test_a_double_payment_under_dispute_is_not_given_back_on_top(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    session = shop.begin(buyer)
    factories.enroll(buyer, shop.course, "admin")
    sandbox.pay(session)
    sandbox.dispute(session)

    checkout.fulfill(session, "return")

    assert (shop.states(buyer), shop.refunds()) == (["duplicate"], [])
    assert shop.mails(buyer) == ["paid_twice"]
