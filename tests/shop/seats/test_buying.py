"""Buying seats: by card or by bank transfer, with an invoice, at the price of their number."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from accounts.services import require_by_email
from core.database import transaction
from core.errors import InvalidInput
from core.money import Money
from core.school import change_school
from courses.models import Course
from shop.seats.rules import PriceBreak
from shop.seats.services import set_breaks
from teams.services import team_of
from tests import factories
from tests.shop.shop import Shop
from tests.stripe import Sandbox
from tests.teams.clinic import Clinic


@pytest.fixture
def clinic(shop: Shop) -> Clinic:
    """A clinic that has bought nothing yet; from three seats on each costs 45.00."""
    made = Clinic(shop.app, seats=0)
    with transaction() as session:
        set_breaks(session.get_one(Course, made.course.id), [PriceBreak(3, Money(4500, "USD"))])
    return made


def asked(sandbox: Sandbox) -> dict[str, Any]:
    """What Stripe was last asked to sell."""
    params: dict[str, Any] = sandbox.requests("POST", "/v1/checkout/sessions")[-1]["params"]
    return params


def test_paid_seats_are_there_with_their_invoice(shop: Shop, sandbox: Sandbox, clinic: Clinic) -> None:
    session = clinic.begin(3, order_reference="PO 7")

    sandbox.pay(session, tax_id="DE123456789")
    sandbox.deliver()

    order = shop.order(clinic.manager)
    assert (order.state, order.amount, order.quantity) == ("paid", Money(13500, "USD"), 3)
    assert (order.tax_number, bool(order.invoice_url)) == ("DE123456789", True)
    assert len(clinic.seats()) == 3
    assert shop.mails(clinic.manager) == ["receipt_seats"]
    (line,) = asked(sandbox)["line_items"].values()
    assert (int(line["quantity"]), int(line["price_data"]["unit_amount"])) == (3, 4500)
    shown = asked(sandbox)["invoice_creation"]["invoice_data"]["custom_fields"]
    assert [each["value"] for each in shown.values()] == ["PO 7"]
    assert sandbox.requests("POST", "/v1/customers")[0]["params"]["name"] == "Clinic am See"


def test_a_bank_transfer_gives_seats_once_the_money_is_there(
    shop: Shop, sandbox: Sandbox, clinic: Clinic
) -> None:
    session = clinic.begin(2, by_transfer=True)
    sandbox.transfer(session)
    sandbox.deliver()
    assert (shop.states(clinic.manager), clinic.seats()) == (["processing"], [])

    sandbox.settle(session)
    sandbox.deliver()

    assert (shop.states(clinic.manager), len(clinic.seats())) == (["paid"], 2)
    assert shop.mails(clinic.manager) == ["payment_processing", "receipt_seats"]


def test_another_number_closes_the_order_before_it(shop: Shop, sandbox: Sandbox, clinic: Clinic) -> None:
    first, same = clinic.begin(1), clinic.begin(1)

    second = clinic.begin(2)

    assert first == same != second
    assert shop.states(clinic.manager) == ["expired", "pending"]


def test_seats_can_be_bought_again_and_again(shop: Shop, sandbox: Sandbox, clinic: Clinic) -> None:
    for _ in range(2):
        sandbox.pay(clinic.begin(1))
        sandbox.deliver()

    assert shop.states(clinic.manager) == ["paid", "paid"]
    assert {seat.team_id for seat in clinic.seats()} == {clinic.team().id}


def test_a_number_that_is_not_sold_makes_no_order(shop: Shop, clinic: Clinic) -> None:
    with pytest.raises(InvalidInput):
        clinic.begin(0)

    assert shop.orders(clinic.manager) == []


def test_the_page_shows_the_price_and_leads_to_the_payment(
    shop: Shop, sandbox: Sandbox, clinic: Clinic
) -> None:
    client, address = shop.browser(clinic.manager), f"/courses/{clinic.course.slug}/team"
    typed = {"seats": "3", "company": "Clinic am See", "way": "card"}
    assert "3 or more" in client.get(address).text

    assert "135.00 USD" in factories.post(client, address, {**typed, "look": "1"}).text
    assert factories.post(client, address, {**typed, "company": " "}).status_code == 422
    assert factories.post(client, address, typed).status_code == 303

    assert 'value="Clinic am See"' in client.get(address).text  # The order waits: it is not typed twice.
    order = shop.order(clinic.manager)
    waiting = client.get(f"/orders/{order.number}").text
    assert f'href="{address}"' in waiting  # It goes on with the form: a button would order nothing.
    assert f'action="{address}' not in waiting
    assert "Back to the seats" in waiting
    sandbox.pay(order.session_id or "")
    page = client.get(f"/checkout/return?order={shop.order(clinic.manager).number}").text
    assert "The seats are yours." in page
    assert 'href="/team"' in page
    assert "depends on how they were used" in client.get(f"/orders/{order.number}").text


def test_a_guest_who_buys_seats_becomes_the_first_manager(
    shop: Shop, sandbox: Sandbox, clinic: Clinic
) -> None:
    client, address = shop.app.test_client(), f"/courses/{clinic.course.slug}/team"
    typed = {"seats": "2", "company": "Clinic am See", "way": "card"}
    assert "Enter your email address" in factories.post(client, address, typed).text

    answer = factories.post(client, address, {**typed, "email": "mara@clinic.example"})
    assert 'value="mara@clinic.example"' in client.get(address).text
    sandbox.pay(answer.location.rsplit("/", 1)[-1])
    sandbox.deliver()

    teams = [seat.team_id for seat in clinic.seats()]
    manager = require_by_email("mara@clinic.example")
    assert (teams, manager.confirmed_at) == ([team_of(manager.id).id] * 2, None)
    kinds = [mail.kind for mail in factories.mails("mara@clinic.example")]
    assert kinds == ["receipt_seats", "guest_welcome"]


def test_a_company_is_not_asked_for_what_the_law_asks_of_consumers(
    shop: Shop, sandbox: Sandbox, clinic: Clinic
) -> None:
    client, address = shop.browser(clinic.manager), f"/courses/{clinic.course.slug}/team"
    with transaction():
        change_school({"asks_consent": True})

    page = client.get(address).text
    taken = factories.post(client, address, {"seats": "3", "company": "Clinic am See", "way": "card"})

    assert 'name="consent"' not in page
    assert taken.status_code == 303
    assert shop.order(clinic.manager).consent_version == ""


def test_the_page_of_seats_and_that_of_their_order_say_the_same_of_their_money(
    shop: Shop, sandbox: Sandbox, clinic: Clinic
) -> None:
    client, told = (
        shop.browser(clinic.manager),
        "Whether money for seats goes back depends on how they were used",
    )
    page = client.get(f"/courses/{clinic.course.slug}/team").text
    sandbox.pay(clinic.begin(2))
    sandbox.deliver()

    assert told in page
    assert "14 days" not in page
    assert told in client.get(shop.order(clinic.manager).url).text


def test_while_one_order_waits_for_its_transfer_its_buyer_is_told_why_there_is_no_other(
    clinic: Clinic, client: FlaskClient
) -> None:
    first = factories.make_order(
        clinic.manager, clinic.course, "processing", kind="seats", subject=f"seats:{clinic.course.id}", quantity=2,
        by_transfer=True, company="Clinic am See",
    )  # fmt: skip
    factories.sign_in(client, clinic.manager)

    asked_again = {"seats": "3", "company": "Clinic am See", "way": "transfer"}
    answer = factories.post(client, f"/courses/{clinic.course.slug}/team", asked_again)

    assert (answer.status_code, answer.location) == (303, first.url)
    assert "Another one can be made once it is paid" in client.get(answer.location).text
