"""Every page type as assistive programs meet it: axe finds nothing, nothing scrolls sideways, and it reads well.

The snapshots are what a screen reader is given. `UPDATE_SNAPSHOTS=1` writes them anew: read the difference line by
line, as it would be spoken, before it is committed.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from core.error_pages import PAGES as STATUSES
from tests.journeys.answering import question_group
from tests.journeys.conftest import HEIGHTS, PATIENCE, OpenPage, Watcher
from tests.journeys.people import sign_in
from tests.journeys.places import CERTIFICATION, FREE, ORDERS, WHO, make_places
from tests.journeys.school import School, inside
from tests.journeys.shop import Shop, goes_to_checkout
from tests.servers import ROOT

pytestmark = pytest.mark.browser

AXE = (ROOT / "tests/vendor/axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
STILL = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important }");
    document.adoptedStyleSheets = [sheet];
}"""
SNAPSHOTS = Path(__file__).parent / "snapshots"
REGRADE = f"/studio/courses/{FREE}/questions/m2-08/regrade"
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
    ("instructor", f"/studio/courses/{CERTIFICATION}/gain"),
    ("instructor", f"/studio/courses/{FREE}/doubts"),
    ("instructor", "/studio"),
    ("instructor", "/studio/marking"),
    ("instructor", "{desk}"),
    ("instructor", "{desk with a work}"),
    ("instructor", "{desk with a mark}"),
    ("instructor", "{accommodations}"),
    ("instructor", "{studio course}/accommodations/{learner id}"),
    ("admin", "/admin"),
    ("admin", "/admin/people"),
    ("admin", "{person}"),
    ("admin", "/admin/enrollments"),
    ("admin", "/admin/enrollments?q=nobody-at-all"),
    ("admin", "/admin/enrollments/new"),
    ("admin", "{revoke}"),
    ("admin", "/admin/orders"),
    ("admin", "/admin/orders?q=nobody-at-all"),
    ("admin", "{order}"),
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
            page.get_by_role("button", name="Start free").click()
        found[who] = context.storage_state()
        context.close()
    return found


@pytest.fixture(scope="module")
def places(chromium: Browser, demo_school: School, states: dict[str, Any]) -> dict[str, str]:
    """The addresses that the demo's history and the newcomer's two attempts have."""
    context = chromium.new_context(base_url=demo_school.url, storage_state=states["newcomer"])
    page = context.new_page()
    failed = _hand_in_nothing(page)
    page.get_by_role("link", name="Try again").click()
    page.get_by_role("button", name="Start quiz").click()
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

    assert not (faults := _faults(page)), "\n".join(faults)
    assert not watcher.complaints, "\n".join(watcher.complaints)


@pytest.mark.parametrize("status", sorted(STATUSES))
def test_error_pages_are_accessible_too(demo_school: School, open_page: OpenPage, status: int) -> None:
    page = open_page(demo_school, 1280, reduced_motion="reduce")
    body = _error_page(demo_school, status)
    page.route("**/broken", lambda route: route.fulfill(status=200, content_type="text/html", body=body))
    page.goto("/broken")

    assert not (faults := _faults(page)), "\n".join(faults)


def test_the_preview_of_a_regrade_is_accessible(
    demo_school: School, open_page: OpenPage, states: dict[str, Any]
) -> None:
    page = open_page(demo_school, 1280, storage_state=states["admin"], reduced_motion="reduce")
    page.goto(REGRADE)
    page.get_by_role("radio", name="Drop the question").check()
    page.get_by_label("Reason, as learners will read it").fill("Two of the options were right.")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who gains and who loses")

    assert not (faults := _faults(page)), "\n".join(faults)


@pytest.mark.parametrize("address", ["/login", "/register"])
def test_forms_that_come_back_with_errors_are_accessible_and_take_the_focus(
    demo_school: School, open_page: OpenPage, address: str
) -> None:
    page = open_page(demo_school, 1280, reduced_motion="reduce")
    page.goto(address)
    page.get_by_label("Email address").fill("no address")
    page.get_by_role("main").get_by_role("button").first.click()

    assert page.title().startswith("Error: ")
    expect(page.get_by_role("alert")).to_be_focused()
    assert not (faults := _faults(page)), "\n".join(faults)


