"""Tax: asked for as the order froze it, stored as Stripe worked it out, shown as net, tax and gross."""

from typing import Any

import pytest
from sqlalchemy import select

from core.database import db, transaction
from core.money import Money
from core.outbox import OutboxMail
from core.school import change_school
from shop.models import Order
from shop.taxes import Tax
from tests import factories
from tests.shop.plans.conftest import PlanShop
from tests.shop.plans.conftest import plans as plans
from tests.shop.shop import Shop
from tests.stripe import Sandbox

SESSIONS = "/v1/checkout/sessions"


@pytest.fixture
def taxed(shop: Shop, sandbox: Sandbox) -> Shop:
    """A shop where Stripe works out 19 per cent within each price, and asks for tax numbers."""
    set_taxes(True)
    sandbox.tax(19)
    return shop


def set_taxes(is_on: bool) -> None:
    with transaction():
        change_school({"taxes_by_stripe": is_on, "asks_tax_number": is_on})


@pytest.mark.parametrize(
    ("gross", "tax", "refunded", "net", "returned"),
    [
        (4900, 782, 0, 4118, 0),
        (4900, 782, 2450, 4118, 391),
        (4900, 782, 1000, 4118, 160),  # 159.59 by its share
        (4900, 782, 4900, 4118, 782),
        (4900, 0, 4900, 4900, 0),
        (0, 0, 0, 0, 0),
    ],
)
def test_a_tax_says_what_is_left_of_it_by_shares(
    gross: int, tax: int, refunded: int, net: int, returned: int
) -> None:
    found = Tax(Money(gross, "EUR"), tax, refunded)

    assert (found.net, found.returned) == (Money(net, "EUR"), Money(returned, "EUR"))


def test_a_taxed_order_is_paid_as_it_was_ordered(taxed: Shop, sandbox: Sandbox) -> None:
    buyer = taxed.buyer()

    sandbox.pay(taxed.begin(buyer), country="DE", tax_id="DE123456789")
    sandbox.deliver()

    order = taxed.order(buyer)
    assert (order.state, order.amount) == ("paid", Money(4900, "USD"))
    assert (order.tax_minor, order.tax_country, order.tax_number) == (782, "DE", "DE123456789")
    assert [line.tax_minor for line in order.lines] == [782]
    assert order.invoice_url
    receipt = db.session.scalars(select(OutboxMail).filter_by(kind="receipt")).one()
    assert "including 7.82 USD tax (VAT), 41.18 USD net" in receipt.text
    page = taxed.browser(buyer).get(order.url).text
    assert all(words in page for words in ("41.18 USD", "Tax (VAT)", "7.82 USD", "DE123456789"))


def test_without_the_setting_nothing_is_said_of_tax(shop: Shop, sandbox: Sandbox) -> None:
    buyer = shop.buyer()
    sandbox.tax(19)

    sandbox.pay(shop.begin(buyer))
    sandbox.deliver()

    order = shop.order(buyer)
    assert (order.tax, order.tax_country, order.invoice_url) == (None, "", "")
    assert "Tax" not in shop.browser(buyer).get(order.url).text
    assert "includes tax" not in shop.browser(shop.buyer()).get(f"/courses/{shop.course.slug}/enroll").text


@pytest.mark.parametrize("is_on", [True, False])
def test_a_setting_that_changes_after_a_silence_does_not_break_the_retry(
    shop: Shop, sandbox: Sandbox, is_on: bool
) -> None:
    set_taxes(is_on)
    buyer = shop.buyer()
    client = shop.browser(buyer)
    sandbox.faults(kind="lose", path=SESSIONS, count=1)
    assert shop.press_enroll(client).status_code == 503
    set_taxes(not is_on)

    answer = shop.press_enroll(client)

    assert answer.status_code == 303
    first, second = sandbox.requests("POST", SESSIONS)
    assert (first["params"], first["idempotency_key"]) == (second["params"], second["idempotency_key"])
    assert shop.order(buyer).is_taxed is is_on


def test_a_part_that_goes_back_takes_its_share_of_the_tax(taxed: Shop, sandbox: Sandbox) -> None:
    buyer = taxed.buyer()
    session = taxed.begin(buyer)
    sandbox.pay(session)
    sandbox.tax(25)  # Today's rate is not that of then.

    sandbox.refund(session, 2450)
    sandbox.deliver()

    tax = taxed.order(buyer).tax
    assert tax is not None
    assert (tax.minor, tax.returned) == (782, Money(391, "USD"))


def test_the_last_page_says_that_tax_is_within(taxed: Shop) -> None:
    client = taxed.browser(taxed.buyer())

    pages = [client.get(f"/courses/{taxed.course.slug}/{page}").text for page in ("enroll", "team")]

    assert "Price includes tax." in pages[0]
    assert "Prices include tax." in pages[1]


def test_each_payment_of_a_plan_brings_its_tax(plans: PlanShop) -> None:
    set_taxes(True)
    plans.sandbox.tax(19)
    plans.bought()
    assert plans.order.tax_minor == 303

    plans.sandbox.tax(25)
    plans.pass_days(31)

    order: Order = plans.order
    assert (order.paid_minor, order.tax_minor) == (3800, 303 + 380)
    assert sum(line.tax_minor for line in order.lines) == 303 + 380


def test_the_admin_sees_net_tax_and_gross(taxed: Shop, sandbox: Sandbox) -> None:
    buyer: Any = taxed.buyer()
    sandbox.pay(taxed.begin(buyer), country="DE", tax_id="DE123456789")
    sandbox.deliver()
    client = taxed.browser(factories.make_user("", "Ida", "admin"))

    page = client.get(f"/admin/orders/{taxed.order(buyer).number}").text
    head, row = client.get("/admin/orders.csv").text.splitlines()

    assert "due in DE" in page
    assert head.endswith("Net,Tax,Tax in refunded,Tax country,Tax number")
    assert row.endswith("41.18,7.82,0.00,DE,DE123456789")
