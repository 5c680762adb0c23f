"""Cards that pay and cards that are declined, debits that settle and debits that fail."""

import pytest
import stripe

from sandbox.errors import Refused
from tests.sandbox.conftest import Buy, course
from tests.stripe import Sandbox


def intent_of(client: stripe.StripeClient, session: stripe.checkout.Session) -> stripe.PaymentIntent:
    seen = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge"]})
    assert isinstance(seen.payment_intent, stripe.PaymentIntent)
    return seen.payment_intent


def charge_of(client: stripe.StripeClient, session: stripe.checkout.Session) -> stripe.Charge:
    charge = intent_of(client, session).latest_charge
    assert isinstance(charge, stripe.Charge)
    return charge


def types(sandbox: Sandbox) -> list[str]:
    return [event["type"] for event in sandbox.events()]


def test_a_card_pays_at_once(client: stripe.StripeClient, buy: Buy, sandbox: Sandbox) -> None:
    session = buy()

    done = sandbox.pay(session.id)
    charge = charge_of(client, session)

    assert (done["status"], done["payment_status"], done["url"]) == ("complete", "paid", None)
    assert (charge.status, charge.amount_captured, charge.refunded) == ("succeeded", 48_900, False)
    assert charge.payment_method_details is not None
    assert charge.payment_method_details.card is not None
    assert charge.payment_method_details.card.last4 == "4242"
    assert types(sandbox) == ["charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]


def test_metadata_of_the_intent_reaches_the_charge_and_no_further(
    client: stripe.StripeClient, buy: Buy, sandbox: Sandbox
) -> None:
    session = buy(metadata={"of": "session"}, payment_intent_data={"metadata": {"of": "intent"}})
    sandbox.pay(session.id)

    refund = sandbox.refund(session.id, 100)
    charge = charge_of(client, session)

    assert (charge.metadata.to_dict(), refund["metadata"]) == ({"of": "intent"}, {})
    assert client.v1.checkout.sessions.retrieve(session.id).metadata.to_dict() == {"of": "session"}


def test_a_declined_card_leaves_the_session_open(
    client: stripe.StripeClient, buy: Buy, sandbox: Sandbox
) -> None:
    session = buy()

    sandbox.decline(session.id)
    intent = intent_of(client, session)

    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.code == "card_declined"
    assert types(sandbox) == ["charge.failed", "payment_intent.payment_failed"]


def test_declined_then_paid_is_one_intent_and_one_captured_charge(
    client: stripe.StripeClient, buy: Buy, sandbox: Sandbox
) -> None:
    session = buy()
    sandbox.decline(session.id)
    before = intent_of(client, session)
    sandbox.pay(session.id)
    after = intent_of(client, session)

    charges = client.v1.charges.list({"payment_intent": after.id})

    assert (after.id, after.status, after.last_payment_error) == (before.id, "succeeded", None)
    assert sorted(charge.amount_captured for charge in charges) == [0, 48_900]


def test_paying_twice_pays_once(
    client: stripe.StripeClient, sandbox: Sandbox, paid: stripe.checkout.Session
) -> None:
    sandbox.pay(paid.id)
    sandbox.debit(paid.id)

    assert len(client.v1.charges.list().data) == 1
    assert types(sandbox).count("checkout.session.completed") == 1


@pytest.mark.parametrize(("currency", "method"), [("usd", "us_bank_account"), ("eur", "sepa_debit")])
def test_a_debit_completes_the_session_unpaid(
    client: stripe.StripeClient, buy: Buy, sandbox: Sandbox, currency: str, method: str
) -> None:
    session = buy(line_items=[course(currency=currency)])

    done = sandbox.debit(session.id)
    charge = charge_of(client, session)

    assert (done["status"], done["payment_status"]) == ("complete", "unpaid")
    assert intent_of(client, session).status == "processing"
    assert charge.payment_method_details is not None
    assert (charge.status, charge.payment_method_details.type) == ("pending", method)
    assert types(sandbox) == ["payment_intent.processing", "charge.pending", "checkout.session.completed"]


def test_a_debit_settles_later(client: stripe.StripeClient, buy: Buy, sandbox: Sandbox) -> None:
    session = buy()
    sandbox.debit(session.id)

    assert sandbox.settle(session.id)["payment_status"] == "paid"
    assert charge_of(client, session).amount_captured == 48_900
    assert types(sandbox)[-1] == "checkout.session.async_payment_succeeded"


def test_a_debit_may_fail(client: stripe.StripeClient, buy: Buy, sandbox: Sandbox) -> None:
    session = buy()
    sandbox.debit(session.id)

    failed = sandbox.fail(session.id)
    intent = intent_of(client, session)

    assert (failed["status"], failed["payment_status"]) == ("complete", "unpaid")
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error is not None
    assert types(sandbox)[-1] == "checkout.session.async_payment_failed"


@pytest.mark.parametrize("act", ["settle", "fail", "decline", "expire"])
def test_what_the_state_forbids_is_refused(sandbox: Sandbox, paid: stripe.checkout.Session, act: str) -> None:
    with pytest.raises(Refused):
        getattr(sandbox, act)(paid.id)


@pytest.mark.parametrize("act", ["pay", "debit", "decline"])
def test_nothing_is_paid_on_an_expired_session(buy: Buy, sandbox: Sandbox, act: str) -> None:
    session = buy()
    sandbox.expire(session.id)

    with pytest.raises(Refused, match="expired"):
        getattr(sandbox, act)(session.id)
