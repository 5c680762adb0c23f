"""Where the dashboard leads: to what can be done now, and where nothing can, it says from when."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.clock import set_now
from tests import factories
from tests.conftest import NOON
from tests.quizzes.visiting import TWO, words

AGAIN = "Open again from 22 November 2026, 12:00 UTC."
CLOSED = "Opens after the modules before it"

pytestmark = pytest.mark.usefixtures("clock")


class Learner:
    """A learner in a course whose first module is `lesson quiz`; a day lies between two attempts at the quiz."""

    def __init__(self, app: Flask, *later: str, order: str = "free") -> None:
        self.course = factories.make_course(modules=("lesson quiz", *later), order=order)
        self.lesson, quiz, *self.later = factories.steps_of(self.course)
        factories.make_quiz(quiz, TWO, cool_down=24)
        self.user = factories.make_user()
        factories.enroll(self.user, self.course)
        self.app = app
        self.signs_in()
        self.home = f"/learn/{self.course.slug}"
        self.quiz = f"{self.home}/quizzes/{quiz.slug}"

    def signs_in(self) -> None:
        self.browser: FlaskClient = factories.sign_in(self.app.test_client(), self.user)

    def comes_back_a_day_later(self) -> None:
        set_now(NOON + timedelta(days=1))
        self.signs_in()

    def fails(self) -> None:
        attempt = factories.post(self.browser, f"{self.quiz}/start").location
        factories.post(self.browser, f"{attempt}/submit")

    def dashboard(self) -> str:
        return self.browser.get("/dashboard").text


def continues_at(page: str) -> str:
    found = re.search(r'btn-lg" href="([^"]+)"><svg(?:(?!</svg>).)*</svg>Continue</a>', page, re.DOTALL)
    return found[1] if found else ""


def test_where_nothing_else_is_left_it_says_when_the_next_attempt_opens(app: Flask) -> None:
    learner = Learner(app)
    factories.complete(learner.user, learner.lesson)
    assert continues_at(learner.dashboard()) == learner.quiz
    learner.fails()

    page = learner.dashboard()

    assert continues_at(page) == ""
    assert AGAIN in words(page)
    assert "There is nothing for you to do until your next attempt." in words(page)
    assert f'href="{learner.quiz}">See how to go on</a>' in page
    learner.comes_back_a_day_later()
    assert continues_at(learner.dashboard()) == learner.quiz


def test_a_quiz_that_rests_is_passed_over_for_what_can_be_done(app: Flask) -> None:
    learner = Learner(app, "lesson")
    factories.complete(learner.user, learner.lesson)
    learner.fails()

    page = learner.dashboard()

    assert continues_at(page) == f"{learner.home}/{learner.later[0].slug}"
    assert AGAIN not in words(page)


def test_the_course_page_leads_where_the_dashboard_does(app: Flask) -> None:
    learner = Learner(app, "lesson")
    factories.complete(learner.user, learner.lesson)
    learner.fails()
    assert f'href="{learner.home}/{learner.later[0].slug}">' in course_button(learner)
    factories.complete(learner.user, *learner.later)

    assert "Open again later" in course_button(learner)


def course_button(learner: Learner) -> str:
    return re.findall(r'<a class="btn btn-lg".*?</a>', learner.browser.get(learner.home).text, re.DOTALL)[0]


def test_a_quiz_that_is_open_again_is_gone_on_with(app: Flask) -> None:
    learner = Learner(app, "lesson")
    factories.complete(learner.user, learner.lesson)
    learner.fails()
    learner.comes_back_a_day_later()
    factories.post(learner.browser, f"{learner.quiz}/start")

    assert continues_at(learner.dashboard()) == learner.quiz


def test_a_module_that_is_shut_is_neither_called_open_nor_led_to(app: Flask) -> None:
    learner = Learner(app, "lesson quiz", order="modules")
    assert CLOSED in words(learner.dashboard())
    factories.complete(learner.user, learner.lesson)
    learner.fails()

    page = learner.dashboard()

    assert CLOSED in words(page)
    assert continues_at(page) == ""
    assert AGAIN in words(page)


def test_a_module_that_can_be_begun_is_open(app: Flask) -> None:
    page = words(Learner(app, "lesson quiz").dashboard())

    assert CLOSED not in page
    assert "Module 2 Open" in page


def test_another_course_stands_before_one_that_only_rests(app: Flask) -> None:
    learner, other = Learner(app), factories.make_course(title="Another one")
    factories.enroll(learner.user, other)
    factories.complete(learner.user, learner.lesson)
    learner.fails()

    assert continues_at(learner.dashboard()).startswith(f"/learn/{other.slug}/")
