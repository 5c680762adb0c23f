"""Buying a course: from a stranger to a certificate, and every other way that a payment can go."""

import re

import pytest
from playwright.sync_api import Page, expect

from quizzes.quiz_text import parse_questions
from tests.journeys.answering import answer, question_group
from tests.journeys.conftest import WAYS, OpenPage
from tests.journeys.people import sign_in
from tests.journeys.shop import (
    BUNDLE,
    COURSE,
    PRICE,
    SLUG,
    TITLE,
    Shop,
    at_checkout,
    goes_to_checkout,
    is_received,
    pays,
    presses_enroll,
)

pytestmark = pytest.mark.browser

PASSWORD = "A quiet afternoon in May"
NAME = "Zoë Ångström"
LESSONS = ("a-hand-that-listens", "when-to-stop")
COUNT_SENT = """() => {
  window.sent = 0;
  document.querySelector("form[data-busy]").addEventListener("submit", (event) => {
    if (!event.defaultPrevented) window.sent += 1;
    event.preventDefault();
  });
}"""
WIDTHS = pytest.mark.parametrize("width", [390, 1280])


@pytest.mark.parametrize("way", WAYS)
def test_a_stranger_pays_and_earns_a_certificate(shop: Shop, open_page: OpenPage, way: str) -> None:
    page = open_page(shop.school, also=shop.sandbox.api_base, **WAYS[way])
    address = f"zoe-{way}@example.org"

    finds_the_course(page)
    registers(page, address)
    confirms_the_address(page, shop, address)
    enrolls(page)
    at_checkout(page)
    assert not page.url.startswith(shop.school.url)
    pays(page)
    is_received(page)
    shop.deliver()
    has_the_receipt(shop, address)
    reads_the_lessons(page)
    passes_the_quiz(page)
    number = opens_the_certificate(page)

    guest = open_page(shop.school, **WAYS[way])
    guest.goto(f"/verify?number={number}")
    expect(guest.get_by_text("Valid certificate")).to_be_visible()
    expect(guest.get_by_role("heading", level=1)).to_contain_text(NAME)


@WIDTHS
def test_a_refused_card_may_be_followed_by_one_that_is_taken(
    shop: Shop, open_page: OpenPage, width: int
) -> None:
    page = open_page(shop.school, width, also=shop.sandbox.api_base)
    session = goes_to_checkout(page, shop.make_buyer(f"refused-{width}@example.org"))

    page.get_by_role("button", name="Card declined").click()
    expect(page.get_by_role("alert")).to_contain_text("Your card was declined.")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Payment declined")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("You have not been charged. The payment service says:")
    expect(page.get_by_role("main")).to_contain_text("Your card was declined.")
    page.get_by_role("button", name="Try another way to pay").click()
    assert at_checkout(page) == session  # One order, one checkout: there is nothing to pay twice.
    pays(page)

    is_received(page)
    page.get_by_role("link", name=re.compile("^Start the first lesson")).click()
    page.wait_for_url(re.compile(f"/learn/{SLUG}/{LESSONS[0]}$"))


