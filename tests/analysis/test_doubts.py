"""A learner doubts a question of their result, an instructor answers."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from analysis.doubts.models import Doubt
from core.database import db, transaction
from core.outbox import OutboxMail
from courses.models import CourseInstructor
from tests import factories
from tests.quizzes.visiting import Visitor, words
from tests.quizzes.world import count_of

SAID = "Both options are right, I think."


def visitor_with_result(app: Flask, **settings: Any) -> tuple[Visitor, str]:
    visitor = Visitor(app, **{"shuffle": "none", **settings})
    attempt = visitor.start()
    visitor.answer_all(attempt, 1)
    visitor.submit(attempt)
    return visitor, attempt


def teacher_of(app: Flask, visitor: Visitor) -> FlaskClient:
    teacher = factories.make_user("", "Tea Teacher", "instructor")
    with transaction() as session:
        session.add(CourseInstructor(course_id=visitor.course.id, user_id=teacher.id))
    return factories.sign_in(app.test_client(), teacher)


def doubt_of(app: Flask) -> tuple[Visitor, int]:
    """A learner who has doubted the first question of their result, and the doubt's number."""
    visitor, attempt = visitor_with_result(app)
    factories.post(visitor.browser, f"{attempt}/questions/1/doubt", {"words": SAID})
    doubt = db.session.scalars(select(Doubt.id)).one()
    db.session.rollback()
    return visitor, doubt


def teacher_with_doubt(app: Flask) -> tuple[FlaskClient, str]:
    """The browser of an instructor, and the door by which a doubt is answered."""
    visitor, doubt = doubt_of(app)
    return teacher_of(app, visitor), f"/studio/courses/{visitor.course.slug}/doubts/{doubt}"


def test_a_doubt_reaches_the_instructor_without_its_name_and_the_answer_reaches_the_learner(
    app: Flask,
) -> None:
    visitor, attempt = visitor_with_result(app)
    assert f'href="{attempt}/questions/1/doubt"' in visitor.browser.get(attempt).text

    sent = factories.post(visitor.browser, f"{attempt}/questions/1/doubt", {"words": SAID})
    teacher, doubts = teacher_of(app, visitor), f"/studio/courses/{visitor.course.slug}/doubts"
    page = teacher.get(doubts).text
    doubt = db.session.scalars(select(Doubt.id)).one()
    db.session.rollback()
    answered = factories.post(teacher, f"{doubts}/{doubt}", {"words": "The key is mended."})

    assert (sent.status_code, answered.status_code) == (303, 303)
    assert SAID in page
    assert visitor.user.email not in page
    mail = db.session.scalars(select(OutboxMail).filter_by(kind="doubt_answered")).one()
    assert mail.to_address == visitor.user.email
    assert "The key is mended." in mail.text
    assert "The key is mended." in visitor.browser.get(f"{attempt}/questions/1/doubt").text


def test_an_empty_doubt_is_asked_for_and_a_second_one_changes_nothing(app: Flask) -> None:
    visitor, attempt = visitor_with_result(app)
    door = f"{attempt}/questions/2/doubt"

    empty = factories.post(visitor.browser, door, {"words": " \0 "})
    for said in (SAID, "Something else"):
        factories.post(visitor.browser, door, {"words": said})

    assert empty.status_code == 422
    assert "Say in a sentence or two what seems wrong." in words(empty.text)
    assert db.session.scalars(select(Doubt.words)).all() == [SAID]


def test_a_doubt_is_answered_once(app: Flask) -> None:
    teacher, door = teacher_with_doubt(app)

    codes = [factories.post(teacher, door, {"words": each}).status_code for each in ("", "No.", "Yes.")]

    assert codes == [422, 303, 409]
    assert count_of(OutboxMail, kind="doubt_answered") == 1


def test_an_answer_that_is_too_long_is_given_back_to_be_cut(app: Flask) -> None:
    teacher, door = teacher_with_doubt(app)

    answer = factories.post(teacher, door, {"words": "Mended. " * 251})

    assert answer.status_code == 422
    assert "Keep it to 2000 characters." in words(answer.text)
    assert "Mended. " * 251 in answer.text


def test_a_line_that_ends_counts_as_one_character_as_browsers_count_it(app: Flask) -> None:
    visitor, attempt = visitor_with_result(app)

    sent = factories.post(visitor.browser, f"{attempt}/questions/1/doubt", {"words": "x" + "\r\nx" * 999})

    assert sent.status_code == 303
    assert db.session.scalars(select(Doubt.words)).one() == "x" + "\nx" * 999


@pytest.mark.parametrize("feedback", ["never", "last"])
def test_what_is_not_shown_cannot_be_doubted(app: Flask, feedback: str) -> None:
    visitor, attempt = visitor_with_result(app, feedback=feedback, attempts=3)

    answer = visitor.browser.get(f"{attempt}/questions/1/doubt")

    assert answer.status_code == 404
    assert "doubt" not in visitor.browser.get(attempt).text


def test_a_doubt_of_another_course_is_not_there(app: Flask) -> None:
    _, doubt = doubt_of(app)
    other, _ = visitor_with_result(app)
    teacher = teacher_of(app, other)

    answer = factories.post(teacher, f"/studio/courses/{other.course.slug}/doubts/{doubt}", {"words": "No."})

    assert answer.status_code == 404
