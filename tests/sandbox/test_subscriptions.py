"""Subscriptions: begun by a checkout, renewed by the clock, tried again, recovered and ended."""

from typing import Any

import pytest
import stripe

from tests.sandbox.conftest import NOON, Buy, course
from tests.stripe import Sandbox

DAY = 24 * 3600
MONTHLY = course(10_000, recurring={"interval": "month"}, tax_behavior="exclusive")
FIRST_END = NOON + 30 * DAY  # from 21 November to 21 December


@pytest.fixture
def signed(buy: Buy, sandbox: Sandbox) -> stripe.checkout.Session:
    """A monthly subscription, its first month paid."""
    session = subscribe(buy)
    sandbox.pay(session.id)
    return session


def subscribe(buy: Buy, **changes: Any) -> stripe.checkout.Session:
    data = {"metadata": {"order": "7"}}
    return buy(**{"mode": "subscription", "line_items": [MONTHLY], "subscription_data": data, **changes})


def of(client: stripe.StripeClient, session: stripe.checkout.Session, *expand: str) -> stripe.Subscription:
    id = client.v1.checkout.sessions.retrieve(session.id).subscription
    assert isinstance(id, str)
    return client.v1.subscriptions.retrieve(id, {"expand": list(expand)})


def period(subscription: stripe.Subscription) -> tuple[int, int]:
    item = subscription["items"].data[0]
    return item.current_period_start, item.current_period_end


