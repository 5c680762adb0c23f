"""What counts of several attempts decides whether a quiz is passed, and every page says so."""

from datetime import timedelta
from fractions import Fraction

import pytest
from flask import Flask

from core.clock import set_now
from core.database import db, transaction
from progress.models import StepCompletion
from quizzes import closing
from quizzes.eligibility import eligibility
from quizzes.models import Attempt
from quizzes.rules import Score
from tests import factories
from tests.conftest import NOON
from tests.quizzes.cohort import passes_by_a_drop
from tests.quizzes.visiting import Visitor, words
from tests.quizzes.world import World, count_of

pytestmark = pytest.mark.usefixtures("clock")

WRITTEN = """## written {essay points=10}
Why?

- A reason
- Another
"""


def take(visitor: Visitor, right: int) -> str:
    """The result of one more attempt at two questions, so many of them right."""
    attempt = visitor.start()
    if right:
        visitor.answer_some(attempt, right)
    return visitor.submit(attempt)


def test_an_attempt_that_passes_alone_passes_no_quiz_whose_average_is_below_the_mark(app: Flask) -> None:
    visitor = Visitor(app, counts="average", feedback="passed")
    take(visitor, 0)

    page = words(take(visitor, 2))

    assert "Not passed yet." in page
    assert "You need 70 percent in the average of your attempts, which is 50. This attempt has 100." in page
    assert "is shown here once you have passed" in page
    assert "Whyfirst" not in page
    start = words(visitor.browser.get(visitor.url).text)
    assert "You have passed." not in start
    assert "The average of your attempts counts: 50 percent so far." in start


def test_an_average_that_passes_passes_by_an_attempt_that_does_not(app: Flask) -> None:
    visitor = Visitor(app, counts="average", feedback="passed")
    take(visitor, 2)

    page = take(visitor, 1)

    assert "Passed, by the average of your attempts." in words(page)
    assert "which is 75. This attempt has 50." in words(page)
    assert "Whyfirst" in page
    assert "Back to the course" in page


def test_an_average_that_passed_once_stays_passed(app: Flask) -> None:
    visitor = Visitor(app, counts="average", feedback="passed")
    take(visitor, 2)

    page = words(take(visitor, 0))

    assert "This attempt did not pass. Your pass stays." in page
    assert "Whyfirst" in page
    assert "You have passed. That stays" in words(visitor.browser.get(visitor.url).text)


@pytest.mark.parametrize("counts", ["best", "last"])
def test_a_later_attempt_that_fails_says_that_the_pass_stays(app: Flask, counts: str) -> None:
    visitor = Visitor(app, counts=counts)
    take(visitor, 2)

    page = words(take(visitor, 1))

    assert "This attempt did not pass. Your pass stays." in page
    assert "You needed 70 percent, and this attempt has 50." in page


def test_an_earlier_attempt_that_is_marked_after_the_last_one_passes_no_quiz_whose_last_counts(
    app: Flask,
) -> None:
    visitor = Visitor(app, WRITTEN, counts="last", feedback="passed")
    first = visitor.start()
    name = visitor.items(first)[0].layout.name
    factories.post(visitor.browser, f"{first}?q=1", {"item1": "1", name: "Because."})
    visitor.submit(first)
    visitor.submit(visitor.start())

    mark_by_hand(first, Fraction(8))

    assert count_of(StepCompletion, user_id=visitor.user.id) == 0
    page = words(visitor.browser.get(first).text)
    assert "Not passed yet." in page
    assert "You needed 70 percent, and this attempt has 80. Your last attempt counts." in page
    assert "is shown here once you have passed" in page
    assert "You have passed." not in words(visitor.browser.get(visitor.url).text)


def mark_by_hand(attempt_url: str, points: Fraction) -> None:
    """What a marker's verdict on the only answer does."""
    with transaction() as session:
        attempt = session.get_one(Attempt, attempt_url.rpartition("/")[2])
        closing.set_score(attempt.items[0], Score(points, attempt.possible), points)
        closing.add_up(attempt)
        closing.complete(attempt)


@pytest.mark.parametrize("counts", ["last", "average"])
def test_an_earlier_attempt_that_passes_by_a_regrade_passes_no_quiz_by_itself(
    app: Flask, counts: str
) -> None:
    cohort, attempt = passes_by_a_drop(counts)

    assert cohort.head(attempt).passed
    db.session.rollback()
    learner = eligibility(cohort.user.id, cohort.quiz, cohort.step.id)
    assert not learner.standing.has_passed
    assert count_of(StepCompletion, user_id=cohort.user.id) == 0


def test_an_attempt_that_failed_completes_nothing_after_the_pass_mark_was_lowered(app: Flask) -> None:
    world = World(pass_mark=70)
    for right in (1, 0):
        attempt = world.start()
        world.answer_right(attempt, right)
        assert not world.submit(attempt).passed
        with transaction() as session:
            quiz = session.merge(world.quiz)
            quiz.settings = {**quiz.settings, "pass_mark": 50}

    assert count_of(StepCompletion, user_id=world.user.id) == 0


def test_the_key_of_a_closed_quiz_waits_for_an_attempt_that_is_open(app: Flask) -> None:
    visitor = Visitor(app, feedback="closed", closes="2026-11-21 18:00")
    first = visitor.start()
    visitor.submit(first)
    second = visitor.start()
    with transaction() as session:
        session.get_one(
            Attempt, second.rpartition("/")[2]
        ).deadline_at = None  # Begun before there was an end.
    set_now(NOON + timedelta(hours=7))

    assert "Whyfirst" not in visitor.browser.get(first).text
    visitor.submit(second)
    assert "Whyfirst" in visitor.browser.get(first).text
