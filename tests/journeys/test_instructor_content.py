"""An instructor changes Markdown; after a sync it is what learners read. A broken file changes nothing."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import servers
from tests.journeys.conftest import OpenPage
from tests.journeys.people import DEMO_LEARNER, sign_in
from tests.journeys.school import School

pytestmark = pytest.mark.browser

LESSON = "courses/the-stress-skin-cycle/lessons/alarm-and-recovery.md"
ADDRESS = "/learn/the-stress-skin-cycle/alarm-and-recovery"
ADDED = "\n## A paragraph of today\n\nThe instructor added this *after* the course was published.\n"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """The shipped content, to be edited."""
    return Path(shutil.copytree(servers.ROOT / "content", tmp_path / "bundle"))


@pytest.mark.parametrize("width", [390, 1280])
def test_what_an_instructor_changes_is_what_learners_read(
    demo_school: School, open_page: OpenPage, bundle: Path, width: int
) -> None:
    page = open_page(demo_school, width)
    sign_in(page, DEMO_LEARNER)
    heading = f"A paragraph of today, {width} wide"
    append(bundle, ADDED.replace("A paragraph of today", heading))

    synced = demo_school.operate("content", "sync", str(bundle))

    assert synced.returncode == 0, synced.stdout + synced.stderr
    assert f"changed   {LESSON}" in synced.stdout
    sees(page, heading)


def test_a_broken_file_changes_nothing_and_is_named_with_its_line(
    demo_school: School, open_page: OpenPage, bundle: Path
) -> None:
    page = open_page(demo_school)
    sign_in(page, DEMO_LEARNER)
    append(bundle, "\n## Not to be seen\n\nNobody wrote this. [@nobody2031 strong]\n")
    line = (bundle / LESSON).read_text().splitlines().index("Nobody wrote this. [@nobody2031 strong]") + 1

    synced = demo_school.operate("content", "sync", str(bundle))

    assert synced.returncode == 1
    assert f"{LESSON}:{line}" in synced.stdout
    assert "nobody2031" in synced.stdout
    page.goto(ADDRESS)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("heading", name="Not to be seen")).to_have_count(0)


def append(bundle: Path, text: str) -> None:
    with (bundle / LESSON).open("a") as file:
        file.write(text)


def sees(page: Page, heading: str) -> None:
    page.goto(ADDRESS)
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    expect(page.get_by_role("main").locator("em", has_text="after")).to_be_visible()
