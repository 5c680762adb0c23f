"""What a checkout can ask, take off, add and write: coupons, taxes, transfers, invoices, the buyer's own words."""

from typing import Any

import pytest
import requests
import stripe

from sandbox.errors import Refused
from tests.sandbox.conftest import NOON, Buy, course
from tests.stripe import Sandbox

TRANSFER = {
    "allowed_payment_method_types": ["card", "customer_balance"],
    "payment_method_options": {
        "customer_balance": {
            "funding_type": "bank_transfer",
            "bank_transfer": {"type": "eu_bank_transfer", "eu_bank_transfer": {"country": "DE"}},
        }
    },
}
FIELD = {
    "key": "order",
    "label": {"type": "custom", "custom": "Order number"},
    "type": "text",
    "optional": True,
}


@pytest.fixture
def ten(client: stripe.StripeClient) -> stripe.Coupon:
    return client.v1.coupons.create({"percent_off": 10, "duration": "once", "max_redemptions": 1})


@pytest.fixture
def clinic(client: stripe.StripeClient) -> stripe.Customer:
    return client.v1.customers.create({"email": "clinic@example.org", "name": "The Clinic"})


@pytest.fixture
def on_account(buy: Buy, clinic: stripe.Customer) -> stripe.checkout.Session:
    """A session that takes a bank transfer."""
    return buy(customer=clinic.id, customer_email=None, line_items=[course(currency="eur")], **TRANSFER)


def seen(
    client: stripe.StripeClient, session: stripe.checkout.Session, *expand: str
) -> stripe.checkout.Session:
    return client.v1.checkout.sessions.retrieve(session.id, {"expand": list(expand)})


def test_a_coupon_is_shared_among_lines_and_used_up_by_paying(
    client: stripe.StripeClient, buy: Buy, sandbox: Sandbox, ten: stripe.Coupon
) -> None:
    lines = [course(1_000) | {"quantity": 3}, course(995)]
    session = buy(line_items=lines, discounts=[{"coupon": ten.id}])
    before = client.v1.coupons.retrieve(ten.id)

    sandbox.pay(session.id)

    assert (session.amount_subtotal, session.amount_total) == (3_995, 3_595)
    assert session.total_details is not None
    assert session.total_details.amount_discount == 400
    assert [line.amount_discount for line in client.v1.checkout.sessions.line_items.list(session.id)] == [
        300,
        100,
    ]
    after = client.v1.coupons.retrieve(ten.id)
    assert [(each.times_redeemed, each.valid) for each in (before, after)] == [(0, True), (1, False)]


def test_a_coupon_of_everything_leaves_nothing_to_pay(
    client: stripe.StripeClient, buy: Buy, sandbox: Sandbox
) -> None:
    free = client.v1.coupons.create({"percent_off": 100, "id": "FREE"})
    session = buy(discounts=[{"coupon": free.id}])

    done = sandbox.pay(session.id)

    assert (session.payment_status, done["payment_status"]) == ("no_payment_required", "no_payment_required")
    assert (done["amount_total"], done["payment_intent"]) == (0, None)