def test_the_lesson_reads_well(demo_school: School, open_page: OpenPage, states: dict[str, Any]) -> None:
    page = open_page(demo_school, 1280, storage_state=states["newcomer"])
    page.goto(f"/learn/{FREE}/alarm-and-recovery")

    _compare("lesson", page.locator("body").aria_snapshot())


def test_a_quiz_question_reads_well(
    demo_school: School, open_page: OpenPage, states: dict[str, Any], places: dict[str, str]
) -> None:
    page = open_page(demo_school, 1280, storage_state=states["newcomer"])
    for number in range(1, 11):
        page.goto(f"{places['open attempt']}?q={number}")
        if "tape-stripped" in question_group(page).inner_text():
            break

    assert page.locator("main form").get_by_role("button").count()
    _compare("question", _in_one_order(page.locator("main").aria_snapshot()))


def test_a_result_reads_well(
    demo_school: School, open_page: OpenPage, states: dict[str, Any], places: dict[str, str]
) -> None:
    page = open_page(demo_school, 1280, storage_state=states["learner"])
    page.goto(places["result"])

    _compare("result", page.locator("main").aria_snapshot())


def test_a_certificate_reads_well(demo_school: School, open_page: OpenPage, places: dict[str, str]) -> None:
    page = open_page(demo_school, 1280)
    page.goto(places["certificate"])

    _compare("certificate", page.locator("main").aria_snapshot())


def test_the_last_page_before_the_payment_reads_well(
    demo_school: School, open_page: OpenPage, states: dict[str, Any], places: dict[str, str]
) -> None:
    page = open_page(demo_school, 1280, storage_state=states["newcomer"])
    page.goto(f"/courses/{CERTIFICATION}/enroll")

    _compare("enroll", page.locator("main").aria_snapshot())


def test_the_way_back_from_the_payment_reads_well(
    demo_school: School, open_page: OpenPage, states: dict[str, Any], places: dict[str, str]
) -> None:
    page = open_page(demo_school, 1280, storage_state=states["newcomer"])
    page.goto(places["return paid"])

    _compare("return", page.locator("main").aria_snapshot())


@pytest.mark.parametrize(
    "address", ["/articles", "/articles/what-a-hand-notices", "/authors/ada-wall", "/faq", "/"]
)
def test_the_journal_is_accessible_at_both_widths_light_and_dark(
    shop: Shop, open_page: OpenPage, address: str
) -> None:
    """The shop's bundle holds an article that has everything."""
    page = open_page(shop.school, 1280, reduced_motion="reduce")
    page.goto(address)

    assert not (faults := _faults(page)), "\n".join(faults)


def test_an_article_reads_well(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop.school, 1280)
    page.goto("/articles/what-a-hand-notices")

    _compare("article", page.locator("main").aria_snapshot())


def test_the_sandbox_is_accessible_as_well(shop: Shop, open_page: OpenPage) -> None:
    page = open_page(shop.school, 1280, also=shop.sandbox.api_base, reduced_motion="reduce")
    session = goes_to_checkout(page, shop.make_buyer("sam@example.org"))
    faults = _faults(page)
    page.get_by_role("button", name="Card declined").click()
    faults += _faults(page)
    shop.sandbox.pay(session)
    page.reload()
    faults += _faults(page)
    page.goto(shop.sandbox.api_base)
    faults += _faults(page)

    assert not faults, "\n".join(faults)


def test_each_side_of_a_review_card_is_accessible(
    demo_school: School, open_page: OpenPage, states: dict[str, Any]
) -> None:
    page = open_page(demo_school, 1280, storage_state=states["learner"], reduced_motion="reduce")
    page.goto("/reviews")
    page.get_by_role("button", name="Review now").click()
    seen: dict[str, list[str]] = {}
    page.wait_for_load_state()
    while not page.get_by_role("heading", name="Nothing more in this session").is_visible():
        turn = page.get_by_role("link", name="Turn the card")
        if turn.is_visible():
            _look(page, "front", seen)
            turn.click()
            _look(page, "back", seen)
        elif "question" not in seen:
            _look(page, "question", seen)
            page.get_by_role("button", name="I do not know").click()
            _look(page, "reasons", seen)
            page.get_by_role("link", name=re.compile("Next card|Finish")).click()
            page.wait_for_load_state()
            continue
        page.get_by_role("button", name="Skip for now").click()
        page.wait_for_load_state()
        if page.get_by_role("heading", name="Done for now").is_visible():
            break
    _look(page, "end", seen)

    assert set(seen) == {"front", "back", "question", "reasons", "end"}
    assert not any(seen.values()), seen


