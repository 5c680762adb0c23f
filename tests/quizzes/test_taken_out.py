"""A quiz that was taken out of its course: what was done stays its learner's, and nothing leads on."""

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from core.clock import now
from core.database import transaction
from courses.models import Course, Step
from enrollment.models import Enrollment, EnrollmentState
from tests import factories
from tests.quizzes.visiting import Visitor, words

JSON = {"Accept": "application/json"}


def take_out(visitor: Visitor, slug: str = "") -> None:
    """As a sync does it; with `slug` as where a lesson of the same slug takes the quiz's place."""
    values = {"retired_at": now(), "module_id": None, "slug": slug or visitor.step.slug}
    with transaction() as session:
        session.execute(update(Step).where(Step.id == visitor.step.id).values(**values))
        session.execute(
            update(Course).where(Course.id == visitor.course.id).values(version=Course.version + 1)
        )


@pytest.mark.parametrize("slug", ["", "quiz-2~7"])
def test_a_result_stays_readable_and_leads_nowhere_else(visitor: Visitor, slug: str) -> None:
    attempt = visitor.start()
    visitor.answer_all(attempt, index=1)
    before = visitor.submit(attempt)
    take_out(visitor, slug)

    answer = visitor.browser.get(attempt)

    assert (answer.status_code, "Try again" in before) == (200, True)
    page = words(answer.text)
    assert "Quiz, first attempt" in page
    assert "Not passed yet." in page
    assert "0 of 2 points" in page
    assert all(reason in page for reason in ("Ratthis", "Ratthat", "Whyfirst", "Ratthere"))
    assert "no longer part of the course; your result stays here" in page
    assert "Try again" not in page
    assert "then try again" not in page


def test_a_pass_leads_back_to_the_course_and_not_to_a_next_step(app: Flask) -> None:
    visitor = Visitor(app)
    attempt = visitor.start()
    visitor.answer_all(attempt)
    visitor.submit(attempt)
    take_out(visitor)

    page = visitor.browser.get(attempt).text

    assert "Passed." in words(page)
    assert "Back to the course" in page
    assert "Continue:" not in page


def test_where_each_step_waits_for_the_one_before_a_result_waits_for_none(
    app: Flask, visitor: Visitor
) -> None:
    attempt = visitor.start()
    visitor.submit(attempt)
    take_out(visitor)
    with transaction() as session:
        session.execute(update(Course).values(order="strict", version=Course.version + 1))

    assert visitor.browser.get(attempt).status_code == 200


def test_an_open_attempt_says_that_the_quiz_was_taken_out_and_nothing_is_lost(visitor: Visitor) -> None:
    attempt = visitor.start()
    item = visitor.items(attempt)[0]
    factories.post(visitor.browser, attempt, visitor.answer(item, 0))
    take_out(visitor)

    answers: list[TestResponse] = [visitor.browser.get(attempt), visitor.browser.get(f"{attempt}/review")]
    answers += [factories.post(visitor.browser, attempt, visitor.answer(item, 1))]
    answers += [factories.post(visitor.browser, f"{attempt}/submit")]
    script = factories.post(visitor.browser, attempt, visitor.answer(item, 1), headers=JSON)

    assert [answer.status_code for answer in answers] == [409] * 4
    assert all("was taken out of the course. Nothing is lost" in words(answer.text) for answer in answers)
    assert (script.status_code, "Nothing is lost" in script.json["message"]) == (409, True)
    assert visitor.items(attempt)[0].answer == {"ticked": [0]}


def test_a_quiz_that_comes_back_goes_on_where_it_stopped(visitor: Visitor) -> None:
    attempt = visitor.start()
    take_out(visitor)
    with transaction() as session:
        back = update(Step).where(Step.id == visitor.step.id)
        session.execute(back.values(retired_at=None, module_id=visitor.step.module_id))
        session.execute(update(Course).values(version=Course.version + 1))

    assert "Question 1 of 2" in visitor.browser.get(attempt).text


def test_taken_out_or_not_a_result_is_its_learners_alone(app: Flask, visitor: Visitor) -> None:
    attempt = visitor.start()
    visitor.submit(attempt)
    take_out(visitor)
    stranger = factories.make_user()
    factories.enroll(stranger, visitor.course)

    assert factories.sign_in(app.test_client(), stranger).get(attempt).status_code == 404
    with transaction() as session:
        session.execute(update(Enrollment).values(state=EnrollmentState.REVOKED))
    assert visitor.browser.get(attempt).location == f"/courses/{visitor.course.slug}"


def test_the_quiz_itself_is_not_found_any_more(visitor: Visitor) -> None:
    take_out(visitor)

    assert visitor.browser.get(visitor.url).status_code == 404
    assert factories.post(visitor.browser, f"{visitor.url}/start").status_code == 404
