"""The capstone of the certification: exam, case, formulation returned and revised, claims; the certificate."""

import re
from datetime import date, datetime

import pytest
from playwright.sync_api import Page, expect

from certificates.rules import valid_until
from tests import factories
from tests.journeys.answering import answer, key_of, plain, question_group, reasons
from tests.journeys.capstone import (
    EXAM,
    FORMULATION,
    answer_the_rest,
    may_come_back,
    pass_case_and_claims,
    reach_capstone,
)
from tests.journeys.conftest import OpenPage
from tests.journeys.people import sign_in
from tests.journeys.places import CERTIFICATION
from tests.journeys.school import School
from tests.journeys.walking import follows

pytestmark = pytest.mark.browser

LEARNER, TUTOR = "zoe-capstone@example.org", "tutor-capstone@example.org"
NAME = "Zoë Ångström"
DRAFT = "# Red flags\n\nThe sentence at the door: asked today, by telephone."
REVISED = DRAFT + " Fingers and toe: within two weeks."
CHANGE = "Name the speed of the stiff fingers."
CRITERIA = ("Safety", "Evidence", "Plan", "Communication", "Ethics", "Reflection")
WRONG = 4  # of 40 questions: 90 percent


def test_the_capstone_is_passed_and_the_certification_issued(school: School, open_page: OpenPage) -> None:
    reach_capstone(school, LEARNER, NAME, TUTOR)
    author, tutor = open_page(school), open_page(school)
    sign_in(author, LEARNER, factories.PASSWORD)
    sign_in(tutor, TUTOR, factories.PASSWORD)

    passes_the_exam(school, author)
    pass_case_and_claims(school, LEARNER, TUTOR)
    writes_and_hands_in(author)
    claims_and_returns(tutor)
    revises(author)
    has_no_certificate_yet(author)
    gives_the_mark(tutor)
    number = opens_the_certificate(author)

    guest = open_page(school, 390)
    anyone_verifies(guest, number)


def passes_the_exam(school: School, page: Page) -> None:
    """One question in the browser, the others by its key; what was right is told nowhere, then or later."""
    key = key_of(f"{CERTIFICATION}/questions/capstone-exam-items.md")
    page.goto(EXAM)
    expect(page.get_by_text("1 hour 30 minutes from the start")).to_be_visible()
    page.get_by_role("button", name="Start quiz").click()
    expect(page.get_by_text("Question 1 of 40.")).to_be_visible()
    attempt = page.url.split("?")[0].rpartition("/")[2]
    answer(question_group(page), key)
    page.locator(".quiz-act").get_by_role("button", name="Next").click()
    expect(page.get_by_text("Question 2 of 40.")).to_be_visible()
    answer_the_rest(school, LEARNER, attempt, done=1, wrong=WRONG)
    page.reload()
    page.get_by_role("button", name="Submit answers").last.click()
    expect(page.get_by_text("Every question has an answer.")).to_be_visible()
    page.get_by_role("button", name="Confirm and submit").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Passed")
    tells_no_key(page, attempt, reasons(key))
    assert may_come_back(school, LEARNER, attempt) == set()


def tells_no_key(page: Page, attempt: str, secrets: list[str]) -> None:
    """Neither the result, nor its print and its questions, nor the list of attempts."""
    for address in (
        f"/attempts/{attempt}",
        f"/attempts/{attempt}/print",
        f"/attempts/{attempt}?question=1",
        EXAM,
    ):
        told = plain(page.context.request.get(address).text())
        assert not any(reason in told for reason in secrets), address


def writes_and_hands_in(page: Page) -> None:
    """The draft survives a reload, and is not handed in without the word that it names no client."""
    page.goto(FORMULATION)
    page.get_by_role("button", name="Start assignment").click()
    page.get_by_label("Your work").fill(DRAFT)
    expect(page.locator("[data-save-status]")).to_contain_text("Saved")
    page.reload()
    expect(page.get_by_label("Your work")).to_have_value(DRAFT)
    hands_in(page)


def hands_in(page: Page) -> None:
    page.get_by_role("button", name="Look over and hand in").click()
    expect(page.get_by_role("heading", level=3, name="Red flags")).to_be_visible()
    page.get_by_label("This names no client and shows no photograph of one").check()
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Your work is handed in")


def claims_and_returns(page: Page) -> None:
    page.goto("/studio/marking")
    expect(page.get_by_text("Hidden until marked")).to_be_visible()
    assert NAME not in page.content()
    follows(page.get_by_role("button", name=re.compile("^Claim")))
    assert NAME not in page.content()
    page.get_by_label("Comment on the whole").fill(CHANGE)
    page.get_by_role("button", name="Return for revision").click()
    expect(page.get_by_text("With its author", exact=True)).to_be_visible()


def revises(page: Page) -> None:
    page.goto("/dashboard")
    page.get_by_role("link", name=re.compile("^Revise your work")).click()
    expect(page.get_by_text(CHANGE).first).to_be_visible()
    page.get_by_label("Your work").fill(REVISED)
    hands_in(page)


def has_no_certificate_yet(page: Page) -> None:
    """All but the last mark is there."""
    page.goto("/dashboard")
    expect(page.get_by_role("region", name="Certificates").get_by_role("link")).to_have_count(0)


def gives_the_mark(page: Page) -> None:
    page.goto("/studio/marking?show=mine")
    page.get_by_role("row").get_by_role("link").first.click()
    for name in CRITERIA:
        page.get_by_role("group", name=re.compile(f"^{name}")).get_by_role("radio").last.check()
    page.get_by_label("Comment on the whole").fill("Well seen.")
    page.get_by_role("button", name="Give this mark").click()
    expect(page.get_by_role("status").first).to_contain_text("The mark is given")


def opens_the_certificate(page: Page) -> str:
    """By the dashboard; gives its number."""
    page.goto("/dashboard")
    follows(page.get_by_role("region", name="Certificates").get_by_role("link").first)
    return page.url.rpartition("/")[2]


def anyone_verifies(page: Page, number: str) -> None:
    """It says what was assessed, by whom, and that it ends two years after today."""
    page.goto(f"/verify?number={number}")
    expect(page.get_by_text("Valid certificate")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{NAME} completed Holistic Dermatology")
    facts = page.get_by_role("main").inner_text()
    issued, until = (_day(facts, word) for word in ("Issued", "Valid until"))
    assert until == valid_until(issued, 24)
    expect(page.get_by_role("main")).to_contain_text(
        "2 assignments, each passed at 75 to 80 percent or more, marked"
    )
    expect(page.get_by_role("main")).to_contain_text("written work, marked by a person, pass mark 75 percent")


def _day(facts: str, word: str) -> date:
    found = re.search(rf"{word}\s+(\d+ \w+ \d{{4}})", facts)
    assert found, facts
    return datetime.strptime(f"{found[1]} +0000", "%d %B %Y %z").date()
