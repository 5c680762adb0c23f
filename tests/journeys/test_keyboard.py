"""The main path with nothing but the keyboard: Tab, Enter, Space, and arrows within a group."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.people import DEMO_NEWCOMER, DEMO_PASSWORD, sign_in
from tests.journeys.school import School
from tests.journeys.shop import COURSE as PAID
from tests.journeys.shop import Shop
from tests.journeys.walking import goes_to, opens

pytestmark = pytest.mark.browser

COURSE = "the-stress-skin-cycle"


def test_a_learner_signs_in_reads_and_hands_in_by_keyboard_alone(
    demo_school: School, open_page: OpenPage
) -> None:
    page = open_page(demo_school, 1280)
    page.goto(f"/courses/{COURSE}")

    skips_to_the_content(page)
    signs_in(page)
    goes_to(page, "Start free", "BUTTON")
    opens(page)
    goes_to(page, "Begin: Alarm and recovery", "A")
    opens(page)
    answers_a_check(page)
    goes_to(page, "Mark complete and continue", "BUTTON")
    opens(page)
    page.wait_for_url(re.compile("what-stress-does-to-skin$"))
    hands_in_a_quiz(page)


def test_a_newcomer_pays_by_keyboard_alone(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop.school, 1280, also=shop.sandbox.api_base)
    sign_in(page, shop.make_buyer("kim@example.org"))
    page.goto(f"{PAID}/enroll")

    goes_to(page, "Enroll for", "BUTTON")
    opens(page)
    goes_to(page, "Card declined", "BUTTON")
    opens(page)
    expect(page.get_by_role("alert")).to_be_focused()
    goes_to(page, "Pay", "BUTTON", '[value="pay"]')
    opens(page)
    goes_to(page, "Start the first lesson", "A")
    opens(page)

    expect(page.get_by_role("heading", level=1)).to_contain_text("A hand that listens")


def skips_to_the_content(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def signs_in(page: Page) -> None:
    goes_to(page, "Sign in", "A")
    opens(page)
    goes_to(page, "Email address", "INPUT")
    page.keyboard.type(DEMO_NEWCOMER)
    goes_to(page, "Password", "INPUT")
    page.keyboard.type(DEMO_PASSWORD)
    opens(page)
    page.wait_for_url(re.compile(f"/courses/{COURSE}$"))


def answers_a_check(page: Page) -> None:
    """Tab into the first check, choose by arrows, press its button."""
    page.get_by_role("heading", level=1).wait_for()
    goes_to(page, "", "INPUT", 'input[type="radio"]')
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    goes_to(page, "Check answer", "BUTTON")
    opens(page)
    expect(page.locator(".lesson-check").first.locator(".verdict")).to_be_visible()


def hands_in_a_quiz(page: Page) -> None:
    page.goto(f"/learn/{COURSE}/quizzes/stress-skin-quiz")
    goes_to(page, "Start quiz", "BUTTON")
    opens(page)
    goes_to(page, "Submit answers", "BUTTON")
    opens(page, "Space")
    goes_to(page, "Confirm and submit", "BUTTON")
    opens(page)
    expect(page.get_by_role("link", name="Try again")).to_be_visible()
