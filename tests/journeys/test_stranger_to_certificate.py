"""A stranger finds the free course, registers, reads, passes, and holds a certificate that anyone can verify."""

import re
from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.journeys.answering import (
    answer,
    case_of,
    choose_best,
    key_of,
    plain,
    question_group,
    reasons,
)
from tests.journeys.conftest import WAYS, OpenPage
from tests.journeys.school import School
from tests.journeys.walking import follows

pytestmark = pytest.mark.browser

FREE = "/courses/the-stress-skin-cycle"
COURSE = "the-stress-skin-cycle"
LESSONS = (
    "alarm-and-recovery", "what-stress-does-to-skin", "the-loop-of-skin-and-emotions",
    "five-minutes-in-the-treatment-room",
)  # fmt: skip
CASE = "holistic-dermatology-certification/quizzes/amira-exam-season-acne.md"
PASSWORD = "A quiet afternoon in May"
KINDS = {"choice", "choices", "truefalse", "order", "match", "number", "blanks"}
ACCENTED = "Zoë Ångström"


@pytest.mark.parametrize("way", WAYS)
def test_a_stranger_earns_a_certificate_that_anyone_can_verify(
    school: School, open_page: OpenPage, way: str
) -> None:
    page = open_page(school, **WAYS[way])
    address = f"zoe-{way}@example.org"

    finds_the_free_course(page)
    registers(page, address)
    confirms_the_address(page, school, address)
    starts_the_course(page)
    reads_the_lessons(page)
    fails_the_quiz(page)
    passes_the_quiz(page)
    plays_the_case(page)
    number = opens_the_certificate(page)
    prints_it(page, number)

    guest = open_page(school, **WAYS[way])
    somebody_verifies(guest, number)


def finds_the_free_course(page: Page) -> None:
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Start free").first.click()
    page.wait_for_url(re.compile(FREE + "$"))


def registers(page: Page, address: str) -> None:
    page.get_by_role("button", name="Start free").click()
    page.get_by_label("Name").fill(ACCENTED)
    page.get_by_label("Email address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()


def confirms_the_address(page: Page, school: School, address: str) -> None:
    link = re.search(r"https?://\S+", school.mail_to(address))
    assert link
    page.goto(link[0])
    if page.get_by_role("button", name="Confirm").count():
        page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("status")).to_contain_text("Your email address is confirmed")
    page.get_by_label("Email address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(FREE + "$"))


def starts_the_course(page: Page) -> None:
    page.get_by_role("button", name="Start free").click()
    expect(page.get_by_role("status")).to_contain_text("You are in")
    page.get_by_role("link", name="Begin").click()
    page.wait_for_url(re.compile(f"/learn/{COURSE}/{LESSONS[0]}$"))


def reads_the_lessons(page: Page) -> None:
    for lesson in LESSONS:
        page.wait_for_url(re.compile(f"/learn/{COURSE}/{lesson}$"))
        if lesson == LESSONS[0]:
            answers_a_check(page)
            keeps_a_private_answer(page)
        page.get_by_role("button", name="Mark complete and continue").click()
    page.wait_for_url(re.compile(f"/learn/{COURSE}/quizzes/stress-skin-quiz$"))


def answers_a_check(page: Page) -> None:
    key = key_of(f"{COURSE}/questions/checks.md")
    check = page.locator(".lesson-check").first
    answer(check.locator("fieldset.question"), key)
    check.get_by_role("button", name="Check answer").click()
    told = page.locator(".lesson-check").first
    expect(told).to_contain_text("Right.")
    page.wait_for_load_state()
    assert any(reason in plain(told.inner_text()) for reason in reasons(key))


def keeps_a_private_answer(page: Page) -> None:
    page.get_by_label("Your answer (private").fill("A train that left without me.")
    page.get_by_role("button", name="Keep my answer").click()
    expect(page.get_by_role("status").first).to_contain_text("Your answer is kept")
    expect(page.get_by_label("Your answer (private")).to_have_value("A train that left without me.")


def fails_the_quiz(page: Page) -> None:
    """Hand in an empty paper: no question tells its reasons before, each does after."""
    follows(page.get_by_role("button", name="Start quiz"))
    quiz = reasons(key_of(f"{COURSE}/quizzes/stress-skin-quiz.md"))
    assert not any(reason in plain(page.content()) for reason in quiz)
    page.get_by_role("button", name="Submit answers").last.click()
    expect(page.get_by_text("10 questions are not answered")).to_be_visible()
    page.get_by_role("button", name="Confirm and submit").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Try again")).to_be_visible()
    page.wait_for_load_state()
    told = plain(page.get_by_role("main").inner_text())
    assert all(reason in told for reason in quiz)


def passes_the_quiz(page: Page) -> None:
    """Answer one question a page, of every kind, by the course's key."""
    page.get_by_role("link", name="Try again").click()
    page.get_by_role("button", name="Start quiz").click()
    key, kinds = key_of(f"{COURSE}/quizzes/stress-skin-quiz.md"), set()
    for number in range(1, len(key) + 1):
        expect(page.get_by_text(f"Question {number} of {len(key)}.")).to_be_visible()
        kinds.add(answer(question_group(page), key))
        leads_on = "Submit answers" if number == len(key) else "Next"
        page.locator(".quiz-act").get_by_role("button", name=leads_on).click()
    assert kinds == KINDS
    expect(page.get_by_text("Every question has an answer.")).to_be_visible()
    page.get_by_role("button", name="Confirm and submit").click()
    expect(page.get_by_role("main")).to_contain_text("10 of 10")


def plays_the_case(page: Page) -> None:
    """Make the strongest choice of every scene; the case belongs to another course as well."""
    page.get_by_role("link", name="Continue: Amira").first.click()
    page.get_by_role("button", name="Start case").click()
    case, leads_on = case_of(CASE), ""
    while leads_on != "See the debrief":
        choose_best(page, case)
        page.get_by_role("button", name="Choose and see what happens").click()
        outcome = page.get_by_role("region", name="What happened")
        expect(outcome).to_contain_text("Strong choice")
        leads_on = outcome.locator("a.btn").inner_text().strip()
        outcome.locator("a.btn").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Passed, safe and strong.")
    expect(page.get_by_role("main")).to_contain_text("100 of 100 points")


def opens_the_certificate(page: Page) -> str:
    """By the dashboard, which links each certificate; gives its number."""
    page.goto("/dashboard")
    page.get_by_role("region", name="Certificates").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(ACCENTED)
    expect(page.get_by_text("Valid certificate")).to_be_visible()
    return page.url.rpartition("/")[2]


def prints_it(page: Page, number: str) -> None:
    link = page.get_by_role("link", name="Download PDF").get_attribute("href")
    answered = page.context.request.get(link or "")
    assert answered.headers["content-type"] == "application/pdf"
    words = " ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(answered.body())).pages)
    assert ACCENTED in words
    assert number.replace("-", "") in words.replace("-", "").replace(" ", "")


def somebody_verifies(page: Page, number: str) -> None:
    """Type the number as one reads it off paper: small, in one piece, O for zero and l for one."""
    page.goto("/verify")
    page.get_by_label("Certificate number").fill(number.lower().replace("0", "o").replace("1", "l"))
    page.get_by_role("main").get_by_role("button", name="Verify").click()
    expect(page.get_by_text("Valid certificate")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text(ACCENTED)
