"""Doors to the key of an attempt: closed with the course, whatever address leads there; and addresses of nothing."""

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock
from core.database import db, transaction
from enrollment.models import Enrollment, EnrollmentState
from quizzes.models import Question
from reviews.models import ReviewEntry
from tests import factories
from tests.quizzes.visiting import Visitor
from tests.reviews.world import Memory

MANY_DIGITS = "9" * 25


def revoke(user_id: int) -> None:
    with transaction() as session:
        enrollment = session.scalars(select(Enrollment).filter_by(user_id=user_id)).one()
        enrollment.state = EnrollmentState.REVOKED


@pytest.mark.parametrize("rest", ["", "/print", ".pdf", "/questions/1/doubt"])
def test_no_door_of_an_attempt_shows_its_key_once_the_course_is_closed(app: Flask, rest: str) -> None:
    visitor = Visitor(app)
    attempt = visitor.start()
    visitor.answer_all(attempt, 1)
    visitor.submit(attempt)
    assert visitor.browser.get(attempt + rest).status_code == 200

    revoke(visitor.user.id)
    answer = visitor.browser.get(attempt + rest)

    assert (answer.status_code, answer.location) == (302, f"/courses/{visitor.course.slug}")


def test_an_answer_to_a_review_is_not_told_once_the_course_is_closed(app: Flask) -> None:
    memory = Memory()
    memory.attempt(True, False, True)
    browser = factories.sign_in(app.test_client(), memory.user)
    card = memory.cards()["second"]
    with transaction() as session:
        entry = ReviewEntry(
            card_id=card.id, number=1, at=clock.now(), rating=1, elapsed_days=1, scheduled_days=1, retention=90,
            revision_id=session.get_one(Question, "second").revision_id, answer={"ticked": [1]},
        )  # fmt: skip
        session.add(entry)
        session.flush()
        address = f"/reviews/answers/{entry.id}"
    assert browser.get(address).status_code == 200

    revoke(memory.user.id)

    assert browser.get(address).status_code == 404


@pytest.mark.parametrize("feedback", ["passed", "last", "never"])
def test_no_calibration_is_told_while_anything_is_hidden(app: Flask, feedback: str) -> None:
    text = "".join(f"## q-{n} {{choice}}\nWhich {n}?\n\n- [x] This\n- [ ] That\n\n" for n in range(4))
    visitor = Visitor(app, text, feedback=feedback, certainty=True, attempts=2)
    attempt = visitor.start()
    for item, sure in zip(visitor.items(attempt), ("high", "low", "low", "low"), strict=True):
        _answer(visitor, attempt, item.position, 1, sure)

    page = visitor.submit(attempt)

    assert "judged yourself" not in page
    assert "0 of 3 right" not in page
    assert "sure and wrong" not in page
    assert "ertain" not in page
    assert b"judged" not in visitor.browser.get(f"{attempt}/print").data


def test_the_calibration_is_told_with_the_key(app: Flask) -> None:
    visitor = Visitor(app, certainty=True, shuffle="none")
    attempt = visitor.start()
    _answer(visitor, attempt, 1, 0, "low")
    _answer(visitor, attempt, 2, 1, "high")

    page = visitor.submit(attempt)

    assert "Certain: 0 of 1 right, too few to tell. Guessing: 1 of 1 right, too few to tell." in page


def _answer(visitor: Visitor, attempt: str, position: int, index: int, sure: str) -> None:
    item = visitor.items(attempt)[position - 1]
    form = {**visitor.answer(item, index), f"sure{position}": sure}
    factories.post(visitor.browser, f"{attempt}?q={position}", form)


def test_a_number_of_many_digits_is_no_error_of_ours(app: Flask) -> None:
    visitor = Visitor(app)
    attempt = visitor.start()

    answers = [
        factories.post(visitor.browser, f"{attempt}?q={MANY_DIGITS}", {"go": "check"}),
        factories.post(visitor.browser, f"{attempt}/files", {"position": MANY_DIGITS}),
        visitor.browser.get(f"{attempt}/files/{MANY_DIGITS}"),
        visitor.browser.get(f"/reviews/answers/{MANY_DIGITS}"),
    ]

    assert {answer.status_code for answer in answers} <= {303, 400, 404}
    db.session.rollback()
