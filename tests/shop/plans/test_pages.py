"""A plan's pages: what stands there before paying, how it goes on, how it ends, and whose it is."""

import requests

from core.database import transaction
from shop.plans import following, services
from tests import factories
from tests.shop.plans.conftest import PlanShop


def test_a_plan_is_found_on_the_enroll_page_explained_and_paid(plans: PlanShop) -> None:
    plan_id = plans.make(instalments=3)
    client = plans.shop.browser(plans.buyer)

    enroll = client.get(f"/courses/{plans.shop.course.slug}/enroll").text
    page = client.get(f"/plans/{plan_id}").text
    answer = factories.post(client, f"/plans/{plan_id}")

    assert f'href="/plans/{plan_id}"' in enroll
    assert "3 monthly payments of 19.00 USD" in enroll
    for word in ("57.00 USD in all", "everything stays open for 7 days", "To stop before the last payment"):
        assert word in page
    assert answer.status_code == 303
    assert answer.location.startswith(plans.sandbox.api_base)
    assert (
        "3 monthly payments of 19.00 USD, 57.00 USD in all." in requests.get(answer.location, timeout=9).text
    )


def test_the_order_shows_what_is_paid_and_leads_to_the_card(plans: PlanShop) -> None:
    plans.bought(instalments=3)
    client, url = plans.shop.browser(plans.buyer), plans.order.url

    page = client.get(url).text
    answer = factories.post(client, f"{url}/card")

    assert "1 of 3" in page
    assert '<dt>In all</dt><dd class="num">57.00 USD</dd>' in page
    assert "Next on" in page
    assert f"{plans.sandbox.api_base}/invoices/in_" in page
    assert "End the membership" not in page
    assert answer.location.startswith(f"{plans.sandbox.api_base}/p/session/")
    assert "1 of 3 payments made" in client.get("/account/orders").text


NEXT = "19.00 USD on 21 December 2026"


def test_an_order_says_how_far_it_is_paid_and_when_the_next_payment_is_taken(plans: PlanShop) -> None:
    session = plans.begin(plans.make(3))
    plans.sandbox.pay(session)
    client = plans.shop.browser(plans.buyer)

    thanked = client.get(f"/checkout/return?session_id={session}").text
    page, listed = client.get(plans.order.url).text, client.get("/account/orders").text

    assert "payment 1 of 3" in thanked
    assert "1 of 3 payments made." in page
    assert "This order is paid." not in page
    for said in (thanked, page):
        assert "The next payment of 19.00 USD is taken on 21 December 2026." in said
    assert "next 19.00 USD on 21 Dec 2026" in listed
    assert "Paid so far" in listed
    receipt = next(each for each in factories.mails(plans.buyer.email) if each.kind == "receipt")
    assert f"{NEXT}, then each month until all 3 are paid" in receipt.text


def test_an_order_is_paid_once_all_its_payments_are(plans: PlanShop) -> None:
    plans.bought(instalments=2)
    plans.pass_days(32)
    client = plans.shop.browser(plans.buyer)

    page = client.get(plans.order.url).text
    assert "This order is paid." in page
    assert "You paid 38.00 USD for Pay by month in 2 payments, the first of them on 21 November 2026." in page
    assert "invoice of the first payment" in page
    (settled,) = [each for each in factories.mails(plans.buyer.email) if each.kind == "plan_settled"]
    assert "38.00 USD in all" in settled.text
    assert "Paid in full" in client.get("/account/orders").text


def test_a_membership_is_ended_after_a_page_that_says_what_it_means_and_taken_up_again(
    plans: PlanShop,
) -> None:
    plans.bought(instalments=None)
    client, url = plans.shop.browser(plans.buyer), plans.order.url

    asked = client.get(f"{url}/end").text
    ended = factories.post(client, f"{url}/end", follow_redirects=True).text
    ends_at = plans.term.ends_at
    taken_up = factories.post(client, f"{url}/go-on", follow_redirects=True).text

    assert "stays open until" in asked
    assert "Ends on" in ended
    assert ends_at is not None
    assert "Next on" in taken_up
    assert plans.term.ends_at is None
    factories.post(client, f"{url}/end")
    assert plans.term.ends_at == ends_at
    assert plans.mails == ["plan_begun", "plan_ends", "plan_goes_on", "plan_ends"]


