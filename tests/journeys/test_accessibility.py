"""Every page type as assistive programs meet it: axe finds nothing, nothing scrolls sideways, and it reads well."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from core.error_pages import PAGES as STATUSES
from tests.journeys.answering import question_group
from tests.journeys.conftest import HEIGHTS, PATIENCE, OpenPage, Watcher
from tests.journeys.faults import faults_of
from tests.journeys.people import sign_in
from tests.journeys.places import CERTIFICATION, FREE, ORDERS, WHO, make_places
from tests.journeys.school import School, inside
from tests.journeys.shop import Shop, goes_to_checkout
from tests.journeys.spoken import compare, in_one_order
from tests.journeys.walking import follows

pytestmark = pytest.mark.browser

REGRADE = f"/studio/courses/{FREE}/questions/m2-08/regrade"
EDITED = "alarm-and-recovery"
PAGES = [
    ("visitor", "/"),
    ("visitor", "/courses"),
    ("visitor", f"/courses/{FREE}"),
    ("visitor", f"/courses/{CERTIFICATION}"),
    ("visitor", "{preview}"),
    ("visitor", "/articles"),
    ("visitor", "/about"),
    ("visitor", "/authors/mara-ellery"),
    ("visitor", "/glossary"),
    ("visitor", "/faq"),
    ("visitor", "/legal/terms"),
    ("visitor", "/legal/refunds"),
    ("visitor", "/verify"),
    ("visitor", "/verify?number=7Q4M-2X9K-H3TB-0VWE-C8RN"),
    ("visitor", "{certificate}"),
    ("visitor", "/login"),
    ("visitor", "/login?notice=confirmed"),
    ("visitor", "/login/link"),
    ("visitor", "/register"),
    ("visitor", "/reset"),
    ("visitor", "/confirm"),
    ("visitor", "/mail-sent/register"),
    ("visitor", "{welcome}"),
    ("visitor", f"/courses/{CERTIFICATION}/enroll"),
    ("visitor", "/checkout/return?order=elsewhere"),
    ("visitor", "/demo/mail"),
    ("visitor", "/nowhere"),
    ("learner", "/dashboard"),
    ("learner", "/reviews"),
    ("learner", "/account/notifications"),
    ("newcomer", "/reviews"),
    ("admin", f"/studio/courses/{FREE}/reviews"),
    ("learner", f"/learn/{FREE}"),
    ("learner", f"/learn/{CERTIFICATION}"),
    ("learner", f"/learn/{CERTIFICATION}/grading-a-claim"),
    ("learner", "{result}"),
    ("learner", "{result}/questions/1/doubt"),
    ("learner", "{result}/questions/2/doubt"),
    ("learner", "{case}"),
    ("learner", "{case scene}"),
    ("learner", "{case outcome}"),
    ("learner", "{case debrief}"),
    ("learner", "/account"),
    ("learner", "/account/security"),
    ("learner", "/account/security/authenticator"),
    ("learner", "/account/password"),
    ("learner", "/account/email"),
    ("learner", "/account/privacy"),
    ("learner", "/account/orders"),
    ("learner", "/account/teams"),
    ("newcomer", f"/learn/{FREE}"),
    ("newcomer", f"/learn/{FREE}/alarm-and-recovery"),
    ("newcomer", f"/learn/{FREE}/quizzes/stress-skin-quiz"),
    ("newcomer", "/tools/stress-skin-diary"),
    ("newcomer", "/tools/breathing-script"),
    *[("newcomer", f"{{open attempt}}?q={number}") for number in range(1, 11)],
    ("newcomer", "{open attempt}?view=paper"),
    ("newcomer", "{open attempt}/review"),
    ("newcomer", "{failed result}"),
    ("newcomer", f"/courses/{CERTIFICATION}/enroll"),
    ("newcomer", f"/courses/{CERTIFICATION}/team"),
    ("newcomer", f"/courses/{CERTIFICATION}/gift"),
    ("visitor", "/redeem"),
    ("visitor", "/redeem?code=nothing"),
    ("newcomer", "/account/orders"),
    *[(who, f"{{return {state}}}") for who, state, _ in ORDERS],
    ("newcomer", "{order paid}"),
    ("newcomer", "{order refunded}"),
    ("instructor", f"/studio/courses/{FREE}/statistics"),
    ("instructor", f"/studio/courses/{FREE}/quizzes/stress-skin-quiz/statistics"),
    ("instructor", f"/studio/courses/{FREE}/quizzes/stress-skin-quiz/statistics/questions/m2-04"),
    ("instructor", f"/studio/courses/{FREE}/quizzes/amira-exam-season-acne/statistics"),
    ("instructor", f"/studio/courses/{CERTIFICATION}/quizzes/noor-eczema-and-no-chemicals/statistics"),
    ("admin", f"/studio/courses/{CERTIFICATION}/quizzes/safe-practice-and-capstone-quiz/statistics"),
    ("learner", "{assignment}"),
    ("learner", "{draft}"),
    ("learner", "{hand-in}"),
    ("learner", "{work}"),
    ("learner", "{returned work}"),
    ("learner", "{marked work}"),
    ("instructor", f"/studio/courses/{FREE}/cohort"),
    ("instructor", f"/studio/courses/{FREE}/import"),
    ("instructor", f"/studio/courses/{CERTIFICATION}/gain"),
    ("instructor", f"/studio/courses/{FREE}/doubts"),
    ("instructor", "/studio"),
    ("instructor", f"/studio/courses/{FREE}"),
    ("instructor", "/studio/courses/new"),
    ("instructor", f"/studio/courses/{FREE}/settings"),
    ("instructor", f"/studio/courses/{FREE}/team"),
    ("instructor", f"/studio/courses/{FREE}/export"),
    ("admin", "/studio/import"),
    ("instructor", f"/studio/courses/{FREE}/questions/import"),
    ("instructor", f"/studio/courses/{FREE}/lessons/{EDITED}"),
    ("instructor", f"/studio/courses/{FREE}/lessons/{EDITED}?view=preview"),
    ("instructor", "/studio/marking"),
    ("instructor", "{desk}"),
    ("instructor", "{desk with a work}"),
    ("instructor", "{desk with a mark}"),
    ("instructor", "{accommodations}"),
    ("instructor", "{studio course}/accommodations/{learner id}"),
    ("admin", "/admin"),
    ("admin", "/admin/people"),
    ("admin", "{person}"),
    ("admin", "{person}/see-as"),
    ("admin", "{person}/close"),
    ("admin", "{person}/access?course=the-stress-skin-cycle"),
    ("admin", "/admin/enrollments"),
    ("admin", "/admin/enrollments?q=nobody-at-all"),
    ("admin", "/admin/enrollments/new"),
    ("admin", "{revoke}"),
    ("admin", "/admin/enrollments/bulk"),
    ("admin", "/admin/cohorts"),
    ("admin", "/admin/cohorts/new"),
    ("admin", "/admin/orders"),
    ("admin", "/admin/seats"),
    ("admin", "/admin/seat-prices"),
    ("admin", f"/admin/seat-prices/{CERTIFICATION}"),
    ("admin", "/admin/orders?q=nobody-at-all"),
    ("admin", "/admin/plans"),
    ("admin", "/admin/plans/new"),
    ("admin", "{order}"),
    ("admin", "/admin/disputes"),
    ("admin", "{dispute}"),
    ("admin", "{refund}"),
    ("admin", "/admin/payments"),
    ("admin", "/admin/refunds"),
    ("admin", "/admin/refund-requests"),
    ("admin", "{decline}"),
    ("admin", "/admin/ledger"),
    ("admin", "/admin/codes"),
    ("admin", "/admin/codes/new"),
    ("admin", "{code}"),
    ("admin", "/admin/bundles"),
    ("admin", "/admin/bundles/new"),
    ("visitor", "/bundles/both"),
    ("newcomer", "/bundles/both"),
    ("newcomer", "/bundles/both/enroll?code=nothing"),
    ("admin", "/admin/reports"),
    ("admin", "/admin/reports/progress"),
    ("admin", "/admin/reports/revenue-by-month"),
    ("admin", "/admin/events"),
    ("admin", "/admin/reconcile"),
    ("admin", "/admin/mail"),
    ("admin", "{mail}"),
    ("admin", "/admin/school"),
    ("admin", "/admin/audit"),
    ("admin", REGRADE),
]


@pytest.fixture(scope="module")
def states(chromium: Browser, demo_school: School) -> dict[str, Any]:
    """The cookies of each person after signing in; the newcomer has started the free course."""
    found: dict[str, Any] = {"visitor": None}
    for who, address in WHO.items():
        context = chromium.new_context(base_url=demo_school.url)
        page = context.new_page()
        sign_in(page, address)
        if who == "newcomer":
            page.goto(f"/courses/{FREE}")
            follows(page.get_by_role("button", name="Start free"))
        found[who] = context.storage_state()
        context.close()
    return found


@pytest.fixture(scope="module")
def places(chromium: Browser, demo_school: School, states: dict[str, Any]) -> dict[str, str]:
    """The addresses that the demo's history and the newcomer's two attempts have."""
    context = chromium.new_context(base_url=demo_school.url, storage_state=states["newcomer"])
    page = context.new_page()
    failed = _hand_in_nothing(page)
    follows(page.get_by_role("link", name="Try again"))
    follows(page.get_by_role("button", name="Start quiz"))
    opened = page.url.removeprefix(demo_school.url)
    context.close()
    return {"failed result": failed, "open attempt": opened, **make_places(demo_school)}


def _hand_in_nothing(page: Page) -> str:
    page.goto(f"/learn/{FREE}/quizzes/stress-skin-quiz")
    page.get_by_role("button", name="Start quiz").click()
    page.get_by_role("button", name="Submit answers").last.click()
    page.get_by_role("button", name="Confirm and submit").click()
    expect(page.get_by_role("link", name="Try again")).to_be_visible()
    return re.sub(r"^https?://[^/]+", "", page.url)


@pytest.fixture(scope="module")
def windows(
    chromium: Browser, demo_school: School, states: dict[str, Any]
) -> Iterator[dict[str, tuple[Page, Watcher]]]:
    """One window for each person, which goes from page to page: a new one for each would be half of the time."""
    found = {}
    for who, state in states.items():
        context = chromium.new_context(
            base_url=demo_school.url, locale="en-GB", storage_state=state, reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE)
        found[who] = context.new_page(), Watcher()
        found[who][1].watch(found[who][0], demo_school.url)
    yield found
    for page, _ in found.values():
        page.context.close()


@pytest.mark.parametrize(("who", "address"), PAGES)
def test_every_page_is_accessible_at_both_widths_light_and_dark(
    windows: dict[str, tuple[Page, Watcher]], places: dict[str, str], who: str, address: str
) -> None:
    page, watcher = windows[who]
    page.goto("about:blank")  # What the page before still did is none of this one's doing.
    watcher.forget()
    page.set_viewport_size({"width": 1280, "height": HEIGHTS[1280]})
    page.goto(_fill(address, places))

    assert not (faults := faults_of(page)), "\n".join(faults)
    assert not watcher.complaints, "\n".join(watcher.complaints)


@pytest.mark.parametrize("status", sorted(STATUSES))
def test_error_pages_are_accessible_too(demo_school: School, open_page: OpenPage, status: int) -> None:
    page = open_page(demo_school, 1280, reduced_motion="reduce")
    body = _error_page(demo_school, status)
    page.route("**/broken", lambda route: route.fulfill(status=200, content_type="text/html", body=body))
    page.goto("/broken")

    assert not (faults := faults_of(page)), "\n".join(faults)


def test_the_preview_of_a_regrade_is_accessible(
    demo_school: School, open_page: OpenPage, states: dict[str, Any]
) -> None:
    page = open_page(demo_school, 1280, storage_state=states["admin"], reduced_motion="reduce")
    page.goto(REGRADE)
    page.get_by_role("radio", name="Drop the question").check()
    page.get_by_label("Reason, as learners will read it").fill("Two of the options were right.")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who gains and who loses")

    assert not (faults := faults_of(page)), "\n".join(faults)


@pytest.mark.parametrize("address", ["/login", "/register"])
def test_forms_that_come_back_with_errors_are_accessible_and_take_the_focus(
    demo_school: School, open_page: OpenPage, address: str
) -> None:
    page = open_page(demo_school, 1280, reduced_motion="reduce")
    page.goto(address)
    page.get_by_label("Email address").fill("no address")
    follows(page.get_by_role("main").get_by_role("button").first)

    assert page.title().startswith("Error: ")
    expect(page.get_by_role("alert")).to_be_focused()
    assert not (faults := faults_of(page)), "\n".join(faults)


def test_the_lesson_reads_well(demo_school: School, open_page: OpenPage, states: dict[str, Any]) -> None:
    page = open_page(demo_school, 1280, storage_state=states["newcomer"])
    page.goto(f"/learn/{FREE}/alarm-and-recovery")

    compare("lesson", page.locator("body").aria_snapshot())


def test_a_quiz_question_reads_well(
    demo_school: School, open_page: OpenPage, states: dict[str, Any], places: dict[str, str]
) -> None:
    page = open_page(demo_school, 1280, storage_state=states["newcomer"])
    for number in range(1, 11):
        page.goto(f"{places['open attempt']}?q={number}")
        if "tape-stripped" in question_group(page).inner_text():
            break

    assert page.locator("main form").get_by_role("button").count()
    compare("question", in_one_order(page.locator("main").aria_snapshot()))


def test_a_result_reads_well(
    demo_school: School, open_page: OpenPage, states: dict[str, Any], places: dict[str, str]
) -> None:
    page = open_page(demo_school, 1280, storage_state=states["learner"])
    page.goto(places["result"])

    compare("result", page.locator("main").aria_snapshot())


def test_a_certificate_reads_well(demo_school: School, open_page: OpenPage, places: dict[str, str]) -> None:
    page = open_page(demo_school, 1280)
    page.goto(places["certificate"])

    compare("certificate", page.locator("main").aria_snapshot())


def test_the_last_page_before_the_payment_reads_well(
    demo_school: School, open_page: OpenPage, states: dict[str, Any], places: dict[str, str]
) -> None:
    page = open_page(demo_school, 1280, storage_state=states["newcomer"])
    page.goto(f"/courses/{CERTIFICATION}/enroll")

    compare("enroll", page.locator("main").aria_snapshot())


def test_the_way_back_from_the_payment_reads_well(
    demo_school: School, open_page: OpenPage, states: dict[str, Any], places: dict[str, str]
) -> None:
    page = open_page(demo_school, 1280, storage_state=states["newcomer"])
    page.goto(places["return paid"])

    compare("return", page.locator("main").aria_snapshot())


@pytest.mark.parametrize(
    "address", ["/articles", "/articles/what-a-hand-notices", "/authors/ada-wall", "/faq", "/"]
)
def test_the_journal_is_accessible_at_both_widths_light_and_dark(
    shop: Shop, open_page: OpenPage, address: str
) -> None:
    """The shop's bundle holds an article that has everything."""
    page = open_page(shop.school, 1280, reduced_motion="reduce")
    page.goto(address)

    assert not (faults := faults_of(page)), "\n".join(faults)


