"""Paying in instalments: one fails, access pauses, the card is changed, and all opens again."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.people import sign_in
from tests.journeys.school import inside
from tests.journeys.shop import COURSE, DAY, SLUG, Shop, at_checkout, is_received

pytestmark = pytest.mark.browser
LESSON = f"/learn/{SLUG}/a-hand-that-listens"


def test_an_instalment_fails_and_then_recovers(shop: Shop, open_page: OpenPage) -> None:
    offers_three_payments(shop)
    address = shop.make_buyer("noa-pays-in-three@example.org")
    page = open_page(shop.school, 390, also=shop.sandbox.api_base)

    sign_in(page, address)
    buys_in_instalments(page)
    shop.deliver()
    subscription = next(
        e["data"]["object"]["id"] for e in shop.sandbox.events("customer.subscription.created")
    )

    shop.sandbox.card(subscription)  # From now on it declines.
    shop.sandbox.clock(advance=32 * DAY)
    shop.deliver()
    page.goto(LESSON)
    expect(page.get_by_role("heading", level=1)).to_contain_text("A hand that listens")
    assert "Nothing is closed yet" in shop.school.mail_to(address)

    a_week_passes(shop)
    assert "Nothing is lost" in shop.school.mail_to(address)
    page.goto(LESSON)
    assert not page.url.endswith(LESSON)

    changes_the_card(page)
    shop.sandbox.clock(advance=6 * DAY)  # Stripe tries again.
    shop.deliver()
    assert "Everything is open to you again" in shop.school.mail_to(address)
    page.goto(LESSON)
    expect(page.get_by_role("heading", level=1)).to_contain_text("A hand that listens")


def offers_three_payments(shop: Shop) -> None:
    """What an admin of the school does."""
    from accounts.services import create_user
    from app import create_app
    from core.database import transaction
    from core.money import Money
    from courses.services import find_course
    from shop.plans.rules import Rhythm
    from shop.plans.services import Draft, make_plan

    with inside(create_app(shop.school.config)), transaction():
        admin = create_user("plans@example.org", "Ida", "demo-password-1", confirmed=True)
        payment, course = Money(1900, "USD"), find_course(SLUG).id
        make_plan(Draft("Hands and Skin in three", payment, Rhythm.MONTH, 3, (course,)), admin.id)


def a_week_passes(shop: Shop) -> None:
    """At the school, whose worker then takes its hourly look, and sends what is to be sent."""
    from app import create_app
    from core.clock import now, set_now
    from core.mail import deliver_due
    from shop.plans.following import look_at_overdue

    with inside(create_app(shop.school.config)):
        set_now(now() + timedelta(days=7, hours=1))
        try:
            look_at_overdue()
            deliver_due()
        finally:
            set_now(None)


def buys_in_instalments(page: Page) -> None:
    page.goto(f"{COURSE}/enroll")
    page.get_by_role("link", name="3 monthly payments of 19.00 USD").click()
    expect(page.get_by_text("57.00 USD in all.")).to_be_visible()
    expect(page.get_by_text("If a payment fails")).to_be_visible()
    page.get_by_role("button", name="Pay 19.00 USD each month").click()
    at_checkout(page)
    page.get_by_role("button", name="Subscribe").click()
    is_received(page)


def changes_the_card(page: Page) -> None:
    page.goto("/account/orders")
    page.get_by_role("link", name=re.compile("^Hands and Skin in three")).click()
    expect(page.get_by_text("Access is paused, because a payment is missing.")).to_be_visible()
    page.get_by_role("button", name="Change the card").click()
    page.get_by_role("button", name="Use a card that is accepted").click()
    page.wait_for_url(re.compile("/orders/"))
