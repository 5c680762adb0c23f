"""Answers on their way: saved as they are given, kept while the line is down, in two tabs, under a clock, by hand."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from core.clock import now, set_now
from tests.factories import PASSWORD
from tests.journeys.conftest import OpenPage
from tests.journeys.people import sign_in
from tests.journeys.school import School, inside
from tests.journeys.sitting import open_quiz
from tests.journeys.walking import goes_back

pytestmark = pytest.mark.browser

FIRST = "What does a hand notice first?"


def begins(page: Page, school: School, address: str, **settings: object) -> str:
    """Sign in and begin a quiz; its attempt's address."""
    quiz = open_quiz(school, address, **settings)
    sign_in(page, address, PASSWORD)
    page.goto(quiz)
    page.get_by_role("button", name="Start quiz").click()
    expect(page.get_by_text("Question 1 of 4.")).to_be_visible()
    return page.url.partition("?")[0]


def saved(page: Page) -> Locator:
    return page.locator("[data-save-status]")


def chooses(page: Page, option: str) -> None:
    page.get_by_role("radio", name=option).check()


def hands_in(page: Page) -> None:
    page.get_by_role("button", name="Submit answers").last.click()
    page.get_by_role("button", name="Confirm and submit").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_an_answer_given_offline_is_kept_and_sent_when_the_line_is_back(
    school: School, open_page: OpenPage
) -> None:
    page = open_page(school, forgive=True)
    attempt = begins(page, school, "offline@example.org")
    page.context.set_offline(True)

    chooses(page, "Warmth")
    expect(saved(page)).to_have_text(re.compile("^Not saved yet"))
    page.get_by_role("button", name="Next").click()
    expect(saved(page)).to_have_text(re.compile("^You are offline"))
    page.wait_for_url(re.compile(attempt))

    page.context.set_offline(False)
    expect(saved(page)).to_have_text("Saved")
    page.goto(f"{attempt}?q=1")
    expect(page.get_by_role("radio", name="Warmth")).to_be_checked()


def test_the_whole_paper_says_what_is_saved_as_it_is_saved(school: School, open_page: OpenPage) -> None:
    page = open_page(school)
    attempt = begins(page, school, "overview@example.org")
    page.goto(f"{attempt}?view=paper")
    first = page.locator("#question-1")
    expect(first).to_contain_text("Not answered")

    chooses(page, "Warmth")

    expect(page.get_by_text("1 of 4 answered")).to_be_visible()
    expect(first.get_by_text("Saved")).to_be_visible()
    expect(first.get_by_text("Not answered")).to_be_hidden()
    first.get_by_role("checkbox", name="Flag question 1").check()
    expect(page.get_by_text("1 of 4 answered, 1 flagged")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Question 1 ?, answered and flagged"))).to_be_visible()


def test_an_answer_left_on_another_page_is_sent_before_the_paper_is_handed_in(
    school: School, open_page: OpenPage
) -> None:
    page = open_page(school, forgive=True)
    attempt = begins(page, school, "leaver@example.org")
    page.context.set_offline(True)
    chooses(page, "Warmth")
    expect(saved(page)).to_have_text(re.compile("^Not saved yet"))
    state = page.evaluate("Object.entries(localStorage)")

    other = page.context.new_page()  # The tab was closed without a line; later somebody comes back elsewhere.
    page.close(run_before_unload=False)
    page.context.set_offline(False)
    assert any("unsaved" in name for name, _ in state)
    other.goto(f"{attempt}/review")
    expect(other.get_by_text("3 questions are not answered")).to_be_visible()
    other.get_by_role("button", name="Confirm and submit").click()

    expect(other.get_by_role("main")).to_contain_text("1 of 5 points")


def test_the_newest_answer_of_two_tabs_stands_and_the_other_tab_is_told(
    school: School, open_page: OpenPage
) -> None:
    page = open_page(school)
    attempt = begins(page, school, "tabs@example.org")
    other = page.context.new_page()
    other.goto(f"{attempt}?q=1")

    chooses(page, "Redness")
    expect(saved(page)).to_have_text("Saved")
    expect(saved(other)).to_contain_text("A newer answer from another window")
    chooses(other, "Warmth")
    expect(saved(other)).to_have_text("Saved")
    page.get_by_role("button", name="Next").click()  # a stale tab takes nothing back

    other.reload()
    expect(other.get_by_role("radio", name="Warmth")).to_be_checked()
    hands_in(other)
    chooses_too_late(page, attempt)


def chooses_too_late(page: Page, attempt: str) -> None:
    """The attempt was handed in elsewhere: this tab's next button says so."""
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("This attempt is submitted")).to_be_visible()
    page.goto(attempt)
    expect(page.get_by_role("link", name="Try again")).to_be_visible()


