"""Refunds: wholly, in part, never more than was captured, and some that fail."""

import pytest
import stripe

from tests.sandbox.conftest import Buy
from tests.stripe import Sandbox


@pytest.fixture
def intent(client: stripe.StripeClient, paid: stripe.checkout.Session) -> str:
    id = client.v1.checkout.sessions.retrieve(paid.id).payment_intent
    assert isinstance(id, str)
    return id


def charge(client: stripe.StripeClient) -> stripe.Charge:
    return client.v1.charges.list().data[0]


def test_without_an_amount_everything_left_is_refunded(client: stripe.StripeClient, intent: str) -> None:
    client.v1.refunds.create({"payment_intent": intent, "amount": 900})

    refund = client.v1.refunds.create({"payment_intent": intent})

    assert (refund.amount, refund.status) == (48_000, "succeeded")
    assert (charge(client).amount_refunded, charge(client).refunded) == (48_900, True)


def test_a_part_leaves_the_charge_unrefunded(
    client: stripe.StripeClient, intent: str, sandbox: Sandbox
) -> None:
    refund = client.v1.refunds.create({"charge": charge(client).id, "amount": 900, "reason": "duplicate"})

    assert (refund.payment_intent, refund.reason) == (intent, "duplicate")
    assert (charge(client).amount_refunded, charge(client).refunded) == (900, False)
    assert [event["type"] for event in sandbox.events()][-2:] == ["refund.created", "charge.refunded"]


def test_never_more_than_was_captured(client: stripe.StripeClient, intent: str) -> None:
    client.v1.refunds.create({"payment_intent": intent, "amount": 48_000})

    with pytest.raises(stripe.InvalidRequestError) as raised:
        client.v1.refunds.create({"payment_intent": intent, "amount": 901})

    assert (raised.value.param, raised.value.code) == ("amount", "amount_too_large")
    assert charge(client).amount_refunded == 48_000


def test_what_is_refunded_in_full_is_refused_by_its_code(client: stripe.StripeClient, intent: str) -> None:
    client.v1.refunds.create({"payment_intent": intent})

    with pytest.raises(stripe.InvalidRequestError) as raised:
        client.v1.refunds.create({"payment_intent": intent})

    assert raised.value.code == "charge_already_refunded"


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({}, "payment_intent"),
        ({"payment_intent": "pi_1", "charge": "ch_1"}, "payment_intent"),
        ({"payment_intent": "pi_1"}, "payment_intent"),
        ({"charge": "ch_1"}, "charge"),
        ({"charge": "ch_1", "amount": 0}, "amount"),
        ({"charge": "ch_1", "reason": "bored"}, "reason"),
    ],
)
def test_wrong_parameters_are_named(
    client: stripe.StripeClient, params: dict[str, object], param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as raised:
        client.v1.refunds.create(params)

    assert raised.value.param == param


def test_money_that_never_came_cannot_be_refunded(
    client: stripe.StripeClient, buy: Buy, sandbox: Sandbox
) -> None:
    sandbox.debit(buy().id)

    with pytest.raises(stripe.InvalidRequestError) as raised:
        client.v1.refunds.create({"charge": charge(client).id})

    assert raised.value.code == "charge_not_refundable"


def test_a_debits_refund_is_pending_until_it_arrives(
    client: stripe.StripeClient, buy: Buy, sandbox: Sandbox
) -> None:
    session = buy()
    sandbox.debit(session.id)
    sandbox.settle(session.id)

    refund = client.v1.refunds.create({"charge": charge(client).id})
    arrived = sandbox.refund_arrives(refund.id)

    assert (refund.status, arrived["status"]) == ("pending", "succeeded")
    assert sandbox.events()[-1]["type"] == "refund.updated"


def test_a_refund_that_falls_back_no_longer_counts(
    client: stripe.StripeClient, paid: stripe.checkout.Session, sandbox: Sandbox
) -> None:
    refund = sandbox.refund(paid.id, 900)

    sandbox.refund_falls(refund["id"])

    assert client.v1.refunds.retrieve(refund["id"]).status == "failed"
    assert charge(client).amount_refunded == 0
    assert [event["type"] for event in sandbox.events()][-2:] == ["refund.updated", "refund.failed"]


def test_a_refund_can_fail_from_the_start(paid: stripe.checkout.Session, sandbox: Sandbox) -> None:
    refund = sandbox.refund(paid.id, status="failed")

    assert refund["status"] == "failed"
    assert sandbox.events("charge.refunded") == []


def test_refunds_are_listed_by_charge(
    client: stripe.StripeClient, paid: stripe.checkout.Session, sandbox: Sandbox
) -> None:
    refund = sandbox.refund(paid.id, 900)

    assert [each.id for each in client.v1.refunds.list({"charge": charge(client).id})] == [refund["id"]]
    assert client.v1.refunds.list({"charge": "ch_other"}).data == []


def test_refunds_are_listed_by_payment_intent(
    client: stripe.StripeClient, intent: str, sandbox: Sandbox
) -> None:
    parts = [sandbox.refund(intent, amount)["id"] for amount in (900, 100)]

    assert [each.id for each in client.v1.refunds.list({"payment_intent": intent})] == parts[::-1]


@pytest.mark.parametrize(
    ("status", "verdict", "is_refused"),
    [
        ("needs_response", None, True),
        ("needs_response", "lost", True),
        ("needs_response", "won", False),
        ("warning_needs_response", None, False),
        ("warning_needs_response", "escalate", True),
    ],
)
def test_money_that_a_bank_holds_is_not_refunded(
    client: stripe.StripeClient,
    intent: str,
    sandbox: Sandbox,
    status: str,
    verdict: str | None,
    is_refused: bool,
) -> None:
    dispute = sandbox.dispute(intent, status=status)
    if verdict:
        sandbox.decide(dispute["id"], verdict)

    try:
        client.v1.refunds.create({"payment_intent": intent})
        code = None
    except stripe.InvalidRequestError as refusal:
        code = refusal.code

    assert code == ("charge_disputed" if is_refused else None)