def test_an_article_reads_well(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop.school, 1280)
    page.goto("/articles/what-a-hand-notices")

    compare("article", page.locator("main").aria_snapshot())


def test_the_sandbox_is_accessible_as_well(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop.school, 1280, also=shop.sandbox.api_base, reduced_motion="reduce")
    session = goes_to_checkout(page, shop.make_buyer("sam@example.org"))
    faults = faults_of(page)
    follows(page.get_by_role("button", name="Card declined"))
    faults += faults_of(page)
    shop.sandbox.pay(session)
    page.reload()
    faults += faults_of(page)
    page.goto(shop.sandbox.api_base)
    faults += faults_of(page)

    assert not faults, "\n".join(faults)


def test_each_side_of_a_review_card_is_accessible(
    demo_school: School, open_page: OpenPage, states: dict[str, Any]
) -> None:
    page = open_page(demo_school, 1280, storage_state=states["learner"], reduced_motion="reduce")
    page.goto("/reviews")
    follows(page.get_by_role("button", name="Review now"))
    seen: dict[str, list[str]] = {}
    while not page.get_by_role("heading", name="Nothing more in this session").is_visible():
        turn = page.get_by_role("link", name="Turn the card")
        if turn.is_visible():
            _look(page, "front", seen)
            follows(turn)
            _look(page, "back", seen)
        elif "question" not in seen:
            _look(page, "question", seen)
            follows(page.get_by_role("button", name="I do not know"))
            _look(page, "reasons", seen)
            follows(page.get_by_role("link", name=re.compile("Next card|Finish")))
            continue
        follows(page.get_by_role("button", name="Skip for now"))
        if page.get_by_role("heading", name="Done for now").is_visible():
            break
    _look(page, "end", seen)

    assert set(seen) == {"front", "back", "question", "reasons", "end"}
    assert not any(seen.values()), seen


def _look(page: Page, side: str, seen: dict[str, list[str]]) -> None:
    if side not in seen:
        seen[side] = faults_of(page)


def test_the_page_that_ends_mails_is_accessible(demo_school: School, open_page: OpenPage) -> None:
    from accounts.notifications import refusal_path
    from accounts.services import require_by_email
    from app import create_app

    with inside(create_app(demo_school.config)):
        path = refusal_path(require_by_email(WHO["newcomer"]), "reviews")
    page = open_page(demo_school, 1280, reduced_motion="reduce")
    page.goto(path)
    asked = faults_of(page)
    follows(page.get_by_role("button", name="Send me no more of these"))

    assert not (faults := asked + faults_of(page)), "\n".join(faults)


# ---- parts


def _fill(address: str, places: dict[str, str]) -> str:
    return re.sub(r"\{([^}]+)\}", lambda found: places[found[1]], address)


def _error_page(school: School, status: int) -> str:
    from app import create_app
    from core.error_pages import error_page

    app = create_app(school.config)
    with inside(app), app.test_request_context("/broken"):
        return error_page(status)[0]
