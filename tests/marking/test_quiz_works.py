"""Essays and files in a quiz, marked by a person; through their doors."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask

from core.database import db
from quizzes import reads
from tests import factories
from tests.marking.bench import NOON
from tests.marking.doors import bring
from tests.marking.test_files import picture
from tests.quizzes.visiting import Visitor, words

ESSAYS = """## one {choice}
Which?

- [x] This
- [ ] That

## two {essay points=4}
Why?

## three {file points=2}
Bring it.
"""


def test_essays_and_files_of_a_quiz_wait_for_a_person(app: Flask, clock: Callable[[datetime], None]) -> None:
    clock(NOON)
    visitor = Visitor(app, ESSAYS, shuffle="none", pass_mark=50)
    teacher = factories.make_user("", "Tea", "instructor")
    factories.teach(teacher, visitor.course)
    tutor = factories.sign_in(app.test_client(), teacher)
    attempt = visitor.start()
    short = attempt.rpartition("/")[2]
    one, two, three = visitor.items(attempt)
    factories.post(visitor.browser, f"{attempt}?q=1", visitor.answer(one, 0))
    essay = {"item2": "1", two.layout.name: "Because."}
    factories.post(visitor.browser, f"{attempt}?q=2", essay)
    led = factories.post(visitor.browser, f"{attempt}?q=3", {"item3": "1", "go": "files3"})
    assert led.location == f"{attempt}/files?q=3"
    assert "The file is here." in bring(visitor.browser, short, "a.png", picture("PNG"), 3)
    factories.post(visitor.browser, f"{attempt}?q=3", {"item3": "1"})  # a form that holds no file clears none
    assert visitor.items(attempt)[2].is_answered

    page = words(visitor.submit(attempt))

    assert "A person marks what you wrote." in page
    assert short[-5:] in tutor.get("/studio/marking").text
    factories.post(tutor, f"/studio/marking/{short}/claim")
    fields = {"l2-0": "3", "l3-0": "2", "c2-0": "Say more.", "go": "give"}
    factories.post(tutor, f"/studio/marking/{short}/mark", fields)
    head = reads.attempt_head(short, visitor.user.id)
    assert (head.points, head.possible, head.passed) == (6, 7, True)
    assert "Say more." in words(visitor.browser.get(f"{attempt}/marks").text)
    result = words(visitor.browser.get(attempt).text)
    assert "See the marks and comments" in result
    assert "3 of 4 points" in result


def test_a_quiz_of_essays_left_empty_waits_for_nobody(app: Flask) -> None:
    visitor = Visitor(app, ESSAYS, shuffle="none")
    attempt = visitor.start()

    visitor.submit(attempt)

    head = reads.attempt_head(attempt.rpartition("/")[2], visitor.user.id)
    assert (head.points, head.passed) == (0, False)


def test_no_file_comes_to_a_question_that_asks_for_none(app: Flask) -> None:
    visitor = Visitor(app, ESSAYS, shuffle="none")
    short = visitor.start().rpartition("/")[2]

    assert "takes no file" in bring(visitor.browser, short, "a.png", picture("PNG"), 2)


def test_works_of_quizzes_are_neither_returned_nor_erased(app: Flask) -> None:
    visitor = Visitor(app, ESSAYS, shuffle="none")
    teacher = factories.make_user("", "Tea", "instructor")
    factories.teach(teacher, visitor.course)
    tutor = factories.sign_in(app.test_client(), teacher)
    attempt = visitor.start()
    short = attempt.rpartition("/")[2]
    two = visitor.items(attempt)[1]
    factories.post(visitor.browser, f"{attempt}?q=2", {"item2": "1", two.layout.name: "Because."})
    visitor.submit(attempt)
    factories.post(tutor, f"/studio/marking/{short}/claim")

    answer = factories.post(tutor, f"/studio/marking/{short}/mark", {"go": "return", "words": "Again."})

    assert "only assignments are returned" in words(tutor.get(answer.location).text)
    assert factories.post(visitor.browser, f"/attempts/{short}/erase", {"sure": "y"}).status_code == 409
    db.session.rollback()
    assert reads.attempt_head(short, visitor.user.id).points is None


def test_a_course_page_knows_of_an_essay_that_is_with_a_marker(app: Flask) -> None:
    visitor = Visitor(app, ESSAYS, shuffle="none")
    lesson, quiz = factories.steps_of(visitor.course)
    factories.complete(visitor.user, lesson)
    attempt = visitor.start()
    essay = visitor.items(attempt)[1]
    factories.post(visitor.browser, f"{attempt}?q=2", {"item2": "1", essay.layout.name: "Because."})

    visitor.submit(attempt)

    assert f"With a marker: {quiz.title}" in words(visitor.browser.get(f"/learn/{visitor.course.slug}").text)
