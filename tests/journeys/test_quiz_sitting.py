"""Sitting a quiz: passed on the second attempt, checked one by one, and with nothing but the keyboard."""

import re
from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.factories import PASSWORD
from tests.journeys.conftest import OpenPage
from tests.journeys.people import sign_in
from tests.journeys.school import School
from tests.journeys.sitting import CHECKED, SURE, open_quiz
from tests.journeys.walking import follows, goes_back, goes_to, opens

pytestmark = pytest.mark.browser


def begins(page: Page, school: School, address: str, text: str, **settings: object) -> None:
    quiz = open_quiz(school, address, text, **settings)
    sign_in(page, address, PASSWORD)
    page.goto(quiz)
    follows(page.get_by_role("button", name="Start quiz"))
    page.wait_for_url(re.compile("/attempts/"))


def hands_in(page: Page) -> None:
    page.get_by_role("button", name="Submit answers").last.click()
    page.get_by_role("button", name="Confirm and submit").click()


def test_a_quiz_is_passed_on_the_second_attempt(school: School, open_page: OpenPage) -> None:
    page = open_page(school, 390, has_touch=True, is_mobile=True)
    begins(page, school, "twice@example.org", SURE, attempts=2, feedback="passed", pass_mark=100)
    hands_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Not passed yet.")
    expect(page.get_by_role("main")).to_contain_text("once you have passed or used your last attempt")

    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_text("1 attempt of 2 used, 1 left")).to_be_visible()
    follows(page.get_by_role("button", name="Start quiz"))
    follows(page.get_by_role("button", name="Whole paper"))
    for question in page.get_by_role("group", name=re.compile(r"\.$")).all():
        question.get_by_role("radio", name="It is so", exact=True).check()
    hands_in(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("Passed.")
    paper = page.get_by_role("link", name="Download PDF").get_attribute("href")
    answered = page.context.request.get(paper or "")
    words = " ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(answered.body())).pages)
    assert "second attempt" in words
    assert "The lesson says it." in words


def test_starts_at_once_back_refresh_and_double_presses_make_one_attempt_and_one_result(
    school: School, open_page: OpenPage
) -> None:
    page = open_page(school)
    quiz = open_quiz(school, "restless@example.org", SURE, back=False)
    sign_in(page, "restless@example.org", PASSWORD)
    page.goto(quiz)
    begun = page.evaluate(STARTS_AT_ONCE, 20)
    assert len(set(begun)) == 1, begun

    page.goto(begun[0])
    page.get_by_role("radio", name="It is so", exact=True).check()
    page.get_by_role("button", name="Next").dblclick()
    expect(page.get_by_text("Question 2 of 6.")).to_be_visible()
    goes_back(page)
    page.reload()
    expect(page.get_by_text("Question 2 of 6.")).to_be_visible()
    page.goto(f"{begun[0]}/review")
    expect(page.get_by_text("1 of 6 answered")).to_be_visible()
    page.get_by_role("button", name="Confirm and submit").dblclick()
    expect(page.get_by_role("main")).to_contain_text("1 of 6 points")
    goes_back(page)
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("1 of 6 points")

    page.goto(quiz)
    expect(page.get_by_role("region", name="Your attempts").get_by_role("listitem")).to_have_count(1)


# Many tabs press Start in the same moment; where each of them is led.
STARTS_AT_ONCE = """async (count) => {
    const form = [...document.forms].find((each) => each.action.endsWith("/start"));
    const body = new URLSearchParams(new FormData(form));
    const press = async () => (await fetch(form.action, { method: "POST", body })).url;
    return Promise.all(Array.from({ length: count }, press));
}"""


def test_each_answer_is_checked_and_the_verdict_takes_the_focus(school: School, open_page: OpenPage) -> None:
    page = open_page(school)
    begins(page, school, "checker@example.org", CHECKED, feedback="question", tries=2, hints=True)

    page.keyboard.press("3")
    expect(page.get_by_role("radio", name="Nothing at all")).to_be_checked()
    page.get_by_role("button", name="Check answer").click()
    expect(page.locator("#verdict")).to_be_focused()
    expect(page.locator("#verdict")).to_have_text("Not right yet. You have 1 try left.")
    page.get_by_role("button", name="Show the hint").click()
    expect(page.get_by_text("something else has")).to_be_visible()
    page.keyboard.press("4")
    page.get_by_role("button", name="Check answer").click()

    expect(page.locator("#verdict")).to_be_focused()
    expect(page.locator("#verdict")).to_contain_text("Not right. The answer is A.")
    expect(page.get_by_text("What changed is where one looks first.")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Question 1 ?, not right"))).to_be_visible()


def test_how_sure_one_was_is_drawn_and_told_with_the_keyboard_alone(
    school: School, open_page: OpenPage
) -> None:
    page = open_page(school)
    begins(page, school, "unsure@example.org", SURE, certainty=True, pass_mark=0)
    for number in range(1, 7):
        expect(page.get_by_text(f"Question {number} of 6.")).to_be_visible()
        page.keyboard.press("2" if number == 2 else "1")
        goes_to(page, "Guessing", "INPUT")
        page.keyboard.press("ArrowLeft")  # from the first around to the last: certain
        goes_to(page, "Submit answers" if number == 6 else "Next", "BUTTON")
        opens(page)
    goes_to(page, "Confirm and submit", "BUTTON")
    opens(page)

    judged = page.get_by_role("region", name="How well you judged yourself")
    expect(judged).to_contain_text("You were sure and wrong on 1 question.")
    expect(judged.get_by_role("row", name="Certain 5 1 as sure as right")).to_be_visible()
    expect(judged.get_by_role("img", name="How sure you were, against how much was right")).to_be_visible()