def invoices(
    client: stripe.StripeClient, subscription: stripe.Subscription
) -> list[tuple[str | None, int, int]]:
    """Status, moment and attempts of a subscription's invoices, the oldest first."""
    found = client.v1.invoices.list({"subscription": subscription.id, "limit": 100}).data
    return [(each.status, (each.created - NOON) // DAY, each.attempt_count) for each in reversed(found)]


def told(sandbox: Sandbox) -> list[str]:
    kinds = ("invoice.p", "customer.subscription.", "checkout.session.")
    return [event["type"] for event in sandbox.events() if event["type"].startswith(kinds)]


def test_a_paid_checkout_begins_a_subscription(
    client: stripe.StripeClient, signed: stripe.checkout.Session, sandbox: Sandbox
) -> None:
    done = client.v1.checkout.sessions.retrieve(
        signed.id, {"expand": ["subscription", "invoice", "customer"]}
    )
    subscription, invoice = done.subscription, done.invoice

    assert (done.status, done.payment_status, done.payment_intent) == ("complete", "paid", None)
    assert isinstance(subscription, stripe.Subscription)
    assert (subscription.status, period(subscription)) == ("active", (NOON, FIRST_END))
    assert subscription.metadata.to_dict() == {"order": "7"}
    assert [each.id for each in client.v1.checkout.sessions.list({"subscription": subscription.id})] == [
        signed.id
    ]
    assert isinstance(done.customer, stripe.Customer)
    assert subscription.customer == done.customer.id
    assert isinstance(invoice, stripe.Invoice)
    assert (invoice.status, invoice.amount_paid, invoice.billing_reason) == (
        "paid",
        10_000,
        "subscription_create",
    )
    assert told(sandbox) == ["customer.subscription.created", "invoice.paid", "checkout.session.completed"]


def test_an_invoice_names_its_subscription_and_its_payment(
    client: stripe.StripeClient, signed: stripe.checkout.Session
) -> None:
    subscription = of(client, signed)
    expand = {"expand": ["payments.data.payment.payment_intent"]}
    invoice = client.v1.invoices.retrieve(str(subscription.latest_invoice), expand)

    assert invoice.parent is not None
    assert invoice.parent.subscription_details is not None
    assert invoice.parent.subscription_details.subscription == subscription.id
    assert invoice.payments is not None
    intent = invoice.payments.data[0].payment.payment_intent
    assert isinstance(intent, stripe.PaymentIntent)
    assert (intent.status, intent.customer) == ("succeeded", subscription.customer)
    by_payment = client.v1.invoice_payments.list(
        {"payment": {"type": "payment_intent", "payment_intent": intent.id}}
    )
    assert [each.invoice for each in by_payment] == [invoice.id]
    assert client.v1.invoice_payments.list({"payment": {"type": "payment_record"}}).data == []


def test_a_declined_card_begins_nothing(client: stripe.StripeClient, buy: Buy, sandbox: Sandbox) -> None:
    session = subscribe(buy)

    sandbox.decline(session.id)

    assert client.v1.subscriptions.list().data == []
    assert sandbox.pay(session.id)["payment_status"] == "paid"
    assert len(client.v1.payment_intents.list().data) == 1


def test_the_clock_draws_what_is_due_each_at_its_moment(
    client: stripe.StripeClient, signed: stripe.checkout.Session, sandbox: Sandbox
) -> None:
    sandbox.clock(advance=62 * DAY)

    subscription = of(client, signed)

    assert invoices(client, subscription) == [("paid", 0, 0), ("paid", 30, 0), ("paid", 61, 0)]
    assert period(subscription) == (NOON + 61 * DAY, NOON + 92 * DAY)
    assert [event["created"] for event in sandbox.events("invoice.paid")] == [
        NOON,
        FIRST_END,
        NOON + 61 * DAY,
    ]
    charges = client.v1.charges.list({"created": FIRST_END}).data
    assert [charge.amount_captured for charge in charges] == [10_000]


def test_a_failed_invoice_is_tried_again_and_then_left(
    client: stripe.StripeClient, signed: stripe.checkout.Session, sandbox: Sandbox
) -> None:
    subscription = of(client, signed)
    sandbox.card(subscription.id)

    sandbox.clock(advance=30 * DAY)
    plan = []
    for _ in range(4):
        latest = client.v1.invoices.list({"subscription": subscription.id}).data[0]
        plan.append(((latest.next_payment_attempt or 0) - latest.created) // DAY)
        sandbox.clock(advance=3 * DAY)

    assert plan[:3] == [3, 5, 7]
    assert invoices(client, subscription)[-1] == ("open", 30, 4)
    assert of(client, signed).status == "past_due"
    failed = [(event["created"] - FIRST_END) // DAY for event in sandbox.events("invoice.payment_failed")]
    assert failed == [0, 3, 5, 7]


def test_a_retry_that_passes_makes_the_subscription_active_again(
    client: stripe.StripeClient, signed: stripe.checkout.Session, sandbox: Sandbox
) -> None:
    sandbox.card(of(client, signed).id, declines=2)

    sandbox.clock(advance=33 * DAY)
    before = of(client, signed).status
    sandbox.clock(advance=2 * DAY)

    assert (before, of(client, signed).status) == ("past_due", "active")
    assert told(sandbox)[3:] == [
        "invoice.payment_failed", "customer.subscription.updated", "invoice.payment_failed",
        "invoice.paid", "customer.subscription.updated",
    ]  # fmt: skip


def test_a_failed_invoice_is_paid_on_request_once_the_card_is_good(
    client: stripe.StripeClient, signed: stripe.checkout.Session, sandbox: Sandbox
) -> None:
    subscription = of(client, signed)
    sandbox.card(subscription.id)
    sandbox.clock(advance=30 * DAY)
    invoice = str(of(client, signed).latest_invoice)

    with pytest.raises(stripe.CardError) as raised:
        client.v1.invoices.pay(invoice)
    sandbox.card(subscription.id, declines=0)
    paid = client.v1.invoices.pay(invoice)
    with pytest.raises(stripe.InvalidRequestError) as again:
        client.v1.invoices.pay(invoice)

    assert (raised.value.code, raised.value.http_status) == ("card_declined", 402)
    assert (paid.status, paid.next_payment_attempt, paid.attempt_count) == ("paid", None, 1)
    assert again.value.code == "invoice_already_paid"
    assert of(client, signed).status == "active"
    assert [event["type"] for event in sandbox.events("charge.failed")] == ["charge.failed"] * 2


def test_a_later_invoice_is_drawn_while_an_earlier_one_is_open(
    client: stripe.StripeClient, signed: stripe.checkout.Session, sandbox: Sandbox
) -> None:
    subscription = of(client, signed)
    sandbox.card(subscription.id)
    sandbox.clock(advance=61 * DAY)
    sandbox.card(subscription.id, declines=0)
    earlier = client.v1.invoices.list({"subscription": subscription.id, "status": "open"}).data[-1]

    client.v1.invoices.pay(earlier.id)

    assert [status for status, _, _ in invoices(client, subscription)] == ["paid", "paid", "open"]
    assert of(client, signed).status == "past_due"


@pytest.mark.parametrize(
    ("change", "ends"),
    [
        ({"cancel_at_period_end": True}, 30),
        ({"cancel_at": FIRST_END}, 30),
        ({"cancel_at": "max_period_end"}, 30),
        ({"cancel_at": NOON + 10 * DAY}, 10),
        ({"cancel_at": NOON + 40 * DAY}, 40),
    ],
)
def test_a_subscription_ends_when_it_was_told_to(
    client: stripe.StripeClient, signed: stripe.checkout.Session, sandbox: Sandbox, change: Any, ends: int
) -> None:
    id = of(client, signed).id

    changed = client.v1.subscriptions.update(id, change)
    sandbox.clock(advance=100 * DAY)
    ended = of(client, signed)

    assert (changed.status, changed.cancel_at) == ("active", NOON + ends * DAY)
    assert (ended.status, ended.ended_at) == ("canceled", NOON + ends * DAY)
    assert len(invoices(client, ended)) == (2 if ends > 30 else 1)
    assert sandbox.events()[-1]["type"] == "customer.subscription.deleted"


@pytest.mark.parametrize(
    ("set_to", "taken_back_by"),
    [
        ({"cancel_at_period_end": True}, {"cancel_at_period_end": False}),
        ({"cancel_at": FIRST_END}, {"cancel_at": ""}),
    ],
)
def test_an_ending_can_be_taken_back(
    client: stripe.StripeClient, signed: stripe.checkout.Session, set_to: Any, taken_back_by: Any
) -> None:
    id = of(client, signed).id
    client.v1.subscriptions.update(id, set_to)
    kept = client.v1.subscriptions.update(id, {"metadata": {"paid": "1"}})

    back = client.v1.subscriptions.update(id, taken_back_by)

    assert kept.cancel_at == FIRST_END
    assert (back.cancel_at, back.canceled_at, back.cancel_at_period_end) == (None, None, False)
    assert back.metadata.to_dict() == {"order": "7", "paid": "1"}


def test_cancelling_ends_at_once_and_tries_nothing_more(
    client: stripe.StripeClient, signed: stripe.checkout.Session, sandbox: Sandbox
) -> None:
    subscription = of(client, signed)
    sandbox.card(subscription.id)
    sandbox.clock(advance=30 * DAY)

    ended = client.v1.subscriptions.cancel(subscription.id)
    sandbox.clock(advance=100 * DAY)
    with pytest.raises(stripe.InvalidRequestError, match="canceled"):
        client.v1.subscriptions.cancel(subscription.id)

    assert (ended.status, ended.ended_at) == ("canceled", FIRST_END)
    assert client.v1.invoices.retrieve(str(ended.latest_invoice)).next_payment_attempt is None
    assert invoices(client, subscription)[-1] == ("open", 30, 1)
    assert client.v1.subscriptions.list().data == []
    customer = str(subscription.customer)
    assert len(client.v1.subscriptions.list({"customer": customer, "status": "all"}).data) == 1


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"cancel_at": NOON}, "cancel_at"),
        ({"cancel_at": FIRST_END, "cancel_at_period_end": True}, "cancel_at"),
        ({"trial_end": FIRST_END}, "trial_end"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_change_that_cannot_be_meant_is_refused_by_name(
    client: stripe.StripeClient, signed: stripe.checkout.Session, change: Any, param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as raised:
        client.v1.subscriptions.update(of(client, signed).id, change)

    assert raised.value.param == param


@pytest.mark.parametrize(("duration", "amounts"), [("once", [9_000, 10_000]), ("forever", [9_000, 9_000])])
def test_a_coupon_lasts_as_long_as_it_says(
    client: stripe.StripeClient, buy: Buy, sandbox: Sandbox, duration: Any, amounts: list[int]
) -> None:
    coupon = client.v1.coupons.create({"percent_off": 10, "duration": duration})
    session = subscribe(buy, discounts=[{"coupon": coupon.id}])
    sandbox.pay(session.id)
    sandbox.clock(advance=30 * DAY)

    found = client.v1.invoices.list({"subscription": of(client, session).id}).data

    assert [each.amount_paid for each in reversed(found)] == amounts


def test_each_invoice_draws_tax_and_what_is_sold_once_stands_on_the_first(
    client: stripe.StripeClient, buy: Buy, sandbox: Sandbox
) -> None:
    sandbox.tax(20)
    session = subscribe(buy, line_items=[MONTHLY, course(500)], automatic_tax={"enabled": True})
    sandbox.pay(session.id)
    sandbox.clock(advance=30 * DAY)

    found = client.v1.invoices.list({"subscription": of(client, session).id}).data

    assert all(each.automatic_tax.enabled for each in found)
    assert [(each.total, each.total_excluding_tax) for each in reversed(found)] == [
        (12_600, 10_500),
        (12_000, 10_000),
    ]


def test_an_instalment_is_refunded_and_disputed_like_any_payment(
    client: stripe.StripeClient, signed: stripe.checkout.Session, sandbox: Sandbox
) -> None:
    subscription = of(client, signed)

    refund = sandbox.refund(subscription.id, 500)
    dispute = sandbox.dispute(str(subscription.latest_invoice))

    assert (refund["status"], dispute["amount"], refund["charge"]) == ("succeeded", 9_500, dispute["charge"])
