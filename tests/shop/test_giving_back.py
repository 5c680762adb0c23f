"""Refunds by the school: written down first, made once, followed to their end, and undone where they fail."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from core.clock import now
from core.database import db, transaction
from core.errors import Conflict, InvalidInput
from core.money import Money
from core.school import change_school
from payments.values import StripeSilent
from shop import checkout, reconcile
from shop.ledger.models import LedgerEntry
from shop.models import Order
from shop.refunds import sending
from shop.refunds.models import RefundRow
from shop.refunds.services import Wish
from tests import factories
from tests.shop.shop import Shop
from tests.shop.test_refunds import buy, certificate, finish, put_out
from tests.stripe import Sandbox

Row = tuple[str, int]


@pytest.fixture(autouse=True)
def _ripe_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconcile, "RIPE", timedelta(seconds=-1))


@pytest.fixture
def admin(shop: Shop) -> Any:
    with transaction():
        change_school({"support_email": "help@example.org"})
    return factories.make_user("", "Ida", "admin")


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def give_back(shop: Shop, buyer: Any, minor: int, admin: Any, **wish: Any) -> RefundRow:
    number = shop.order(buyer).number
    db.session.rollback()
    return sending.give_back(number, Wish(usd(minor), **wish), admin.id)


def rows(shop: Shop) -> list[Row]:
    db.session.rollback()
    query = select(RefundRow.state, RefundRow.amount_minor).order_by(RefundRow.id)
    return [(str(state), minor) for state, minor in db.session.execute(query)]


def entries(shop: Shop) -> list[Row]:
    db.session.rollback()
    query = select(LedgerEntry.kind, LedgerEntry.amount_minor).order_by(LedgerEntry.id)
    return [(str(kind), minor) for kind, minor in db.session.execute(query)]


def ledger_is_stripes(sandbox: Sandbox) -> bool:
    """Whether the ledger holds what Stripe's balance moved."""
    db.session.rollback()
    ours = db.session.scalar(select(func.coalesce(func.sum(LedgerEntry.amount_minor), 0)))
    return bool(ours == sum(each["amount"] for each in sandbox.account.store.all("balance_transaction")))


def test_all_of_an_order_goes_back(shop: Shop, sandbox: Sandbox, admin: Any) -> None:
    buyer = shop.buyer()
    buy(shop, sandbox, buyer)
    finish(shop, buyer)

    row = give_back(shop, buyer, 4900, admin, note="Moved abroad")

    assert (row.state, row.asked_by, row.note) == ("succeeded", admin.id, "Moved abroad")
    assert shop.states(buyer) == ["refunded"]
    assert not shop.is_in(buyer)
    assert certificate(buyer).revoked_at is not None
    assert shop.mails(buyer)[-1] == "refunded"
    assert entries(shop) == [("payment", 4900), ("refund", -4900)]
    sandbox.deliver()
    assert rows(shop) == [("succeeded", 4900)]
    assert ledger_is_stripes(sandbox)


def test_a_part_keeps_access_unless_the_admin_ends_it(shop: Shop, sandbox: Sandbox, admin: Any) -> None:
    buyer = shop.buyer()
    buy(shop, sandbox, buyer)
    finish(shop, buyer)

    give_back(shop, buyer, 1000, admin)
    assert shop.is_in(buyer)
    assert certificate(buyer).revoked_at is None
    assert shop.mails(buyer)[-1] == "partly_refunded"
    row = give_back(shop, buyer, 1000, admin, ends_access=True)

    assert (shop.order(buyer).state, shop.order(buyer).refunded_minor) == ("partly_refunded", 2000)
    assert not shop.is_in(buyer)
    assert certificate(buyer).revoked_at is not None
    sandbox.refund_falls(str(row.stripe_id))
    sandbox.deliver()
    assert (shop.order(buyer).state, shop.order(buyer).refunded_minor) == ("partly_refunded", 1000)
    assert shop.is_in(buyer)
    assert certificate(buyer).revoked_at is None


