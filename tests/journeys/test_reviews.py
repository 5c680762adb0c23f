"""A week of reviews: each morning a mail, a session by keyboard, a calm end; the clock moves from day to day."""

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from core import clock as core_clock
from tests import servers
from tests.journeys.conftest import OpenPage
from tests.journeys.people import DEMO_PASSWORD, sign_in
from tests.journeys.places import FREE
from tests.journeys.school import School, inside
from tests.journeys.walking import follows, opens

pytestmark = pytest.mark.browser

ADA = "ada@example.org"
BEGUN = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
EIGHT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Week:
    """A school served in this process, so that the test holds its clock."""

    school: School
    app: Flask

    def morning(self, day: int) -> None:
        """It is eight o'clock of that day, 1 being the first after the quiz; the worker sends what is due."""
        from reviews.reminders import send_due

        core_clock.set_now(EIGHT + timedelta(days=day - 1))
        self._inside(send_due)

    def mails(self) -> int:
        from tests.factories import mails

        return len(self._inside(lambda: mails(ADA)))

    def furnish(self) -> None:
        """Ada has read a lesson and missed three questions of the quiz."""
        core_clock.set_now(BEGUN)
        self._inside(_live)

    def _inside(self, deed: Callable[[], object]) -> object:
        with inside(self.app):
            return deed()


@pytest.fixture
def week(shipped: Path, tmp_path: Path) -> Iterator[Week]:
    from app import create_app

    instance = tmp_path / "instance"
    shutil.copytree(shipped, instance)
    port = servers.free_port()
    school = School(f"http://127.0.0.1:{port}", instance)
    app = create_app(school.config)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Week(school, app)
    server.shutdown()
    thread.join()
    server.server_close()
    core_clock.set_now(None)


def _live() -> None:
    from core.database import db, transaction
    from courses.services import find_course
    from demo.answers import answer_to
    from demo.services import steps_of
    from enrollment.rules import GrantKind
    from enrollment.services import enroll
    from progress.services import complete_step
    from quizzes.closing import submit
    from quizzes.reads import asked
    from quizzes.saving import Given, save
    from quizzes.services import find_quiz, start
    from reviews.news import gather
    from tests import factories

    user = factories.make_user(ADA, "Ada Learner", password=DEMO_PASSWORD)
    with transaction():
        course = find_course(FREE)
        enroll(user.id, course.id, GrantKind.FREE)
        steps = steps_of(course)
        complete_step(user.id, next(step for step in steps if step.kind == "lesson"))
        step = next(step for step in steps if step.noun == "quiz")
        attempt = start(user.id, find_quiz(step.body), step.id, Random(1))
        given = [
            Given(
                item.position,
                answer_to(asked(item.revision_id).question, item.position > 3, Random(2)),
                False,
            )
            for item in attempt.items
        ]
        attempt_id = attempt.id
        save(user.id, attempt_id, given)
        db.session.expire_all()
        submit(user.id, attempt_id)
    gather()


def review_by_keyboard(page: Page, rating: str) -> int:
    """From the first card to the end, hands on the keys; how many cards there were."""
    for count in range(60):
        if page.get_by_role("heading", name="Done for now").is_visible():
            return count
        if page.get_by_role("link", name="Turn the card").is_visible():
            opens(page, "Space")
            expect(page.get_by_role("button", name=re.compile("Again"))).to_be_visible()
            opens(page, rating)
        else:
            _answer(page)
    raise AssertionError("the session has no end")


def _answer(page: Page) -> None:
    """Choose the first option, or say that it is not known; then the reasons, and on."""
    if page.locator(".opt input").count():
        page.keyboard.press("1")
    else:
        page.get_by_role("button", name="I do not know").focus()
    opens(page)
    page.wait_for_url(re.compile("/reviews/answers/"))
    opens(page)
    page.wait_for_url(re.compile("/reviews/session$"))


def test_a_week_of_reviews(week: Week, open_page: OpenPage) -> None:
    week.furnish()
    page = open_page(week.school, 390)

    reviewed, mailed = 0, 0
    for day in range(1, 8):
        week.morning(day)
        sign_in(page, ADA)
        is_due = page.get_by_role("button", name="Review now").count() > 0
        mailed += is_due
        assert week.mails() == mailed
        if is_due:
            follows(page.get_by_role("button", name="Review now"))
            reviewed += review_by_keyboard(page, "3")
            expect(
                page.get_by_text("that is how it settles").or_(page.get_by_text("recalled."))
            ).to_be_visible()
        page.goto("/dashboard")
        page.get_by_role("group").first.click()
        follows(page.get_by_role("button", name="Sign out").locator("visible=true"))

    assert mailed >= 3
    assert reviewed > 8
    sign_in(page, ADA)
    page.goto("/reviews")
    expect(page.get_by_role("heading", name="What you recall")).to_be_visible()
    expect(page.get_by_text(re.compile(r"\d+ of \d+ reviews"))).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("in the next 30 days"))).to_be_visible()


def test_without_javascript_a_card_is_answered_skipped_removed_and_brought_back(
    week: Week, open_page: OpenPage
) -> None:
    week.furnish()
    week.morning(1)
    page = open_page(week.school, 1280, java_script_enabled=False)
    sign_in(page, ADA)
    page.get_by_role("button", name="Review now").click()

    expect(page.get_by_text(re.compile("You missed it on 21 November"))).to_be_visible()
    page.get_by_role("button", name="I do not know").click()
    expect(page.get_by_text("Returns tomorrow")).to_be_visible()
    follows(page.get_by_role("link", name="Next card"))
    term = page.get_by_role("heading", level=2).inner_text()
    page.get_by_role("button", name="Remove from my reviews").click()
    expect(page.get_by_text("The card is out of your reviews.")).to_be_visible()
    page.get_by_role("button", name="Bring it back").click()
    page.get_by_role("link", name="Turn the card").click()
    expect(page.get_by_role("heading", name=term)).to_be_visible()
    follows(page.get_by_role("button", name=re.compile("Good")))
    before = page.content()
    follows(page.get_by_role("button", name="Skip for now"))
    assert page.content() != before
