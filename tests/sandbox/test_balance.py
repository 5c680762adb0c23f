"""The balance tells of every sum that moved, and hangs together with charges, refunds and disputes."""

import pytest
import stripe

from tests.sandbox.conftest import NOON, Buy
from tests.stripe import Sandbox

CARD_FEE = 48_900 * 29 // 1000 + 30


def booked(client: stripe.StripeClient) -> list[tuple[str, int, int]]:
    """Type, amount and fee of all there is, the oldest first."""
    listed = client.v1.balance_transactions.list({"limit": 100})
    return [(each.type, each.amount, each.fee) for each in reversed(listed.data)]


def test_what_comes_in_and_goes_out_is_booked(
    client: stripe.StripeClient, paid: stripe.checkout.Session, sandbox: Sandbox
) -> None:
    failing = sandbox.refund(paid.id, 900)
    sandbox.refund_falls(failing["id"])
    dispute = sandbox.dispute(paid.id)
    sandbox.decide(dispute["id"], "won")

    assert booked(client) == [
        ("charge", 48_900, CARD_FEE),
        ("refund", -900, 0),
        ("refund_failure", 900, 0),
        ("adjustment", -48_900, 1_500),
        ("adjustment", 48_900, -1_500),
    ]


def test_a_debit_is_a_payment_once_it_has_settled(
    client: stripe.StripeClient, buy: Buy, sandbox: Sandbox
) -> None:
    session = buy()
    sandbox.debit(session.id)
    before = booked(client)
    sandbox.settle(session.id)
    sandbox.refund(session.id, 900)

    assert before == []
    assert [type for type, _amount, _fee in booked(client)] == ["payment", "payment_refund"]


@pytest.mark.parametrize("status", ["failed", "pending"])
def test_a_refund_books_only_what_left(
    client: stripe.StripeClient, paid: stripe.checkout.Session, sandbox: Sandbox, status: str
) -> None:
    sandbox.refund(paid.id, 900, status)

    assert [amount for _type, amount, _fee in booked(client)] == [48_900, -900][: 1 + (status == "pending")]


def test_each_booking_is_reached_from_its_source_and_back(
    client: stripe.StripeClient, paid: stripe.checkout.Session, sandbox: Sandbox
) -> None:
    refund = sandbox.refund(paid.id, 900)
    dispute = sandbox.dispute(paid.id)

    charge = client.v1.charges.list({"expand": ["data.balance_transaction"]}).data[0]
    seen = client.v1.refunds.retrieve(refund["id"], {"expand": ["balance_transaction.source"]})

    assert isinstance(charge.balance_transaction, stripe.BalanceTransaction)
    assert charge.balance_transaction.net == 48_900 - CARD_FEE
    assert isinstance(seen.balance_transaction, stripe.BalanceTransaction)
    assert isinstance(seen.balance_transaction.source, stripe.Refund)
    withdrawn = client.v1.disputes.retrieve(dispute["id"]).balance_transactions
    assert [(each.amount, each.reporting_category) for each in withdrawn] == [(-48_000, "dispute")]


def test_the_balance_is_listed_by_time_type_and_source_and_page_by_page(
    client: stripe.StripeClient, paid: stripe.checkout.Session, sandbox: Sandbox
) -> None:
    sandbox.clock(advance=60)
    refund = sandbox.refund(paid.id, 900)

    def amounts(params: stripe.params.BalanceTransactionListParams) -> list[int]:
        return [each.amount for each in client.v1.balance_transactions.list(params).auto_paging_iter()]

    assert amounts({"limit": 1}) == [-900, 48_900]
    assert amounts({"created": {"gte": NOON + 60}}) == [-900]
    assert amounts({"created": {"lt": NOON + 60}}) == [48_900]
    assert amounts({"type": "charge"}) == [48_900]
    assert amounts({"source": refund["id"]}) == [-900]
    assert amounts({"currency": "eur"}) == []
