"""A learner plays a case to an unsafe stop, reads the debrief, and plays it again to a pass."""

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.journeys.cases import open_case, play
from tests.journeys.conftest import WAYS, OpenPage
from tests.journeys.people import sign_in
from tests.journeys.school import School
from tests.journeys.walking import goes_to, opens

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("way", WAYS)
def test_a_case_to_an_unsafe_stop_and_again_to_a_pass(school: School, open_page: OpenPage, way: str) -> None:
    address = f"case-{way}@example.org"
    case = open_case(school, address)
    page = open_page(school, **WAYS[way])
    sign_in(page, address, factories.PASSWORD)

    begins(page, case)
    chooses_weakly_and_reads_the_scene_again(page)
    page.goto(case)
    page.get_by_role("button", name="Resume case").click()
    chooses(page, "Go on", "Strong choice", "See the debrief")
    expect(page.get_by_role("heading", level=1)).to_have_text("Not passed yet.")
    tries_again_from_the_end(page)
    stops_at_an_unsafe_act(page)
    tries_again_from_the_end(page)
    passes(page)
    is_done_in_the_course(page, case)


def begins(page: Page, case: str) -> None:
    page.goto(case)
    expect(page.get_by_text("The file of Ada, a client.")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="Start case").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("She sits down")
    expect(page.get_by_text("Step 1 of about 2.")).to_be_visible()


def chooses(page: Page, choice: str, effect: str, onward: str = "Continue") -> None:
    """Make a choice of the scene, read what came of it, go on."""
    group = page.get_by_role("group", name="Choose your response")
    group.get_by_role("radio", name=choice).check()
    page.get_by_role("button", name="Choose and see what happens").click()
    expect(page.get_by_role("region", name="What happened")).to_contain_text(effect)
    fits(page)
    page.get_by_role("link", name=onward).click()


def chooses_weakly_and_reads_the_scene_again(page: Page) -> None:
    chooses(page, "Sell her a cream", "Weaker choice")
    expect(page.get_by_role("heading", level=1)).to_have_text("History")
    expect(page.get_by_role("radio", name="Name what you see")).to_have_count(0)
    page.get_by_role("link", name="Read the scene before").click()
    outcome = page.get_by_role("region", name="What happened")
    expect(outcome.get_by_role("progressbar", name="Trust, 0 of 100")).to_be_visible()
    expect(outcome).to_contain_text("down 40")
    expect(page.get_by_role("radio")).to_have_count(0)


def tries_again_from_the_end(page: Page) -> None:
    """Below the debrief, where one has read it."""
    page.get_by_role("region", name="Play it again").get_by_role("link", name="Try again").click()


def stops_at_an_unsafe_act(page: Page) -> None:
    page.get_by_role("button", name="Start case").click()
    chooses(page, "Peel at once", "The case stops here, with 0 points.", "See the debrief")
    expect(page.get_by_role("heading", level=1)).to_have_text("Stopped at an unsafe act.")
    reason = page.get_by_role("region", name="Why the case stopped")
    expect(reason).to_contain_text("The barrier is damaged.")
    expect(reason).to_contain_text("In life: stop, stay with the person")
    expect(page.get_by_role("region", name="Red flag")).to_contain_text("Why one stops.")
    expect(page.get_by_role("img", name="The map of Ada in a hurry")).to_be_visible()
    expect(page.get_by_role("region", name="The path you took")).to_contain_text(
        "Better here: Ask what happened"
    )
    fits(page)
    assert page.locator(".case-map text").evaluate_all(BEYOND) == []


def passes(page: Page) -> None:
    page.get_by_role("button", name="Start case").click()
    chooses(page, "Ask what happened", "Strong choice")
    chooses(page, "Name what you see", "Strong choice", "See the debrief")
    expect(page.get_by_role("heading", level=1)).to_have_text("Passed, safe and strong.")
    expect(page.get_by_role("main")).to_contain_text("You needed 75 points of 100 and have 95.")
    fits(page)


def is_done_in_the_course(page: Page, case: str) -> None:
    page.goto(case.partition("/quizzes/")[0])
    expect(page.get_by_role("main")).to_contain_text("1 of 2 steps")
    expect(page.get_by_role("link", name="Case: ")).to_be_visible()


def fits(page: Page) -> None:
    """Nothing scrolls sideways, once the page is whole."""
    page.wait_for_load_state()
    wide, room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= room, page.url


BEYOND = """all => all.filter(text => {
  const box = text.getBBox();
  return box.x + box.width > text.ownerSVGElement.viewBox.baseVal.width;
}).map(text => text.textContent)"""

BESIDE = """words => words.map(word => {
  const stop = document.createRange();
  const after = (word.closest(".cited") || word).nextSibling;
  stop.setStart(after, 0);
  stop.setEnd(after, 1);
  const [a, b] = [stop.getBoundingClientRect(), word.getBoundingClientRect()];
  return a.top < b.bottom && b.top < a.bottom;
})"""


def test_the_stop_behind_a_word_of_certainty_stays_on_its_line(school: School, open_page: OpenPage) -> None:
    said = "So they say [@opens early]. " + "It opens the talk, as we see it [opinion]; " * 5 + "no more."
    text = factories.CASE.replace("It opens the talk.", said)
    case = open_case(school, "case-stop@example.org", text)
    page = open_page(school, 390)
    sign_in(page, "case-stop@example.org", factories.PASSWORD)

    page.goto(play(school, "case-stop@example.org", case, 0) + "?step=1")
    marks = page.locator(".outcome > p .grade")

    assert marks.count() == 6
    for width in range(320, 460):
        page.set_viewport_size({"width": width, "height": 900})
        assert all(marks.evaluate_all(BESIDE)), width


@pytest.mark.parametrize("width", [390, 1280])
def test_a_case_is_stopped_read_and_passed_by_keyboard_alone(
    school: School, open_page: OpenPage, width: int
) -> None:
    address = f"case-keys-{width}@example.org"
    case = open_case(school, address)
    page = open_page(school, width)
    sign_in(page, address, factories.PASSWORD)

    page.goto(case)
    goes_to(page, "Start case", "BUTTON")
    opens(page)
    picks(page, "Peel at once")
    unfolds_the_other_choices(page)
    goes_to(page, "See the debrief", "A")
    opens(page)
    expect(page.get_by_role("region", name="Why the case stopped")).to_contain_text("In life: stop")
    goes_to(page, "do what stands below", "A")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Red flag")).to_be_in_viewport()
    goes_to(page, "Try again", "A")
    opens(page)
    goes_to(page, "Start case", "BUTTON")
    opens(page)
    picks(page, "Ask what happened")
    goes_to(page, "Continue", "A")
    opens(page)
    picks(page, "Name what you see")
    goes_to(page, "See the debrief", "A")
    opens(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("Passed, safe and strong.")
    fits(page)


def picks(page: Page, choice: str) -> None:
    """Tab into the group of choices, go to this one by arrow, make it."""
    goes_to(page, "", "INPUT", 'input[type="radio"]')
    page.keyboard.press("Space")
    for _ in range(page.get_by_role("radio").count()):
        if page.evaluate("document.activeElement.closest('label').innerText").startswith(choice):
            break
        page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name=choice)).to_be_checked()
    goes_to(page, "Choose and see what happens", "BUTTON")
    opens(page)


def unfolds_the_other_choices(page: Page) -> None:
    goes_to(page, "What the other choices would have done", "SUMMARY")
    page.keyboard.press("Enter")
    expect(page.locator(".others")).to_be_visible()