@WIDTHS
def test_a_debit_that_settles_the_next_day_opens_the_course_then(
    shop: Shop, open_page: OpenPage, width: int
) -> None:
    address = shop.make_buyer(f"debit-{width}@example.org")
    page = open_page(shop.school, width, also=shop.sandbox.api_base)
    session = goes_to_checkout(page, address)

    page.get_by_role("button", name="Pay by bank debit").click()
    expect(page.get_by_text("Money on its way")).to_be_visible()
    shop.deliver()
    mail = shop.school.mail_to(address)
    assert "takes a few days" in mail
    page.goto(COURSE)
    expect(page.get_by_text("Your bank payment is being confirmed")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Enroll"))).to_have_count(0)
    is_kept_out(page, "payment")

    with shop.tomorrow():
        shop.sandbox.settle(session)
        shop.deliver()
    has_the_receipt(shop, address)
    page.goto(f"/learn/{SLUG}/{LESSONS[0]}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("A hand that listens")


@WIDTHS
def test_a_return_while_stripe_is_silent_is_confirmed_by_the_page_itself(
    shop: Shop, open_page: OpenPage, width: int
) -> None:
    page = open_page(shop.school, width, also=shop.sandbox.api_base)
    session = goes_to_checkout(page, shop.make_buyer(f"silent-{width}@example.org"))
    shop.sandbox.faults(kind="fail", method="GET", path=f"/v1/checkout/sessions/{session}", count=None)

    pays(page)
    expect(page.get_by_role("heading", name="One moment.")).to_be_visible()
    expect(page.get_by_text("This page looks again by itself.")).to_be_visible()
    expect(page.get_by_text("Load this page again in a moment.")).to_be_hidden()
    shop.sandbox.clear_faults()

    is_received(page)


def test_without_a_script_the_page_says_that_one_has_to_look_again(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop.school, 390, also=shop.sandbox.api_base, java_script_enabled=False)
    session = goes_to_checkout(page, shop.make_buyer("silent-script@example.org"))
    shop.sandbox.faults(kind="fail", method="GET", path=f"/v1/checkout/sessions/{session}", count=None)

    pays(page)
    expect(page.get_by_text("Load this page again in a moment.")).to_be_visible()
    expect(page.get_by_text("This page looks again by itself.")).to_be_hidden()
    shop.sandbox.clear_faults()
    page.get_by_role("link", name="Look again now").click()

    is_received(page)


def test_the_button_that_leads_to_the_payment_works_once_and_says_so(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop.school, 390, also=shop.sandbox.api_base)
    sign_in(page, shop.make_buyer("busy@example.org"))
    page.goto(COURSE)
    page.evaluate(COUNT_SENT)
    place = page.get_by_role("button", name="Enroll").bounding_box()

    presses_enroll(page)
    busy = page.get_by_role("button", name="Opening the payment page…")
    expect(busy).to_have_attribute("aria-busy", "true")
    assert busy.bounding_box() == place
    busy.click()
    assert page.evaluate("window.sent") == 1


def test_who_comes_back_by_the_browser_s_button_may_press_again(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop.school, 390, also=shop.sandbox.api_base)
    session = goes_to_checkout(page, shop.make_buyer("back@example.org"))

    page.go_back()
    expect(page.locator("[aria-busy]")).to_have_count(0)
    page.locator("form[data-busy] button").click()

    assert at_checkout(page) == session


@WIDTHS
def test_who_left_the_checkout_is_led_back_to_it(shop: Shop, open_page: OpenPage, width: int) -> None:
    page = open_page(shop.school, width, also=shop.sandbox.api_base)
    session = goes_to_checkout(page, shop.make_buyer(f"left-{width}@example.org"))

    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="You left before paying.")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Nothing was charged.")
    page.get_by_role("button", name="Continue to payment").click()
    assert at_checkout(page) == session
    pays(page)

    is_received(page)


@WIDTHS
def test_what_is_yours_already_is_not_sold_to_you_by_another_tab(
    shop: Shop, open_page: OpenPage, width: int
) -> None:
    page = open_page(shop.school, width, also=shop.sandbox.api_base)
    sign_in(page, shop.make_buyer(f"tabs-{width}@example.org"))
    page.goto(f"{COURSE}/enroll")
    other = page.context.new_page()
    other.goto(f"{COURSE}/enroll")

    presses_enroll(page)
    at_checkout(page)
    pays(page)
    is_received(page)
    presses_enroll(other)

    expect(other).to_have_url(re.compile(f"/learn/{SLUG}$"))
    expect(other.get_by_role("status").first).to_contain_text("You already have this course.")
    expect(other.get_by_role("status").first).to_contain_text("No second payment was taken.")


@WIDTHS
def test_what_was_paid_for_a_place_that_one_has_goes_back_by_itself(
    shop: Shop, open_page: OpenPage, width: int
) -> None:
    address = shop.make_buyer(f"given-{width}@example.org")
    page = open_page(shop.school, width, also=shop.sandbox.api_base)
    goes_to_checkout(page, address)
    shop.enroll_by_hand(address)

    pays(page)
    expect(page.get_by_text("Already yours")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("all of it goes back to you")
    (refund,) = shop.sandbox.requests("POST", "/v1/refunds")[-1:]
    assert refund["status"] == 200
    page.get_by_role("link", name="Go to the course").click()

    page.wait_for_url(re.compile(f"/learn/{SLUG}$"))


@WIDTHS
def test_a_refund_in_the_dashboard_ends_access_and_withdraws_the_certificate(
    shop: Shop, open_page: OpenPage, width: int
) -> None:
    address = shop.make_buyer(f"refund-{width}@example.org", NAME)
    page = open_page(shop.school, width, also=shop.sandbox.api_base)
    session = goes_to_checkout(page, address)
    pays(page)
    is_received(page)
    order = page.get_by_role("complementary", name="Order").get_by_role("link", name=re.compile(r"\d"))
    order_url = order.first.get_attribute("href")
    reads_the_lessons(page)
    passes_the_quiz(page)
    number = opens_the_certificate(page)

    board = open_page(shop.school, width, also=shop.sandbox.api_base)
    board.goto(shop.sandbox.api_base)
    board.get_by_role("button", name=f"Refund in full {session}").click()
    refunded = board.get_by_role("listitem").filter(has_text=session[:18]).first
    expect(refunded.locator("[data-state]").first).to_have_text("refunded")
    shop.deliver()

    is_kept_out(page, "refunded")
    assert f"sent back the {PRICE}" in shop.school.mail_to(address)
    page.goto(order_url or "")
    expect(page.get_by_role("heading", name="This order was refunded.")).to_be_visible()
    guest = open_page(shop.school, width)
    guest.goto(f"/certificates/{number}")
    expect(guest.get_by_role("main")).to_contain_text("withdrawn on")


# ---- steps


def finds_the_course(page: Page) -> None:
    page.goto("/courses")
    page.get_by_role("main").get_by_role("link", name=TITLE).first.click()
    page.wait_for_url(re.compile(COURSE + "$"))


def registers(page: Page, address: str) -> None:
    presses_enroll(page)
    page.get_by_role("link", name="make one first").click()
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Email address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()


def confirms_the_address(page: Page, shop: Shop, address: str) -> None:
    """By the mail's link and a sign-in, to the last page before the payment."""
    link = re.search(r"https?://\S+", shop.school.mail_to(address))
    assert link
    page.goto(link[0])
    if page.get_by_role("button", name="Confirm").count():
        page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("status")).to_contain_text("Your email address is confirmed")
    page.get_by_label("Email address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(f"{COURSE}/enroll$"))


def enrolls(page: Page) -> None:
    """Price and terms stand beside the button."""
    main = page.get_by_role("main")
    expect(main).to_contain_text(TITLE)
    expect(main.get_by_role("link", name="terms")).to_have_attribute("href", re.compile("^/legal/terms"))
    expect(main.get_by_role("link", name="refund promise")).to_be_visible()
    presses_enroll(page)


def has_the_receipt(shop: Shop, address: str) -> None:
    mail = shop.school.mail_to(address)
    assert f"you are enrolled in {TITLE}" in mail
    assert PRICE in mail
    assert "no money moved" in mail


def is_kept_out(page: Page, word: str) -> None:
    """A lesson says why it is closed, and what to do."""
    page.goto(f"/learn/{SLUG}/{LESSONS[0]}")
    expect(page.get_by_role("main")).to_contain_text(re.compile(word, re.IGNORECASE))
    expect(page.get_by_role("heading", name="A hand that listens")).to_have_count(0)


def reads_the_lessons(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Start the first lesson")).click()
    for lesson in LESSONS:
        page.wait_for_url(re.compile(f"/learn/{SLUG}/{lesson}$"))
        page.get_by_role("button", name="Mark complete and continue").click()
    page.wait_for_url(re.compile(f"/learn/{SLUG}/quizzes/hands-quiz$"))


def passes_the_quiz(page: Page) -> None:
    file = BUNDLE / "courses" / SLUG / "quizzes" / "hands-quiz.md"
    key, _ = parse_questions(file.read_text().partition("\n---\n")[2], file.name)
    assert key
    page.get_by_role("button", name="Start quiz").click()
    for number in range(1, len(key) + 1):
        expect(page.get_by_text(f"Question {number} of {len(key)}.")).to_be_visible()
        answer(question_group(page), key)
        leads_on = "Submit answers" if number == len(key) else "Next"
        page.locator(".quiz-act").get_by_role("button", name=leads_on).click()
    page.get_by_role("button", name="Confirm and submit").click()
    expect(page.get_by_role("main")).to_contain_text(f"{len(key)} of {len(key)}")


def opens_the_certificate(page: Page) -> str:
    """By the dashboard; gives its number."""
    page.goto("/dashboard")
    page.get_by_role("region", name="Certificates").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAME)
    expect(page.get_by_text("Valid certificate")).to_be_visible()
    return page.url.rpartition("/")[2]