def test_somebody_elses_plan_is_not_there(plans: PlanShop) -> None:
    plans.bought(instalments=None)
    other, url = plans.shop.browser(plans.shop.buyer()), plans.order.url

    assert other.get(f"{url}/end").status_code == 404
    assert {factories.post(other, f"{url}/{what}").status_code for what in ("card", "end", "go-on")} == {404}


def test_a_plan_that_was_switched_off_is_not_sold_and_one_that_is_held_not_twice(plans: PlanShop) -> None:
    plans.bought()
    held, off = plans.make(), plans.make()
    admin = factories.make_user("", "Ola", "admin").id
    with transaction():
        services.switch(off, False, admin)
    client = plans.shop.browser(plans.buyer)

    assert client.get(f"/plans/{off}").status_code == 404
    assert client.get(f"/plans/{held}").location == "/dashboard"
    assert factories.post(client, f"/plans/{held}").status_code == 409
    assert len(plans.shop.orders(plans.buyer)) == 1


def test_a_plan_that_waits_for_its_payment_leads_back_to_the_plan(plans: PlanShop) -> None:
    plan_id = plans.make(3)
    session = plans.begin(plan_id)
    client = plans.shop.browser(plans.buyer)

    page = client.get(plans.order.url).text
    again = factories.post(client, f"/plans/{plan_id}")

    assert f'href="/plans/{plan_id}">Continue to payment' in page
    assert f'action="/courses/{plans.shop.course.slug}/enroll"' not in page
    assert session in again.location


def test_the_page_of_a_plan_says_whom_to_ask_for_the_money(plans: PlanShop) -> None:
    plans.bought()

    page = plans.shop.browser(plans.buyer).get(plans.order.url).text

    assert "Your money back" in page
    assert "go back one by one" in page


def order_page(plans: PlanShop) -> str:
    """As its buyer reads it, signed in anew: days have passed."""
    return plans.shop.browser(plans.buyer).get(plans.order.url).text


def test_a_missing_payment_says_how_much_since_when_until_when_and_leads_to_its_invoice(
    plans: PlanShop,
) -> None:
    subscription = plans.bought(instalments=3)
    plans.sandbox.card(subscription, None)
    plans.pass_days(31)
    in_grace, pay_url = order_page(plans), plans.term.pay_url
    plans.pass_days(8)
    paused = order_page(plans)

    assert "The payment of 19.00 USD of 21 December 2026 did not go through." in in_grace
    assert "Everything stays open until 29 December 2026" in in_grace
    assert pay_url.startswith(f"{plans.sandbox.api_base}/invoices/in_")
    for page in (in_grace, paused):
        assert f'href="{pay_url}"' in page
        assert "Pay 19.00 USD now" in page
        assert "Next payment" not in page
    assert "Access is paused" in paused

    requests.post(pay_url, {"card": "good"}, headers={"Origin": plans.sandbox.api_base}, timeout=5)
    plans.sandbox.deliver()

    assert plans.standing == ("active", "active", "plan")
    assert "Pay 19.00 USD now" not in order_page(plans)


def test_a_plan_that_was_ended_at_once_names_no_day_to_come(plans: PlanShop) -> None:
    plans.bought(instalments=None)
    admin = factories.make_user("", "Ida", "admin")
    following.let_run_out(plans.order.number, "A reason.", admin.id)
    following.stop(plans.order.number, "A reason.", admin.id)
    following.look_at_overdue()

    page = plans.shop.browser(plans.buyer).get(plans.order.url).text
    staff = plans.shop.browser(admin).get(f"/admin/orders/{plans.order.number}").text

    assert "This plan has ended." in page
    for said in (page, staff):
        assert "21 December" not in said
    assert "<dt>Ends" not in staff
    assert "<dt>Ended on</dt><dd>21 November 2026" in page
