"""Money on its other ways: less by a code, back by request, taken back by a bank; as buyer and admin see it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.people import sign_in
from tests.journeys.school import inside
from tests.journeys.shop import COURSE, SLUG, Shop, at_checkout, goes_to_checkout, is_received, pays

pytestmark = pytest.mark.browser
LESSON = f"/learn/{SLUG}/a-hand-that-listens"
CODE = "HANDS20"


def test_a_code_takes_something_off(shop: Shop, open_page: OpenPage) -> None:
    admin = make_admin(shop, "codes@example.org")
    back = open_page(shop.school, 1280)
    sign_in(back, admin)
    makes_code(back)
    page = open_page(shop.school, 390, also=shop.sandbox.api_base)
    sign_in(page, shop.make_buyer("noa-has-a-code@example.org"))

    page.goto(f"{COURSE}/enroll")
    page.get_by_label(re.compile("^Code")).fill("no-such-code")
    page.get_by_role("button", name="Apply code").click()
    expect(page.get_by_role("alert")).to_contain_text("does not hold for this order")
    page.get_by_label(re.compile("^Code")).fill(f" {CODE.lower()} ")
    page.get_by_role("button", name="Apply code").click()
    expect(page.get_by_text("9.80 USD less")).to_be_visible()
    page.get_by_role("button", name="Enroll for 39.20 USD").click()
    at_checkout(page)
    expect(page.get_by_text("39.20 USD").first).to_be_visible()
    pays(page)
    is_received(page)
    shop.deliver()

    back.goto("/admin/codes")
    row = back.get_by_role("row", name=re.compile(CODE))
    expect(row).to_contain_text("20 %")
    expect(row.get_by_role("cell").filter(has_text=re.compile("^1$"))).to_have_count(1)


def test_a_refund_is_asked_for_and_approved(shop: Shop, open_page: OpenPage) -> None:
    address = shop.make_buyer("noa-asks-back@example.org")
    page = open_page(shop.school, 390, also=shop.sandbox.api_base)
    goes_to_checkout(page, address)
    pays(page)
    is_received(page)

    page.goto("/account/orders")
    page.get_by_role("link", name=re.compile("^Hands and Skin")).click()
    page.get_by_text("Ask for a refund").first.click()
    page.get_by_label(re.compile("^Why")).fill("I have too little time this winter.")
    page.get_by_role("button", name="Ask for a refund").click()
    expect(page.get_by_text("You asked for it. The school answers by mail")).to_be_visible()

    back = open_page(shop.school, 1280)
    sign_in(back, make_admin(shop, "answers@example.org"))
    back.goto("/admin/refund-requests")
    expect(back.get_by_text("I have too little time this winter.")).to_be_visible()
    back.get_by_role("button", name="Approve").click()
    expect(back.get_by_text("49.00 USD went back.")).to_be_visible()

    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("went back|refunded", re.I))
    page.goto(LESSON)
    assert not page.url.endswith(LESSON)
    assert "49.00 USD" in shop.school.mail_to(address)


def test_a_chargeback_is_answered_and_lost(shop: Shop, open_page: OpenPage) -> None:
    address = shop.make_buyer("noa-disputes@example.org")
    page = open_page(shop.school, 390, also=shop.sandbox.api_base)
    session = goes_to_checkout(page, address)
    pays(page)
    is_received(page)
    page.goto(LESSON)
    expect(page.get_by_role("heading", level=1)).to_contain_text("A hand that listens")

    dispute = shop.sandbox.dispute(session, reason="product_not_received")["id"]
    shop.deliver()
    page.goto(LESSON)
    expect(page.get_by_role("main")).to_contain_text("disputed at the bank")

    back = open_page(shop.school, 1280)
    sign_in(back, make_admin(shop, "disputes@example.org"))
    back.goto("/admin")
    expect(back.get_by_text("1 payment disputed")).to_be_visible()
    back.get_by_role("link", name="Answer").click()
    expect(back.get_by_text("The bank wants an answer by")).to_be_visible()
    back.get_by_role("button", name="Send evidence").click()
    expect(back.get_by_text("The evidence is with Stripe")).to_be_visible()

    shop.sandbox.decide(dispute, "lost")
    shop.deliver()
    back.reload()
    expect(back.get_by_text("The money is gone.")).to_be_visible()
    page.goto("/account/orders")
    page.get_by_role("link", name=re.compile("^Hands and Skin")).click()
    expect(page.get_by_role("main")).to_contain_text("bank")
    page.goto(LESSON)
    assert not page.url.endswith(LESSON)


def make_admin(shop: Shop, address: str) -> str:
    """Somebody who runs the school; gives the address."""
    from accounts.rules import Role
    from accounts.services import grant_role, require_by_email
    from app import create_app
    from core.database import transaction

    shop.make_buyer(address, "Ida Holm")
    with inside(create_app(shop.school.config)), transaction():
        grant_role(require_by_email(address), Role.ADMIN)
    return address


def makes_code(page: Page) -> None:
    page.goto("/admin/codes")
    page.get_by_role("link", name="New code").click()
    page.get_by_label("Code", exact=True).fill(CODE)
    page.get_by_label(re.compile("^Percent")).fill("20")
    page.get_by_role("button", name="Make the code").click()
    expect(page.get_by_role("main")).to_contain_text(CODE)