def _look(page: Page, side: str, seen: dict[str, list[str]]) -> None:
    if side not in seen:
        seen[side] = _faults(page)


def test_the_page_that_ends_mails_is_accessible(demo_school: School, open_page: OpenPage) -> None:
    from accounts.notifications import refusal_path
    from accounts.services import require_by_email
    from app import create_app

    with inside(create_app(demo_school.config)):
        path = refusal_path(require_by_email(WHO["newcomer"]), "reviews")
    page = open_page(demo_school, 1280, reduced_motion="reduce")
    page.goto(path)
    asked = _faults(page)
    page.get_by_role("button", name="Send me no more of these").click()

    assert not (faults := asked + _faults(page)), "\n".join(faults)


# ---- parts


def _fill(address: str, places: dict[str, str]) -> str:
    return re.sub(r"\{([^}]+)\}", lambda found: places[found[1]], address)


def _error_page(school: School, status: int) -> str:
    from app import create_app
    from core.error_pages import error_page

    app = create_app(school.config)
    with inside(app), app.test_request_context("/broken"):
        return error_page(status)[0]


def _faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands: at 1280 and 390 pixels, light and dark; sideways also at 320."""
    page.evaluate(AXE)
    page.evaluate(STILL)  # colours are measured when they have changed, not on their way
    found: list[str] = []
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{width}: scrolls sideways: {_too_wide(page)}")
        if width != 320:
            found += [f"{width}: {fault}" for fault in _axe(page, {"type": "tag", "values": TAGS})]
            page.emulate_media(color_scheme="dark")
            found += [
                f"{width} dark: {fault}"
                for fault in _axe(page, {"type": "rule", "values": ["color-contrast"]})
            ]
            page.emulate_media(color_scheme="light")
    return found


def _axe(page: Page, rules: dict[str, object]) -> list[str]:
    answer = page.evaluate(
        "only => axe.run(document, {runOnly: only, resultTypes: ['violations'], preload: false})", rules
    )
    return [
        f"{each['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for each in answer["violations"]
        for node in each["nodes"]
    ]


def _too_wide(page: Page) -> list[str]:
    return page.evaluate(
        """() => [...document.querySelectorAll("body *")]
        .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
        .slice(0, 5).map(each => each.outerHTML.slice(0, 120))"""
    )


def _compare(name: str, snapshot: str) -> None:
    """Compare with what was read and found good, but for what each run makes new."""
    seen = _without_chance(snapshot) + "\n"
    file = SNAPSHOTS / f"{name}.aria.yml"
    if os.environ.get("UPDATE_SNAPSHOTS") == "1":
        file.write_text(seen)
    assert seen == file.read_text()


def _without_chance(snapshot: str) -> str:
    """Addresses, numbers and days that differ from run to run, by their kind."""
    marks = {
        r"(?<=/attempts/)\w{26}": "ATTEMPT",
        r"(?<=/certificates/)[0-9A-Z]{20}": "CERTIFICATE",
        r"\b[0-9A-Z]{4}(-[0-9A-Z]{4}){4}\b": "NUMBER",
        r"\b\d{1,2} [A-Z][a-z]+ 20\d\d\b": "DAY",
        r"Returns (tomorrow|on [A-Za-z0-9 ]+)|Waits in your reviews": "RETURNS",
        r"http://127\.0\.0\.1:\d+": "SCHOOL",
    }
    for pattern, mark in marks.items():
        snapshot = re.sub(pattern, mark, snapshot)
    return snapshot


def _in_one_order(snapshot: str) -> str:
    """A question's place and the order of its options are drawn for each attempt; here they stand in one order."""
    numbered = re.sub(r"Question \d+ of", "Question N of", snapshot)
    # The first question has no way back and the last leads to the end: the ways on are not compared.
    numbered = re.sub(r'(?m)^  - button "(Back|Next|Submit answers)"\n', "", numbered)
    numbered = re.sub(r'(?m)^    - paragraph:\n      - button "Submit answers"\n', "", numbered)
    lines = re.sub(
        r"(?m)^(\s*- radio .*)\n\s*- text: .*", r"\1", numbered
    ).splitlines()  # the label, once more
    options = sorted(line for line in lines if re.match(r"\s*- radio ", line))
    return "\n".join(options.pop(0) if re.match(r"\s*- radio ", line) else line for line in lines)
