"""A work is handed in, returned, revised and passed: its author and its tutor, each in their own browser."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from core.clock import now
from tests import factories
from tests.journeys.conftest import WAYS, OpenPage
from tests.journeys.people import sign_in
from tests.journeys.school import School
from tests.journeys.walking import goes_to, opens
from tests.journeys.works import begin_work, open_assignment

pytestmark = pytest.mark.browser

A_SECOND = 1_000  # milliseconds
CRITERIA = ("Safety", "Plan", "Words", "Limits", "Sources")


@pytest.mark.parametrize("way", WAYS)
def test_a_work_is_handed_in_returned_revised_and_passed(
    school: School, open_page: OpenPage, way: str
) -> None:
    learner, teacher = f"author-{way}@example.org", f"tutor-{way}@example.org"
    assigned = open_assignment(school, learner, teacher)
    author, tutor = open_page(school, **WAYS[way]), open_page(school, **WAYS[way])
    sign_in(author, learner, factories.PASSWORD)
    sign_in(tutor, teacher, factories.PASSWORD)

    begins_and_writes(author, assigned.url)
    hands_in(author)
    claims_and_returns(tutor)
    reads_what_to_change(author)
    hands_in(author)
    gives_the_mark(tutor)
    author.reload()
    expect(author.get_by_text("10 of 10 points, 100 percent")).to_be_visible()
    expect(author.get_by_text("Well done.")).to_be_visible()
    author.goto(assigned.url.rpartition("/quizzes/")[0])
    expect(author.get_by_text("1 of 2").first).to_be_visible()


def test_an_old_window_writes_over_nothing(school: School, open_page: OpenPage) -> None:
    assigned = open_assignment(school, "windows@example.org", "windows-tutor@example.org")
    page = open_page(school, 390, forgive=True)
    sign_in(page, "windows@example.org", factories.PASSWORD)
    begins_and_writes(page, assigned.url)
    expect(status(page)).to_have_text("Saved")
    old = open_page(school, 1280, forgive=True)
    sign_in(old, "windows@example.org", factories.PASSWORD)
    old.goto(page.url)
    page.get_by_label("Your work").press_sequentially(" And eight hundred words.")
    expect(status(page)).to_have_text("Saved")

    old.get_by_label("Your work").press_sequentially("!")

    expect(status(old)).to_contain_text("another window has changed this text")
    page.get_by_label("Your work").press_sequentially(" More.")
    expect(status(page)).to_have_text("Saved")
    page.reload()
    expect(page.get_by_label("Your work")).to_have_value(re.compile("eight hundred words. More."))


def begins_and_writes(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Start assignment").click()
    page.get_by_label("Your work").fill("# Plan\n\nFirst **draft** of mine.")


def hands_in(page: Page) -> None:
    page.get_by_role("button", name="Look over and hand in").click()
    expect(page.get_by_role("heading", level=3, name="Plan")).to_be_visible()
    page.get_by_label("This names no client and shows no photograph of one").check()
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Your work is handed in")


def claims_and_returns(page: Page) -> None:
    page.goto("/studio")
    page.get_by_role("link", name="Open the queue").click()
    expect(page.get_by_text("Hidden until marked")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Claim")).click()
    page.get_by_label("Comment on the whole").fill("Name the speed of each flag.")
    page.get_by_role("button", name="Return for revision").click()
    expect(page.get_by_text("With its author", exact=True)).to_be_visible()


def reads_what_to_change(page: Page) -> None:
    page.goto("/dashboard")
    page.get_by_role("link", name=re.compile("^Revise your work")).click()
    expect(page.get_by_text("Name the speed of each flag.").first).to_be_visible()
    page.get_by_label("Your work").fill("# Plan\n\nToday, and in two weeks.")


def gives_the_mark(page: Page) -> None:
    page.goto("/studio/marking?show=mine")
    page.get_by_role("row").get_by_role("link").first.click()
    expect(page.get_by_text("Version 1,")).to_be_visible()
    for name in CRITERIA:
        page.get_by_role("group", name=re.compile(f"^{name}")).get_by_role("radio").last.check()
    page.get_by_label("Comment on the whole").fill("Well done.")
    page.get_by_role("button", name="Give this mark").click()
    expect(page.get_by_role("status").first).to_contain_text("The mark is given")


def test_a_work_is_saved_as_it_is_written_and_its_words_are_counted(
    school: School, open_page: OpenPage
) -> None:
    assigned = open_assignment(school, "saved@example.org", "tutor-saved@example.org")
    page = open_page(school)
    sign_in(page, "saved@example.org", factories.PASSWORD)
    holds_the_clock(page)
    begins_and_writes(page, assigned.url)

    expect(page.get_by_text("5 words; 5 to 40 are asked for")).to_be_visible()
    page.clock.run_for(A_SECOND)
    expect(status(page)).to_have_text("Saved")
    page.reload()
    expect(page.get_by_label("Your work")).to_have_value("# Plan\n\nFirst **draft** of mine.")


def test_a_work_that_is_written_offline_is_kept_and_sent_when_the_line_is_back(
    school: School, open_page: OpenPage
) -> None:
    assigned = open_assignment(school, "train@example.org", "tutor-train@example.org")
    page = open_page(school, forgive=True)
    sign_in(page, "train@example.org", factories.PASSWORD)
    begins_and_writes(page, assigned.url)
    expect(status(page)).to_have_text("Saved")
    draft = page.url
    page.context.set_offline(True)

    page.get_by_label("Your work").fill("Written in the tunnel.")
    expect(status(page)).to_have_text(re.compile("^Not saved yet"))
    page.get_by_role("button", name="Look over and hand in").click()
    page.wait_for_url(draft)

    page.context.set_offline(False)
    expect(status(page)).to_have_text("Saved")
    page.get_by_role("button", name="Look over and hand in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hand in")
    expect(page.get_by_role("main")).to_contain_text("Written in the tunnel.")


def test_of_two_tabs_the_text_that_was_written_last_stands(school: School, open_page: OpenPage) -> None:
    assigned = open_assignment(school, "tabbed@example.org", "tutor-tabbed@example.org")
    page = open_page(school)
    sign_in(page, "tabbed@example.org", factories.PASSWORD)
    begins_and_writes(page, assigned.url)
    expect(status(page)).to_have_text("Saved")
    other = page.context.new_page()
    other.goto(page.url)

    other.get_by_label("Your work").fill("Written last.")
    expect(status(other)).to_have_text("Saved")
    expect(status(page)).to_contain_text("A newer answer from another window")
    page.get_by_role("button", name="Save draft").click()  # a stale tab takes nothing back

    expect(page.get_by_label("Your work")).to_have_value("Written last.")


def holds_the_clock(page: Page) -> None:
    """The page's time stands still: a second of it is one, however busy the machine is."""
    page.clock.install()
    page.clock.pause_at(now() + timedelta(minutes=1))


def status(page: Page) -> Locator:
    return page.locator("[data-save-status]")


def test_a_mark_is_given_by_keyboard_alone(school: School, open_page: OpenPage) -> None:
    learner, teacher = "keyed@example.org", "tutor-keyed@example.org"
    work = begin_work(school, learner, open_assignment(school, learner, teacher), "hand in")
    page = open_page(school)
    sign_in(page, teacher, factories.PASSWORD)
    page.goto(f"/studio/marking/{work}")

    goes_to(page, "Claim this work", "BUTTON")
    opens(page)
    for number, _ in enumerate(CRITERIA):
        goes_to(page, "0", "INPUT", f'[name="l1-{number}"]')
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
    goes_to(page, "Give this mark", "BUTTON")
    opens(page)

    expect(page.get_by_role("status").first).to_contain_text("The mark is given")