@pytest.mark.parametrize(
    ("minor", "before", "error"),
    [(4901, 0, InvalidInput), (0, 0, InvalidInput), (4000, 1000, InvalidInput), (1, 4900, Conflict)],
)
def test_never_more_goes_back_than_was_paid(
    shop: Shop, sandbox: Sandbox, admin: Any, minor: int, before: int, error: type[Exception]
) -> None:
    buyer = shop.buyer()
    buy(shop, sandbox, buyer)
    if before:
        give_back(shop, buyer, before, admin)

    with pytest.raises(error):
        give_back(shop, buyer, minor, admin)

    assert sum(each for _, each in rows(shop)) == before


def test_a_refund_without_an_answer_is_made_once_and_none_beside_it(
    shop: Shop, sandbox: Sandbox, admin: Any
) -> None:
    buyer = shop.buyer()
    buy(shop, sandbox, buyer)
    sandbox.faults(kind="lose", method="POST", path="/v1/refunds", count=1)

    with pytest.raises(StripeSilent):
        give_back(shop, buyer, 1000, admin)
    assert rows(shop) == [("pending", 1000)]
    with pytest.raises(Conflict):
        give_back(shop, buyer, 1000, admin)
    reconcile.reconcile("job")

    assert rows(shop) == [("succeeded", 1000)]
    assert len(sandbox.account.store.all("refund")) == 1


def test_a_refund_that_never_reached_stripe_is_asked_for_by_the_same_key(
    shop: Shop, sandbox: Sandbox, admin: Any
) -> None:
    buyer = shop.buyer()
    buy(shop, sandbox, buyer)
    sandbox.faults(kind="fail", status=503, method="POST", path="/v1/refunds", count=2)
    with pytest.raises(StripeSilent):
        give_back(shop, buyer, 1000, admin)

    reconcile.reconcile("job")

    assert rows(shop) == [("succeeded", 1000)]


def test_what_stripe_refuses_has_failed_and_says_why(shop: Shop, sandbox: Sandbox, admin: Any) -> None:
    buyer = shop.buyer()
    session = buy(shop, sandbox, buyer)
    sandbox.dispute(session)

    row = give_back(shop, buyer, 4900, admin)

    assert (row.state, row.stripe_id) == ("failed", None)
    assert "would pay twice" in row.failure
    assert shop.states(buyer) == ["paid"]
    assert not shop.is_in(buyer)  # With the refusal the dispute was heard of, which pauses.


def test_a_refund_made_at_stripe_is_written_down_once(shop: Shop, sandbox: Sandbox, admin: Any) -> None:
    buyer = shop.buyer()
    session = buy(shop, sandbox, buyer)
    sandbox.refund(session, 900)
    sandbox.deliver()
    sandbox.refund(session, 1000, "pending")
    sandbox.deliver()
    checkout.fulfill(session, "return")

    assert rows(shop) == [("succeeded", 900), ("pending", 1000)]
    with pytest.raises(InvalidInput):
        give_back(shop, buyer, 3001, admin)


def test_a_refund_that_fails_after_it_went_through_is_undone(
    shop: Shop, sandbox: Sandbox, admin: Any
) -> None:
    buyer = shop.buyer()
    session = buy(shop, sandbox, buyer)
    finish(shop, buyer)
    number = certificate(buyer).id
    row = give_back(shop, buyer, 4900, admin)
    assert not shop.is_in(buyer)

    sandbox.refund_falls(str(row.stripe_id))
    sandbox.deliver()

    order = shop.order(buyer)
    assert (order.state, order.refunded_minor, order.refunded_at) == ("paid", 0, None)
    assert shop.is_in(buyer)
    assert (certificate(buyer).id, certificate(buyer).revoked_at) == (number, None)
    assert shop.mails(buyer)[-2:] == ["refunded", "refund_returned"]
    assert [each.kind for each in factories.mails("help@example.org")] == ["refund_failed"]
    assert entries(shop) == [("payment", 4900), ("refund", -4900), ("refund_failed", 4900)]
    assert ledger_is_stripes(sandbox)
    for event in sandbox.events():  # Old news, once more: none of it changes anything.
        sandbox.deliver(event=event["id"])
    checkout.fulfill(session, "return")
    assert shop.states(buyer) == ["paid"]

    give_back(shop, buyer, 4900, admin)
    assert shop.states(buyer) == ["refunded"]
    assert shop.mails(buyer).count("refunded") == 2