@pytest.mark.parametrize(
    ("coupon", "code"),
    [
        ({"amount_off": 100, "currency": "eur"}, None),
        ({"percent_off": 10, "redeem_by": NOON - 1}, "coupon_expired"),
        ({"percent_off": 99.95}, "amount_too_small"),
    ],
)
def test_a_coupon_that_does_not_fit_is_refused(
    client: stripe.StripeClient, buy: Buy, coupon: Any, code: str | None
) -> None:
    id = client.v1.coupons.create(coupon).id

    with pytest.raises(stripe.InvalidRequestError) as raised:
        buy(discounts=[{"coupon": id}])

    assert raised.value.code == code


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({}, "percent_off"),
        ({"percent_off": 10, "amount_off": 10}, "percent_off"),
        ({"percent_off": 101}, "percent_off"),
        ({"amount_off": 10}, "currency"),
        ({"percent_off": 10, "duration": "repeating"}, "duration"),
        ({"percent_off": 10, "applies_to": {"products": ["prod_1"]}}, "applies_to"),
    ],
)
def test_a_coupon_that_cannot_be_meant_is_refused_by_name(
    client: stripe.StripeClient, params: Any, param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as raised:
        client.v1.coupons.create(params)

    assert raised.value.param == param


def test_a_coupon_can_be_taken_away(client: stripe.StripeClient, buy: Buy, ten: stripe.Coupon) -> None:
    deleted = client.v1.coupons.delete(ten.id)

    assert deleted.deleted
    with pytest.raises(stripe.InvalidRequestError):
        buy(discounts=[{"coupon": ten.id}])


@pytest.mark.parametrize(
    ("behaviour", "total", "tax"), [("exclusive", 11_900, 1_900), ("inclusive", 10_000, 1_597)]
)
def test_tax_is_drawn_once_the_buyers_country_is_known(
    client: stripe.StripeClient, buy: Buy, sandbox: Sandbox, behaviour: str, total: int, tax: int
) -> None:
    requests.post(f"{sandbox.api_base}/_control/tax", json={"percent": 19}, timeout=10)
    session = buy(line_items=[course(10_000, tax_behavior=behaviour)], automatic_tax={"enabled": True})

    sandbox.pay(session.id, country="DE")
    done = seen(client, session, "payment_intent")

    assert (session.amount_total, session.automatic_tax.status) == (10_000, "requires_location_inputs")
    assert done.total_details is not None
    assert (done.amount_total, done.total_details.amount_tax) == (total, tax)
    assert done.automatic_tax.status == "complete"
    assert isinstance(done.payment_intent, stripe.PaymentIntent)
    assert done.payment_intent.amount_received == total
    assert done.customer_details is not None
    assert done.customer_details.address is not None
    assert done.customer_details.address.country == "DE"


@pytest.mark.parametrize("asked", ["automatic_tax", "tax_id_collection"])
def test_tax_for_a_customer_needs_leave_to_change_them(buy: Buy, clinic: stripe.Customer, asked: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as raised:
        buy(customer=clinic.id, customer_email=None, **{asked: {"enabled": True}})

    assert raised.value.param == asked


def test_without_automatic_tax_no_tax_is_drawn(buy: Buy, sandbox: Sandbox) -> None:
    sandbox.tax(19)

    assert sandbox.pay(buy().id)["amount_total"] == 48_900


def test_a_transfer_is_promised_and_arrives(
    client: stripe.StripeClient, sandbox: Sandbox, on_account: stripe.checkout.Session
) -> None:
    promised = sandbox.transfer(on_account.id)
    intent = client.v1.payment_intents.retrieve(promised["payment_intent"])
    settled = sandbox.settle(on_account.id)
    details = settled["customer_details"]
    charge = client.v1.charges.list().data[0]
    later = client.v1.payment_intents.retrieve(intent.id)

    assert intent.next_action is not None
    assert intent.next_action.type == "display_bank_transfer_instructions"
    assert (later.status, later.next_action) == ("succeeded", None)
    assert (promised["status"], promised["payment_status"]) == ("complete", "unpaid")
    assert (intent.status, intent.latest_charge, intent.customer) == (
        "requires_action",
        None,
        on_account.customer,
    )
    assert settled["payment_status"] == "paid"
    assert (details["email"], details["name"]) == ("clinic@example.org", "The Clinic")
    assert charge.payment_method_details is not None
    assert charge.payment_method_details.type == "customer_balance"
    assert [event["type"] for event in sandbox.events()] == [
        "payment_intent.requires_action", "checkout.session.completed",
        "charge.succeeded", "payment_intent.succeeded", "checkout.session.async_payment_succeeded",
    ]  # fmt: skip


def test_a_transfer_may_never_come(sandbox: Sandbox, on_account: stripe.checkout.Session) -> None:
    sandbox.transfer(on_account.id)

    failed = sandbox.fail(on_account.id)

    assert (failed["status"], failed["payment_status"]) == ("complete", "unpaid")
    assert [event["type"] for event in sandbox.events()][-2:] == [
        "payment_intent.canceled", "checkout.session.async_payment_failed",
    ]  # fmt: skip


def test_what_a_checkout_does_not_take_cannot_be_paid_with(
    buy: Buy, sandbox: Sandbox, on_account: stripe.checkout.Session
) -> None:
    with pytest.raises(Refused, match="sepa_debit"):
        sandbox.debit(on_account.id)
    with pytest.raises(Refused, match="customer_balance"):
        sandbox.transfer(buy().id)


@pytest.mark.parametrize(
    ("params", "has_customer"),
    [({}, False), ({"customer_creation": "always"}, True), ({"invoice_creation": {"enabled": True}}, True)],
)
def test_a_customer_is_made_where_one_is_needed(
    client: stripe.StripeClient, buy: Buy, sandbox: Sandbox, params: dict[str, Any], has_customer: bool
) -> None:
    session = buy(**params)
    sandbox.pay(session.id, name="A. Buyer")

    customer = seen(client, session, "customer").customer

    assert (session.customer, isinstance(customer, stripe.Customer)) == (None, has_customer)
    if isinstance(customer, stripe.Customer):
        assert (customer.email, customer.name) == ("buyer@example.org", "A. Buyer")
        assert [each.id for each in client.v1.customers.list({"email": "buyer@example.org"})] == [customer.id]


def test_an_invoice_is_drawn_for_what_was_paid(
    client: stripe.StripeClient, buy: Buy, sandbox: Sandbox
) -> None:
    asked = {"enabled": True, "invoice_data": {"custom_fields": [{"name": "Order", "value": "PO 7"}]}}
    lines = [course(1_000) | {"quantity": 5}]
    session = buy(line_items=lines, invoice_creation=asked, tax_id_collection={"enabled": True})
    sandbox.debit(session.id, business_name="The Clinic", tax_id="DE123456789")
    before = seen(client, session).invoice
    sandbox.settle(session.id)

    invoice = seen(client, session, "invoice.payments").invoice

    assert before is None
    assert isinstance(invoice, stripe.Invoice)
    assert (invoice.status, invoice.amount_paid, invoice.customer_name) == ("paid", 5_000, "The Clinic")
    assert [(each.name, each.value) for each in invoice.custom_fields or []] == [("Order", "PO 7")]
    assert [(each.type, each.value) for each in invoice.customer_tax_ids or []] == [("eu_vat", "DE123456789")]
    assert [(each.quantity, each.amount) for each in invoice.lines] == [(5, 5_000)]
    assert invoice.parent is None
    assert invoice.payments is not None
    assert [each.payment.payment_intent for each in invoice.payments] == [
        seen(client, session).payment_intent
    ]
    assert [event["type"] for event in sandbox.events("invoice.")] == ["invoice.finalized", "invoice.paid"]
    page, pdf = (
        requests.get(str(each), timeout=10) for each in (invoice.hosted_invoice_url, invoice.invoice_pdf)
    )
    assert "The Clinic" in page.text
    assert pdf.content.startswith(b"%PDF-")
    assert b"PO 7" in pdf.content


def test_what_a_buyer_writes_stands_on_the_session(
    client: stripe.StripeClient, buy: Buy, sandbox: Sandbox
) -> None:
    session = buy(
        custom_fields=[FIELD, {**FIELD, "key": "ward", "optional": False}, {**FIELD, "key": "bed"}],
        consent_collection={"terms_of_service": "required"},
    )
    sandbox.pay(session.id, fields={"order": "PO 7"})

    done = seen(client, session)

    assert [each.text.value for each in done.custom_fields if each.text] == ["PO 7", "Example", None]
    assert done.consent is not None
    assert done.consent.terms_of_service == "accepted"


def test_the_page_asks_for_what_must_be_filled_and_agreed(
    client: stripe.StripeClient, buy: Buy, sandbox: Sandbox
) -> None:
    session = buy(
        custom_fields=[{**FIELD, "optional": False}], consent_collection={"terms_of_service": "required"}
    )

    def press(**form: str) -> int:
        origin = {"Origin": sandbox.api_base}
        data = {"action": "pay", **form}
        return requests.post(
            str(session.url), data, headers=origin, allow_redirects=False, timeout=10
        ).status_code

    answers = [press(), press(**{"field-order": "PO 7"}), press(**{"field-order": "PO 7", "terms": "1"})]

    assert answers == [400, 400, 303]
    assert seen(client, session).payment_status == "paid"


def test_the_page_offers_what_the_checkout_takes(
    client: stripe.StripeClient, sandbox: Sandbox, on_account: stripe.checkout.Session
) -> None:
    shown = requests.get(str(on_account.url), timeout=10).text

    assert 'value="transfer"' in shown
    assert 'value="debit"' not in shown
    assert "clinic@example.org" in shown


def test_a_customer_is_changed(client: stripe.StripeClient, clinic: stripe.Customer) -> None:
    client.v1.customers.update(clinic.id, {"name": "The New Clinic", "metadata": {"order": "1"}})

    found = client.v1.customers.retrieve(clinic.id)

    assert (found.name, found.email) == ("The New Clinic", "clinic@example.org")
    assert found.metadata is not None
    assert found.metadata.to_dict() == {"order": "1"}


@pytest.mark.parametrize(
    ("params", "param"),
    [({"email": "nobody"}, "email"), ({"balance": 5}, "balance"), ({"colour": "red"}, "colour")],
)
def test_a_customer_that_cannot_be_meant_is_refused_by_name(
    client: stripe.StripeClient, params: Any, param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as raised:
        client.v1.customers.create(params)

    assert raised.value.param == param
