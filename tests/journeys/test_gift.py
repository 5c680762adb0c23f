"""Somebody gives a course: bought, mailed, claimed by somebody who makes an account for it, and begun."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.faults import faults_of
from tests.journeys.people import sign_in
from tests.journeys.shop import COURSE, PRICE, SLUG, TITLE, Shop, pays

pytestmark = pytest.mark.browser

MESSAGE = "For your quiet evenings."
PASSWORD = "A quiet afternoon in May"


def test_a_gift_is_bought_mailed_and_claimed(shop: Shop, open_page: OpenPage) -> None:
    mara, anna = shop.make_buyer("mara-gives@example.org", "Mara"), "anna@example.org"
    giver = open_page(shop.school, 390, also=shop.sandbox.api_base)
    recipient = open_page(shop.school, 1280)

    fills_the_form_in(giver, mara, anna)
    pays_for_it(giver)
    shop.deliver()
    opens_the_mail(recipient, shop, anna)
    registers(recipient, shop, anna)
    claims(recipient)
    sees_that_it_was_claimed(giver)


def fills_the_form_in(page: Page, giver: str, recipient: str) -> None:
    sign_in(page, giver)
    page.goto(COURSE)
    page.get_by_role("link", name="Give it to somebody").first.click()
    page.get_by_label("Name of the person you give it to").fill("Anna")
    page.get_by_label("Their email address").fill(recipient)
    page.get_by_label("A message to them").fill(MESSAGE)
    expect(page.get_by_label("Your name, as they shall read it")).to_have_value("Mara")
    assert not (faults := faults_of(page)), "\n".join(faults)
    page.get_by_role("button", name="Look it over").click()


def pays_for_it(page: Page) -> None:
    expect(page.get_by_role("main")).to_contain_text(MESSAGE)
    expect(page.get_by_role("complementary", name="Summary")).to_contain_text(PRICE)
    assert not (faults := faults_of(page)), "\n".join(faults)
    page.get_by_role("button", name="Continue to payment").click()
    expect(page.get_by_text("no money moves")).to_be_visible()
    pays(page)
    expect(page.get_by_role("heading", name="The gift is wrapped.")).to_be_visible()
    page.get_by_role("link", name="Go to my gift").click()
    expect(page.get_by_role("main")).to_contain_text("Nobody has claimed it so far")
    assert not (faults := faults_of(page)), "\n".join(faults)


def opens_the_mail(page: Page, shop: Shop, address: str) -> None:
    mail = shop.school.mail_to(address)
    assert f"Mara gives you a course: {TITLE}" in mail
    assert MESSAGE in mail
    assert "USD" not in mail
    page.goto(_link(mail))
    expect(page.get_by_role("heading", name="A gift for Anna")).to_be_visible()
    assert not (faults := faults_of(page)), "\n".join(faults)


def registers(page: Page, shop: Shop, address: str) -> None:
    page.get_by_role("main").get_by_role("link", name="Create an account").click()
    page.get_by_label("Name").fill("Anna")
    page.get_by_label("Email address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    page.goto(_link(shop.school.mail_to(address)))
    if page.get_by_role("button", name="Confirm").count():
        page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Email address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def claims(page: Page) -> None:
    """With the code that came along."""
    page.get_by_role("button", name="Open my gift").click()
    page.wait_for_url(re.compile(f"/learn/{SLUG}"))
    expect(page.get_by_text("The gift is yours.")).to_be_visible()
    page.goto(f"/learn/{SLUG}/a-hand-that-listens")
    expect(page.get_by_role("heading", level=1)).to_contain_text("A hand that listens")


def sees_that_it_was_claimed(page: Page) -> None:
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("It was claimed on")


def _link(mail: str) -> str:
    found = re.search(r"https?://\S+", mail)
    assert found
    return found[0]