def test_who_types_without_a_pause_is_saved_on_the_way(school: School, open_page: OpenPage) -> None:
    page = open_page(school)
    attempt = begins(page, school, "typist@example.org")
    page.goto(f"{attempt}?q=4")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(_posted(request)))

    page.get_by_role("textbox").press_sequentially("the sense of touch", delay=120)

    assert any("=the" in body and "touch" not in body for body in sent), sent
    expect(saved(page)).to_have_text("Saved")
    page.reload()
    expect(page.get_by_role("textbox")).to_have_value("the sense of touch")


def _posted(request: Request) -> str:
    return request.post_data or ""


def test_what_was_typed_last_goes_with_the_page_that_leads_on(school: School, open_page: OpenPage) -> None:
    page = open_page(school)
    attempt = begins(page, school, "hasty@example.org")
    page.goto(f"{attempt}?q=4")

    page.get_by_role("textbox").fill("touch")
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 questions are not answered")).to_be_visible()
    goes_back(page)

    expect(page.get_by_role("textbox")).to_have_value("touch")


def test_time_runs_out_with_the_laptop_closed(school: School, open_page: OpenPage) -> None:
    page = open_page(school)
    attempt = begins(page, school, "asleep@example.org", time_limit=30)
    expect(page.locator(".quiz-clock")).to_contain_text("30 minutes left")
    chooses(page, "Warmth")
    expect(saved(page)).to_have_text("Saved")
    cookies = page.context.storage_state()
    page.context.close()

    sweeps_an_hour_later(school)

    again = open_page(school, storage_state=cookies)
    again.goto(attempt)
    expect(again.get_by_role("main")).to_contain_text("Time ran out, and what was saved by then was marked.")
    expect(again.get_by_role("main")).to_contain_text("1 of 5 points")


def sweeps_an_hour_later(school: School) -> None:
    """What the job of each minute does, by a clock that is an hour ahead."""
    from app import create_app
    from quizzes.closing import close_overdue

    with inside(create_app(school.config)):
        set_now(now() + timedelta(hours=1))
        try:
            close_overdue()
        finally:
            set_now(None)


def test_the_clock_says_what_is_left_and_leads_to_the_result(school: School, open_page: OpenPage) -> None:
    page = open_page(school)
    page.clock.install()
    attempt = begins(page, school, "watcher@example.org", time_limit=30)
    told = page.locator("[data-announce]")

    expect(told).to_be_empty()
    page.clock.fast_forward("16:00")
    expect(told).to_have_text("14 minutes left.")
    page.clock.fast_forward("13:30")
    expect(page.locator("[data-left]")).to_have_text("less than a minute")
    chooses(page, "Warmth")
    expect(saved(page)).to_have_text("Saved")
    sweeps_an_hour_later(school)
    page.clock.fast_forward("00:40")
    expect(told).to_contain_text("Time is up")
    page.clock.fast_forward("00:05")

    page.wait_for_url(attempt)
    expect(page.get_by_role("main")).to_contain_text("Time ran out")


def test_an_answer_after_the_end_says_that_time_ran_out(school: School, open_page: OpenPage) -> None:
    page = open_page(school, forgive=True)
    begins(page, school, "late@example.org", time_limit=30)
    sweeps_an_hour_later(school)

    chooses(page, "Warmth")

    expect(saved(page)).to_contain_text("can no longer change")


def test_rows_and_cards_are_moved_by_hand(school: School, open_page: OpenPage) -> None:
    page = open_page(school)
    attempt = begins(page, school, "hands@example.org")
    page.goto(f"{attempt}?q=2")
    for place, step in enumerate(("Greet", "Ask", "Look", "Touch")):
        drags(page, row(page, step).locator(".grip"), page.locator(".q-row").nth(place))
    expect(saved(page)).to_have_text("Saved")

    page.goto(f"{attempt}?q=3")
    for card, left in (("Stop", "Fever"), ("Carry on", "Dry skin"), ("Listen", "A question")):
        drags(page, page.get_by_role("button", name=card), row(page, left))
    expect(saved(page)).to_have_text("Saved")
    hands_in(page)

    expect(page.get_by_role("main")).to_contain_text("3 of 5 points")


