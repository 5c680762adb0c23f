"""A clinic buys seats, invites two people, and moves a seat from one to a third."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.people import sign_in
from tests.journeys.shop import COURSE, SLUG, TITLE, Shop, pays

pytestmark = pytest.mark.browser

CLINIC = "Clinic am See"


def test_a_clinic_buys_seats_and_moves_one(shop: Shop, open_page: OpenPage) -> None:
    mara, ada, bo = (
        shop.make_buyer(f"{name}@clinic.example", name.title()) for name in ("mara", "ada", "bo")
    )
    manager, first, second = (
        open_page(shop.school, width, also=shop.sandbox.api_base) for width in (1280, 390, 390)
    )

    buys_two_seats(manager, mara)
    shop.deliver()
    invites(manager, ada)
    takes_the_seat(first, shop, ada)
    sees_nothing_but_the_seat(manager, ada)
    moves_the_seat(manager, ada, bo)
    is_out(first)
    takes_the_seat(second, shop, bo)


def buys_two_seats(page: Page, address: str) -> None:
    sign_in(page, address)
    page.goto(f"{COURSE}/team")
    page.get_by_label("Number of seats").fill("2")
    page.get_by_label("Company or clinic").fill(CLINIC)
    page.get_by_role("button", name="Show the price").click()
    expect(page.get_by_role("main")).to_contain_text("2 seats cost 98.00 USD")
    page.get_by_role("button", name="Continue to payment").click()
    expect(page.get_by_text("no money moves")).to_be_visible()
    pays(page)
    expect(page.get_by_role("heading", name="The seats are yours.")).to_be_visible()
    page.get_by_role("link", name="Go to my team").click()
    expect(page.get_by_role("heading", level=1, name=CLINIC)).to_be_visible()


def invites(page: Page, address: str) -> None:
    page.get_by_role("link", name=re.compile("^Invite")).first.click()
    page.get_by_label("Email addresses").fill(f"name,email\nAda,{address}\nnobody")
    page.get_by_role("button", name="Look it through").click()
    expect(page.get_by_role("heading", name="1 of 2 will be invited")).to_be_visible()
    page.get_by_role("button", name="Send 1 invitation").click()
    expect(page.get_by_role("main")).to_contain_text("2 seats: 1 free, 1 invited")


def takes_the_seat(page: Page, shop: Shop, address: str) -> None:
    link = re.search(r"https?://\S+/team/join/\S+", shop.school.mail_to(address))
    assert link
    page.goto(link[0])
    page.get_by_role("link", name="Sign in", exact=True).last.click()
    page.get_by_label("Email address").fill(address)
    page.get_by_label("Password").fill("demo-password-1")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("radio", name=re.compile("^Nothing"))).to_be_checked()
    page.get_by_role("button", name="Take the seat").click()
    page.wait_for_url(re.compile(f"/learn/{SLUG}"))
    expect(page.get_by_text("The seat is yours.")).to_be_visible()


def sees_nothing_but_the_seat(page: Page, address: str) -> None:
    page.goto("/team")
    row = page.get_by_role("row").filter(has_text=address)
    expect(row).to_contain_text("Accepted")
    expect(row).not_to_contain_text("%")


def moves_the_seat(page: Page, before: str, after: str) -> None:
    page.get_by_role("row").filter(has_text=before).get_by_role("link").click()
    page.get_by_label("Email address").fill(after)
    page.get_by_role("button", name="Move the seat").click()
    expect(page.get_by_role("row").filter(has_text=after)).to_contain_text("Invited")


def is_out(page: Page) -> None:
    page.goto(f"/learn/{SLUG}")
    page.wait_for_url(re.compile(COURSE))
    expect(page.get_by_role("main")).to_contain_text(TITLE)
