"""Reading an article: its contents follow the reader, work without a script, and questions can be pointed at."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OpenPage
from tests.journeys.shop import Shop

pytestmark = pytest.mark.browser

ARTICLE = "/articles/what-a-hand-notices"


def test_the_contents_follow_the_reader(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop.school, 1280)
    page.goto(ARTICLE)
    contents = page.get_by_role("navigation", name="Contents")
    expect(contents.locator("[aria-current]")).to_have_count(0)

    for name in ("When to take it away", "Questions", "Where to rest the hand"):
        heading = page.get_by_role("heading", name=name)
        heading.evaluate(
            "each => scrollTo(0, each.getBoundingClientRect().top + scrollY - innerHeight * 0.2)"
        )

        expect(contents.get_by_role("link", name=name)).to_have_attribute("aria-current", "true")
        expect(contents.locator("[aria-current]")).to_have_count(1)


def test_without_a_script_the_contents_lead_to_the_heading(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop.school, 390, java_script_enabled=False)
    page.goto(ARTICLE)

    page.get_by_role("navigation", name="Contents").get_by_role("link", name="When to take it away").click()
    page.wait_for_url(re.compile("#"))

    assert page.url.endswith("#when-to-take-it-away")
    expect(page.get_by_role("heading", name="When to take it away")).to_be_in_viewport()
    expect(page.get_by_text("Stop, and say what you noticed.")).to_be_hidden()
    page.get_by_text("May I treat it?").click()
    expect(page.get_by_text("Stop, and say what you noticed.")).to_be_visible()


def test_a_question_can_be_pointed_at(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop.school, 390)
    page.goto("/faq#article-what-a-hand-notices--may-i-treat-it")

    expect(page.get_by_text("Stop, and say what you noticed.")).to_be_in_viewport()
    page.get_by_role("link", name="What a hand notices").last.click()
    page.wait_for_url(re.compile(f"{ARTICLE}$"))