def test_rows_and_cards_are_moved_by_a_finger_and_the_selects_say_so(
    school: School, open_page: OpenPage
) -> None:
    page = open_page(school, 390, has_touch=True, is_mobile=True)
    attempt = begins(page, school, "finger@example.org")
    page.goto(f"{attempt}?q=2")
    for place, step in enumerate(("Greet", "Ask", "Look", "Touch")):
        slides(page, row(page, step).locator(".grip"), page.locator(".q-row").nth(place))
        expect(page.get_by_role("combobox", name=step, exact=True)).to_have_value(str(place + 1))
    expect(saved(page)).to_have_text("Saved")

    page.goto(f"{attempt}?q=3")
    for card, left in (("Stop", "Fever"), ("Carry on", "Dry skin"), ("Listen", "A question")):
        slides(page, page.get_by_role("button", name=card), row(page, left))
        expect(page.get_by_role("combobox", name=left).locator("option:checked")).to_have_text(card)
    expect(saved(page)).to_have_text("Saved")
    hands_in(page)

    expect(page.get_by_role("main")).to_contain_text("3 of 5 points")


@pytest.mark.parametrize("by", ["hand", "key"])
def test_an_order_that_is_shown_as_it_should_be_can_be_given_as_it_stands(
    school: School, open_page: OpenPage, by: str
) -> None:
    page = open_page(school)
    attempt = begins(page, school, f"{by}@example.org")
    page.goto(f"{attempt}?q=2")
    rows = page.locator(".q-row")
    rows.first.locator(".grip").click()  # A press that moves nothing says nothing.
    expect(rows.first.get_by_role("combobox")).to_have_value("")

    if by == "hand":
        drags(page, rows.first.locator(".grip"), rows.first)
    else:
        rows.first.get_by_role("button", name="Move up").press("ArrowUp")

    for place in range(4):
        expect(rows.nth(place).get_by_role("combobox")).to_have_value(str(place + 1))
    expect(saved(page)).to_have_text("Saved")


def test_rows_and_cards_are_moved_by_keys_and_each_move_is_told(school: School, open_page: OpenPage) -> None:
    page = open_page(school)
    attempt = begins(page, school, "keys@example.org")
    page.goto(f"{attempt}?q=2")
    for step in ("Touch", "Look", "Ask", "Greet"):
        button = page.get_by_role("button", name=f"Move up: {step}")
        for _ in range(3):
            button.press("ArrowUp")
        expect(button).to_be_focused()
    expect(page.get_by_text("Greet: place 1 of 4.")).to_be_attached()
    expect(saved(page)).to_have_text("Saved")

    page.goto(f"{attempt}?q=3")
    for card, left in (("Stop", "Fever"), ("Carry on", "Dry skin"), ("Listen", "A question")):
        page.get_by_role("button", name=card).press("Enter")
        page.get_by_role("button", name=f"Put here: {left}").press("Enter")
        expect(page.get_by_text(f"{card}: put to {left}.")).to_be_attached()
    expect(saved(page)).to_have_text("Saved")
    hands_in(page)

    expect(page.get_by_role("main")).to_contain_text("3 of 5 points")


def row(page: Page, label: str) -> Locator:
    return page.locator(".q-row").filter(has=page.locator("label", has_text=re.compile(f"^{label}$")))


def drags(page: Page, what: Locator, to: Locator) -> None:
    """With the mouse, by the middle of the thing, to the middle of the place."""
    begin, end = what.bounding_box(), to.bounding_box()
    assert begin is not None
    assert end is not None
    page.mouse.move(begin["x"] + begin["width"] / 2, begin["y"] + begin["height"] / 2)
    page.mouse.down()
    page.mouse.move(begin["x"] + begin["width"] / 2, end["y"] + 8, steps=8)
    page.mouse.move(end["x"] + end["width"] / 4, end["y"] + 8, steps=2)
    page.mouse.up()


def slides(page: Page, what: Locator, to: Locator) -> None:
    """With one finger, as the browser is told of it by a touch screen."""
    what.scroll_into_view_if_needed()
    begin, end = what.bounding_box(), to.bounding_box()
    assert begin is not None
    assert end is not None
    x, y = begin["x"] + begin["width"] / 2, begin["y"] + begin["height"] / 2
    far = end["y"] + 8 - y
    screen = page.context.new_cdp_session(page)
    screen.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for part in range(1, 11):
        at = [{"x": x, "y": y + far * part / 10}]
        screen.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": at})
    screen.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    screen.detach()
