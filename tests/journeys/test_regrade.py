"""A key was wrong: an instructor mends it, looks at who gains and who loses, applies it, and a learner passes by it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.people import DEMO_PASSWORD, sign_in
from tests.journeys.school import School, inside, open_school
from tests.journeys.shop import BUNDLE
from tests.journeys.walking import follows

pytestmark = pytest.mark.browser

COURSE, QUIZ = "hands-and-skin", "courses/hands-and-skin/quizzes/hands-quiz.md"
REGRADE = f"/studio/courses/{COURSE}/questions/hands-first/regrade"
TEACHER, LEARNER, SURE = "tea@example.org", "noa@example.org", "ida@example.org"
REASON = "The printed key had the two options the wrong way round."


@pytest.fixture(scope="module")
def clinic(stocked: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """The tests' own course, served, with its instructor and two learners."""
    instance = tmp_path_factory.mktemp("clinic") / "instance"
    shutil.copytree(stocked, instance)
    with open_school(instance) as found:
        furnish_people(found)
        yield found


def furnish_people(school: School) -> None:
    from accounts.rules import Role
    from accounts.services import create_user
    from app import create_app
    from core.clock import now
    from core.database import transaction
    from courses.models import CourseInstructor
    from courses.services import course_outline, find_course
    from enrollment.rules import GrantKind
    from enrollment.services import enroll
    from progress.models import StepCompletion

    with inside(create_app(school.config)), transaction() as session:
        course = find_course(COURSE).id
        teacher = create_user(TEACHER, "Tea Teacher", DEMO_PASSWORD, (Role.LEARNER, Role.INSTRUCTOR))
        session.add(CourseInstructor(course_id=course, user_id=teacher.id))
        for address in (LEARNER, SURE):
            person = create_user(address, "Noa Lindqvist", DEMO_PASSWORD)
            enroll(person.id, course, GrantKind.ADMIN)
            for step in course_outline(find_course(COURSE)).steps[:2]:
                session.add(StepCompletion(user_id=person.id, step_id=step.id, completed_at=now()))


def test_a_mended_key_is_looked_at_applied_and_told(
    clinic: School, open_page: OpenPage, tmp_path: Path
) -> None:
    wrong, right = (takes_the_quiz(open_page(clinic, width), who, first) for width, who, first in VISITS)
    expect(wrong.get_by_role("heading", level=1)).to_have_text("Not passed yet.")
    expect(right.get_by_role("heading", level=1)).to_have_text("Passed.")
    expect(certificates(wrong)).to_have_count(0)
    (held,) = (each.get_attribute("href") for each in certificates(right).all())
    mends_the_key(clinic, tmp_path)

    teacher = open_page(clinic, 390)
    sign_in(teacher, TEACHER)
    previews(teacher)
    expect(teacher.get_by_role("main")).not_to_contain_text("Noa")
    applies(teacher)

    wrong.go_back()
    expect(wrong.get_by_role("heading", level=1)).to_have_text("Passed.")
    expect(wrong.get_by_role("main")).to_contain_text(f"was mended. The reason: “{REASON}”")
    right.go_back()
    expect(right.get_by_role("main")).to_contain_text("You needed 80 percent and have 50.")
    expect(right.get_by_role("main")).to_contain_text("Your pass stays.")
    expect(certificates(wrong)).to_have_count(1)
    expect(certificates(right)).to_have_attribute("href", held or "")
    expect(right.get_by_role("region", name="Certificates")).to_contain_text("Issued")
    assert "the key of a question was mended" in " ".join(clinic.mail_to(LEARNER).split())


def certificates(page: Page) -> Locator:
    """The links to this learner's certificates, on their first page."""
    page.goto("/dashboard")
    return page.get_by_role("region", name="Certificates").get_by_role("heading", level=3).get_by_role("link")


VISITS = [(390, LEARNER, "Redness"), (1280, SURE, "Warmth")]


def takes_the_quiz(page: Page, who: str, first: str) -> Page:
    sign_in(page, who)
    page.goto(f"/learn/{COURSE}/quizzes/hands-quiz")
    follows(page.get_by_role("button", name="Start quiz"))
    page.goto(f"{page.url.partition('?')[0]}?view=paper")
    page.get_by_role("radio", name=first).check()
    page.get_by_role("radio", name="False", exact=True).check()
    page.get_by_role("radio", name="the word is enough").check()
    page.get_by_role("button", name="Submit answers").last.click()
    page.get_by_role("button", name="Confirm and submit").click()
    return page


def mends_the_key(school: School, folder: Path) -> None:
    bundle = Path(shutil.copytree(BUNDLE, folder / "bundle"))
    text = (bundle / QUIZ).read_text()
    mended = text.replace("- [x] Warmth", "- [ ] Warmth").replace("- [ ] Redness", "- [x] Redness")
    (bundle / QUIZ).write_text(mended)
    synced = school.operate("content", "sync", str(bundle))
    assert synced.returncode == 0, synced.stdout + synced.stderr


def previews(teacher: Page) -> None:
    """By keyboard: the choice, the reason, the button."""
    teacher.goto(REGRADE)
    teacher.get_by_role("radio", name="Grade earlier attempts by the key as it is now").press("Space")
    teacher.keyboard.press("Tab")
    teacher.keyboard.type(REASON)
    teacher.keyboard.press("Tab")
    teacher.keyboard.press("Enter")
    expect(teacher.get_by_role("heading", level=1)).to_have_text("Who gains and who loses")
    expect(teacher.get_by_role("row", name="1 of 2, 50% 2 of 2, 100% This attempt passes")).to_be_visible()
    expect(teacher.get_by_role("row", name="2 of 2, 100% 1 of 2, 50% Below the pass mark")).to_be_visible()


def applies(teacher: Page) -> None:
    teacher.get_by_role("button", name="Grade anew").press("Enter")
    expect(teacher.get_by_text("It is applied.")).to_be_visible()
    expect(teacher.get_by_text("2 attempts: 1 up, 1 down, 0 the same; 1 passed by it.")).to_be_visible()
