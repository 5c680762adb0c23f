"""An admin lets somebody into the certification by hand, and takes the access away again."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.people import DEMO_ADMIN, DEMO_NEWCOMER, sign_in
from tests.journeys.school import School
from tests.journeys.walking import follows

pytestmark = pytest.mark.browser

TITLE = "Holistic Dermatology Certification"
LEARN, COURSE = "/learn/holistic-dermatology-certification", "/courses/holistic-dermatology-certification"


@pytest.mark.parametrize("width", [390, 1280])
def test_an_admin_enrolls_by_hand_and_revokes(demo_school: School, open_page: OpenPage, width: int) -> None:
    admin, learner = open_page(demo_school, width), open_page(demo_school, width)
    sign_in(admin, DEMO_ADMIN)
    sign_in(learner, DEMO_NEWCOMER)

    enrolls(admin)
    sees_the_course(learner)
    exports_the_list(admin)
    revokes(admin)
    is_sent_to_the_course_page(learner)


def enrolls(admin: Page) -> None:
    admin.goto("/admin")
    admin.get_by_role("link", name="Learners", exact=True).click()
    admin.get_by_role("link", name="Enrollments", exact=True).first.click()
    admin.get_by_role("button", name="Enroll learner").click()
    admin.get_by_label("Email address").fill(DEMO_NEWCOMER)
    admin.get_by_label("Course", exact=True).select_option(label=TITLE)
    admin.get_by_label("Reason").fill("Scholarship 2026")
    admin.get_by_role("button", name="Enroll learner").click()
    expect(admin.get_by_text(f"Jonas Weber is enrolled in {TITLE}.")).to_be_visible()


def sees_the_course(learner: Page) -> None:
    learner.goto("/dashboard")
    learner.get_by_role("main").get_by_role("link", name=TITLE).first.click()
    expect(learner.get_by_role("heading", level=1)).to_have_text(TITLE)
    learner.get_by_role("link", name="Skin as a network").first.click()
    expect(learner.get_by_role("button", name="Mark complete and continue")).to_be_visible()


def exports_the_list(admin: Page) -> None:
    with admin.expect_download() as started:
        admin.get_by_role("button", name="Export CSV").click()
    text = started.value.path().read_text(encoding="utf-8-sig")
    assert "Jonas Weber" in text
    assert "Priya" not in text  # the list was filtered to one person, and so is its export


def revokes(admin: Page) -> None:
    admin.get_by_label("Search").fill("jonas")
    follows(admin.get_by_role("button", name="Apply"))
    follows(admin.get_by_role("link", name=re.compile("Revoke")).first)
    admin.get_by_role("main").get_by_role("button").last.click()
    expect(admin.get_by_text("Jonas Weber no longer has access")).to_be_visible()


def is_sent_to_the_course_page(learner: Page) -> None:
    learner.goto(LEARN)
    expect(learner).to_have_url(re.compile(COURSE + "$"))
    learner.goto(f"{LEARN}/skin-as-a-network")
    expect(learner).to_have_url(re.compile(COURSE + "$"))
