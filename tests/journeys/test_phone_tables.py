"""On a phone the studio's tables stand as blocks: nothing scrolls sideways, each cell has the name of its column."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.people import sign_in
from tests.journeys.places import CERTIFICATION, FREE, count_results
from tests.journeys.school import School

pytestmark = pytest.mark.browser

PHONE = 390
TABLES = [
    "/studio/marking",
    f"/studio/courses/{CERTIFICATION}/reviews",
    f"/studio/courses/{CERTIFICATION}/gain",
    f"/studio/courses/{CERTIFICATION}/cohort",
    f"/studio/courses/{FREE}/statistics",
    f"/studio/courses/{FREE}/quizzes/stress-skin-quiz/statistics",
    f"/studio/courses/{FREE}/quizzes/amira-exam-season-acne/statistics",
]
TOO_WIDE = """boxes => boxes.filter(box => box.scrollWidth > box.clientWidth).map(box => box.ariaLabel)"""
MISNAMED = """tables => tables.flatMap(table => {
    const heads = [...table.querySelectorAll("thead th")].map(head => head.innerText.trim());
    return [...table.querySelectorAll("tbody tr")].flatMap(row => [...row.cells].map((cell, place) =>
        [heads[place], cell.tagName === "TH" ? heads[0] : cell.dataset.label || "Actions"]));
}).filter(([head, label]) => head !== label)"""


@pytest.fixture(scope="module")
def teacher(chromium: Browser, demo_school: School) -> Any:
    """Signed in once for all pages, when the figures are there."""
    count_results(demo_school)
    context = chromium.new_context(base_url=demo_school.url)
    sign_in(context.new_page(), "instructor@demo.example")
    state = context.storage_state()
    context.close()
    return state


@pytest.mark.parametrize("address", TABLES)
def test_a_table_needs_no_scrolling_and_names_each_cell_as_its_column(
    demo_school: School, open_page: OpenPage, teacher: Any, address: str
) -> None:
    page = _opens(open_page, demo_school, teacher, address)

    expect(page.locator(".stacked").first).to_be_visible()
    assert page.locator(".table-box").evaluate_all(TOO_WIDE) == []
    assert page.locator(".stacked table").evaluate_all(MISNAMED) == []


def test_a_stacked_table_is_still_one_to_the_ear_and_can_be_sorted(
    demo_school: School, open_page: OpenPage, teacher: Any
) -> None:
    page = _opens(open_page, demo_school, teacher, TABLES[-2])
    table = page.get_by_role("region", name="Table of questions").get_by_role("table")
    row = table.get_by_role("row").nth(1)

    expect(table.get_by_role("columnheader")).to_have_count(7)
    expect(row.get_by_role("rowheader")).to_have_count(1)
    expect(row.get_by_role("cell")).to_have_count(6)
    page.get_by_role("link", name="Weight").click()
    expect(page.get_by_role("columnheader", name="Weight")).to_have_attribute(
        "aria-sort", re.compile("ending$")
    )


def _opens(open_page: OpenPage, school: School, state: Any, address: str) -> Page:
    page = open_page(school, PHONE, storage_state=state)
    page.goto(address)
    return page
