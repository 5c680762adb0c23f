"""The billing portal, invoices paid by hand, and faults on what is billed."""

import re

import pytest
import requests
import stripe

from sandbox.errors import InvalidRequest
from tests.sandbox.conftest import SCHOOL, Buy, course
from tests.stripe import Sandbox

DAY = 24 * 3600


@pytest.fixture
def overdue(client: stripe.StripeClient, buy: Buy, sandbox: Sandbox) -> stripe.Subscription:
    """A subscription whose second month was declined."""
    session = buy(mode="subscription", line_items=[course(10_000, recurring={"interval": "month"})])
    id = sandbox.pay(session.id)["subscription"]
    sandbox.card(id)
    sandbox.clock(advance=30 * DAY)
    return client.v1.subscriptions.retrieve(id)


def press(sandbox: Sandbox, address: str, **form: str) -> requests.Response:
    origin = {"Origin": sandbox.api_base}
    return requests.post(address, form, headers=origin, allow_redirects=False, timeout=10)


def test_a_card_is_changed_and_the_open_invoice_paid(
    client: stripe.StripeClient, sandbox: Sandbox, overdue: stripe.Subscription
) -> None:
    portal = client.v1.billing_portal.sessions.create(
        {"customer": str(overdue.customer), "return_url": SCHOOL + "/account"}
    )
    invoice = client.v1.invoices.retrieve(str(overdue.latest_invoice))
    address = str(invoice.hosted_invoice_url)
    press(sandbox, address)
    declined = client.v1.invoices.retrieve(invoice.id).status

    shown = requests.get(portal.url, timeout=10).text
    press(sandbox, portal.url + "/card", card="good")
    press(sandbox, address)

    assert "no money moves" in shown
    assert re.search(r"past due.*100\.00 USD", shown, re.DOTALL)
    assert f'href="{SCHOOL}/account"' in shown
    assert (declined, client.v1.invoices.retrieve(invoice.id).status) == ("open", "paid")
    assert client.v1.subscriptions.retrieve(overdue.id).status == "active"


def test_a_flow_changes_the_card_alone_and_leads_back(
    client: stripe.StripeClient, sandbox: Sandbox, overdue: stripe.Subscription
) -> None:
    after = {"type": "redirect", "redirect": {"return_url": SCHOOL + "/done"}}
    portal = client.v1.billing_portal.sessions.create(
        {
            "customer": str(overdue.customer),
            "flow_data": {"type": "payment_method_update", "after_completion": after},
        }
    )

    shown = requests.get(portal.url, timeout=10).text
    ended = press(sandbox, f"{portal.url}/subscriptions/{overdue.id}")
    answer = press(sandbox, portal.url + "/card", card="good")

    assert "Use a card that is accepted" in shown
    assert "Subscriptions" not in shown
    assert ended.status_code == 404
    assert answer.headers["Location"] == SCHOOL + "/done"


def test_a_customer_ends_their_own_subscription_and_nobody_elses(
    client: stripe.StripeClient, sandbox: Sandbox, overdue: stripe.Subscription
) -> None:
    stranger = client.v1.customers.create({"email": "stranger@example.org"}).id
    own, other = (
        client.v1.billing_portal.sessions.create({"customer": each}).url
        for each in (str(overdue.customer), stranger)
    )

    answers = [press(sandbox, f"{each}/subscriptions/{overdue.id}").status_code for each in (other, own)]

    assert answers == [404, 303]
    assert client.v1.subscriptions.retrieve(overdue.id).cancel_at_period_end


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({}, "customer"),
        ({"customer": "cus_nobody"}, "customer"),
        ({"customer": "cus_1", "flow_data": {"type": "subscription_cancel"}}, "flow_data[type]"),
        ({"customer": "cus_1", "mode": "payment"}, "mode"),
    ],
)
def test_a_portal_that_cannot_be_meant_is_refused_by_name(
    client: stripe.StripeClient, params: dict[str, object], param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as raised:
        client.v1.billing_portal.sessions.create(params)

    assert raised.value.param == param


@pytest.mark.parametrize("how", ["cut", "500"])
def test_a_lost_answer_has_tried_the_card_once(
    client: stripe.StripeClient, sandbox: Sandbox, overdue: stripe.Subscription, how: str
) -> None:
    """Whether paying an invoice went well or not, asking again under the key gives the answer that was lost."""
    invoice, key = str(overdue.latest_invoice), {"idempotency_key": "again"}
    sandbox.faults(kind="lose", how=how, path="/v1/invoices/", count=1)

    with pytest.raises((stripe.APIConnectionError, stripe.APIError)):
        client.v1.invoices.pay(invoice, {}, key)
    with pytest.raises(stripe.CardError):
        client.v1.invoices.pay(invoice, {}, key)

    assert len(sandbox.events("charge.failed")) == 2


def test_what_is_ended_through_a_lost_connection_has_ended(
    client: stripe.StripeClient, sandbox: Sandbox, overdue: stripe.Subscription
) -> None:
    sandbox.faults(kind="lose", method="DELETE", path="/v1/subscriptions/", count=1)

    with pytest.raises(stripe.APIConnectionError):
        client.v1.subscriptions.cancel(overdue.id)

    assert client.v1.subscriptions.retrieve(overdue.id).status == "canceled"


def test_an_invoice_that_is_given_up_is_tried_no_more(
    client: stripe.StripeClient, sandbox: Sandbox, overdue: stripe.Subscription
) -> None:
    invoice = str(overdue.latest_invoice)

    voided = client.v1.invoices.void_invoice(invoice)
    with pytest.raises(stripe.InvalidRequestError, match="void"):
        client.v1.invoices.void_invoice(invoice)
    sandbox.clock(advance=7 * DAY)

    assert (voided.status, voided.next_payment_attempt) == ("void", None)
    assert sandbox.events()[-1]["type"] == "invoice.voided"


def test_events_of_what_is_billed_are_listed_by_type_and_fate(
    client: stripe.StripeClient, sandbox: Sandbox, overdue: stripe.Subscription
) -> None:
    sandbox.faults(kind="drop", type="customer.subscription.deleted", count=1)
    client.v1.subscriptions.cancel(overdue.id)
    sandbox.deliver()

    def types(params: stripe.params.EventListParams) -> list[str]:
        return [event.type for event in client.v1.events.list(params)]

    billed = ["finalized", "paid", "finalized", "payment_failed"]
    assert types({"type": "invoice.*"}) == [f"invoice.{each}" for each in reversed(billed)]
    assert types({"types": ["invoice.payment_failed", "customer.subscription.created"]}) == [
        "invoice.payment_failed", "customer.subscription.created",
    ]  # fmt: skip
    assert types({"delivery_success": False}) == ["customer.subscription.deleted"]


@pytest.mark.parametrize("percent", ["much", -1, 101])
def test_a_tax_that_cannot_be_meant_is_refused(sandbox: Sandbox, percent: float | str) -> None:
    with pytest.raises(InvalidRequest):
        sandbox.tax(percent)