def test_of_each_refund_that_fails_the_buyer_is_told(shop: Shop, sandbox: Sandbox, admin: Any) -> None:
    buyer = shop.buyer()
    buy(shop, sandbox, buyer)
    refunds = [give_back(shop, buyer, amount, admin) for amount in (2000, 2900)]

    for row in refunds:
        sandbox.refund_falls(str(row.stripe_id))
        sandbox.deliver()

    assert shop.states(buyer) == ["paid"]
    told = [each.text for each in factories.mails(buyer.email) if each.kind == "refund_returned"]
    assert ["20.00 USD" in text for text in told] == [True, False]
    # Only the first failure opened the course again.
    assert ["The course is open to you again." in text for text in told] == [True, False]


def test_an_undone_refund_opens_nothing_for_one_whom_the_school_put_out(
    shop: Shop, sandbox: Sandbox, admin: Any
) -> None:
    buyer = shop.buyer()
    buy(shop, sandbox, buyer)
    put_out(buyer)
    row = give_back(shop, buyer, 4900, admin)

    sandbox.refund_falls(str(row.stripe_id))
    sandbox.deliver()

    assert shop.states(buyer) == ["review"]
    assert not shop.is_in(buyer)


def test_an_undone_refund_of_one_who_bought_again_is_a_double_payment(
    shop: Shop, sandbox: Sandbox, admin: Any
) -> None:
    buyer = shop.buyer()
    buy(shop, sandbox, buyer)
    row = give_back(shop, buyer, 4900, admin)
    buy(shop, sandbox, buyer)

    sandbox.refund_falls(str(row.stripe_id))
    sandbox.deliver()

    assert shop.states(buyer) == ["duplicate", "paid"]
    assert len(shop.refunds()) == 1  # The bank did not take it; a person decides.


def test_an_answer_from_before_a_failure_brings_no_refund_back(
    shop: Shop, sandbox: Sandbox, admin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer = shop.buyer()
    session = buy(shop, sandbox, buyer)
    row = give_back(shop, buyer, 4900, admin)
    old = checkout.gateway.fetch_session(session)
    sandbox.refund_falls(str(row.stripe_id))
    sandbox.deliver()

    monkeypatch.setattr(checkout.gateway, "fetch_session", lambda _: old)
    checkout.fulfill(session, "return")

    assert shop.states(buyer) == ["paid"]
    assert rows(shop) == [("failed", 4900)]


def test_an_order_that_the_ledger_lacks_is_read_anew(shop: Shop, sandbox: Sandbox, admin: Any) -> None:
    buyer = shop.buyer()
    session = shop.begin(buyer)
    paid = sandbox.pay(session)
    order_id = shop.order(buyer).id
    with transaction() as database:
        order = database.get_one(Order, order_id)
        order.state, order.paid_at, order.paid_minor = "paid", now(), 4900
        order.payment_id, order.paid_currency = paid["payment_intent"], "USD"

    reconcile.reconcile("job")

    assert entries(shop) == [("payment", 4900)]


@pytest.mark.parametrize("deed", ["UPDATE ledger_entries SET amount_minor = 1", "DELETE FROM ledger_entries"])
def test_the_ledger_only_grows(shop: Shop, sandbox: Sandbox, deed: str) -> None:
    buy(shop, sandbox, shop.buyer())

    with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
        session.execute(text(deed))

    assert entries(shop) == [("payment", 4900)]


def test_a_refund_of_what_stripe_does_not_know_has_failed_and_may_be_asked_for_again(
    shop: Shop, sandbox: Sandbox, admin: Any
) -> None:
    buyer = shop.buyer()
    sandbox.pay(shop.begin(buyer))
    sandbox.deliver()
    sandbox.reset()  # As of another account: neither the payment nor its checkout is there.
    order = shop.order(buyer)

    for _ in range(2):
        refund = sending.give_back(order.number, Wish(Money(4900, "USD")), admin.id)
        assert (refund.state, "does not know" in refund.failure) == ("failed", True)
