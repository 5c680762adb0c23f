"""A visitor pays without an account, and gets one by the link of a mail."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OpenPage
from tests.journeys.shop import COURSE, SLUG, Shop, at_checkout, pays, presses_enroll

pytestmark = pytest.mark.browser


def test_a_visitor_pays_first_and_gets_the_account_after(shop: Shop, open_page: OpenPage) -> None:
    page, address = open_page(shop.school, 390, also=shop.sandbox.api_base), "guest@example.org"

    page.goto(COURSE)
    presses_enroll(page)
    page.get_by_label("Email address").fill(address)
    presses_enroll(page)
    at_checkout(page)
    pays(page)
    expect(page.get_by_role("heading", name="Thank you. Look into your mail.")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("g…@example.org")
    shop.deliver()

    link = re.search(r"https?://\S+/welcome/\S+", shop.school.mail_to(address))
    assert link
    page.goto(link[0])
    page.get_by_label("Name for your certificate").fill("Gwen Hart")
    page.get_by_label("Password").fill("A quiet afternoon in May")
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(re.compile(f"/learn/{SLUG}"))
    page.goto("/account/orders")
    expect(page.get_by_role("main")).to_contain_text("Paid")
