"""What a result tells beside points: ideas without a wall, what returns, what is open to question."""

from fractions import Fraction
from typing import Any

import pytest
from flask import Flask

from core.database import transaction
from quizzes import closing
from quizzes.afterwards import Recalled
from quizzes.attempt_page import palette
from quizzes.gain import Gain
from quizzes.models import AttemptItem, Quiz
from quizzes.quiz_settings import QuizSettings
from quizzes.results import tell_items
from quizzes.rules import Score
from quizzes.shown_gain import show_gain
from quizzes.terms import terms_of
from tests import factories
from tests.conftest import NOON
from tests.quizzes.cohort import Cohort
from tests.quizzes.visiting import TWO, Visitor, words
from tests.quizzes.world import World

BEFORE_AND_AFTER = Gain(("barrier", "sleep"), Fraction(1, 4), Fraction(1))
IDEAS = TWO.replace("topic=skin ", "objective=o-1 topic=skin-barrier ").replace("=o-1}", "=o-2}")


def test_what_stayed_after_three_months_stands_beside_the_gain() -> None:
    shown = show_gain(BEFORE_AND_AFTER, Recalled(90, 5, 6))

    assert shown
    assert (shown.before, shown.after, shown.later, shown.later_label) == (25, 100, 83, "After 90 days")
    assert shown.later_words == "In your reviews, 90 days later or more: 5 of 6 answers wholly right."


def test_before_three_months_the_gain_says_what_will_stand_there() -> None:
    shown = show_gain(BEFORE_AND_AFTER, None)

    assert shown
    assert shown.later is None
    assert "after three months" in shown.later_words


def test_nothing_to_compare_shows_no_gain() -> None:
    assert show_gain(None, Recalled(90, 1, 1)) is None


def test_ideas_that_were_missed_stand_open_and_those_all_right_are_folded(app: Flask) -> None:
    visitor = Visitor(app, IDEAS, pass_mark=0)
    with transaction() as session:
        quiz = session.query(Quiz).filter_by(name=visitor.step.body).one()
        quiz.content = {**quiz.content, "objectives": {"o-1": "Name the barrier", "o-2": "Name sleep"}}
    attempt = visitor.start()
    first, second = sorted(visitor.items(attempt), key=lambda item: item.asked.question.id)
    factories.post(visitor.browser, f"{attempt}?q={first.position}", visitor.answer(first, 0))
    factories.post(visitor.browser, f"{attempt}?q={second.position}", visitor.answer(second, 1))

    page = visitor.submit(attempt)

    assert "By objective" in page
    assert "By topic" in page
    folded = page.partition("By objective")[2].partition("<details")
    assert "Name sleep" in folded[0]
    assert "Name the barrier" not in folded[0]
    assert "Name the barrier" in folded[2]
    assert "Skin barrier" in words(page)


@pytest.mark.parametrize(
    ("feedback", "sentence"),
    [("never", "Read what is below, then try again."), ("passed", "You may try again.")],
)
def test_a_result_bids_to_read_where_something_is_told(app: Flask, feedback: str, sentence: str) -> None:
    visitor = Visitor(app, feedback=feedback)
    attempt = visitor.start()
    visitor.answer_all(attempt, 1)

    page = words(visitor.submit(attempt))

    assert sentence in page
    assert ("Worth reading again" in page) == (feedback == "never")


def test_the_page_for_printing_folds_nothing_away(app: Flask) -> None:
    visitor = Visitor(app, IDEAS, pass_mark=0)
    attempt = visitor.start()
    visitor.answer_all(attempt, 0)
    page = visitor.submit(attempt)
    printed = visitor.browser.get(f"{attempt}/print").text

    assert '<details class="more right-one" id="told-1">' in page
    assert '<details class="more right-one" id="told-1" open>' in printed
    assert printed.count('<details class="more') == printed.count(" open>") > 2


def test_a_mark_that_is_not_the_score_is_told_with_its_question(app: Flask) -> None:
    visitor = Visitor(app, certainty=True, shuffle="none", pass_mark=0)
    attempt = visitor.start()
    first, second = visitor.items(attempt)
    factories.post(visitor.browser, f"{attempt}?q=1", {**visitor.answer(first, 0), "sure1": "low"})
    factories.post(visitor.browser, f"{attempt}?q=2", {**visitor.answer(second, 1), "sure2": "mid"})

    assert "counts for -2/3 (fairly sure)." in words(visitor.submit(attempt))
    told = tell_items(visitor.items(attempt), terms_of(QuizSettings(certainty=True)), lambda slug: None)

    assert [each.points for each in told] == [
        "1 of 1 point, counts for 1/3 (guessing)",
        "0 of 1 point, counts for -2/3 (fairly sure)",
    ]


@pytest.mark.parametrize(
    ("settings", "answer", "points"),
    [
        ({"negative": 50}, {"answer": {"ticked": [1]}}, "0 of 1 point, counts for -0.5 (a wrong tick)"),
        ({"negative": 50}, {"answer": {"ticked": [0]}}, "1 of 1 point"),
        (
            {"feedback": "question", "tries": 3, "hints": True, "hint_penalty": 10},
            {"answer": {"ticked": [0]}, "tried": [{"ticked": [1]}], "hinted": True},
            "1 of 1 point, counts for 0.57 (a further try, the hint)",
        ),
        (
            {"feedback": "question", "tries": 2, "hints": True},
            {"answer": {"ticked": [0]}, "tried": [{"ticked": [1]}], "hinted": True},
            "1 of 1 point, counts for 0.67 (a further try)",
        ),
        (
            {"feedback": "question", "tries": 2, "try_penalty": 0, "hints": True, "hint_penalty": 10},
            {"answer": {"ticked": [0]}, "tried": [{"ticked": [1]}], "hinted": True},
            "1 of 1 point, counts for 0.9 (the hint)",
        ),
        (
            {"certainty": True, "hints": True},
            {"answer": {"ticked": [0]}, "hinted": True},
            "1 of 1 point, counts for 1/3 (not said how sure)",
        ),
    ],
)
def test_what_an_answer_cost_is_said_in_words(
    app: Flask, settings: dict[str, Any], answer: dict[str, Any], points: str
) -> None:
    world = World(shuffle="none", **settings)
    attempt = world.start()
    with transaction() as session:
        row = session.get_one(AttemptItem, (attempt, 1))
        for name, value in answer.items():
            setattr(row, name, value)
    world.submit(attempt)

    assert _told_of(world, attempt, settings) == points


HINTS = {"hints": True, "hint_penalty": 10}


@pytest.mark.parametrize(
    ("settings", "earned", "counts", "points"),
    [
        ({"certainty": True}, 2, Fraction(2, 3), "2 of 2 points, counts for 2/3 (not said how sure)"),
        ({"certainty": True, **HINTS}, 2, Fraction(0), "2 of 2 points, counts for 0 (not said how sure)"),
        (HINTS, 2, Fraction(9, 5), "2 of 2 points, counts for 1.8 (the hint)"),
        (HINTS, 1, Fraction(0), "1 of 2 points, counts for 0"),
        ({"hints": True}, 1, Fraction(0), "1 of 2 points, counts for 0"),
    ],
    ids=["certainty", "certainty and a failed criterion", "hint", "failed, hint", "failed"],
)
def test_of_what_a_person_marked_a_price_is_named_and_a_failed_criterion_is_not(
    app: Flask, settings: dict[str, Any], earned: int, counts: Fraction, points: str
) -> None:
    world = World("## written {essay points=2}\nWhy?\n\n- A reason\n", **settings)
    attempt = world.start()
    with transaction() as session:
        row = session.get_one(AttemptItem, (attempt, 1))
        row.answer, row.hinted = {"text": ["Because."]}, "hints" in settings
        closing.set_score(row, Score(Fraction(earned), Fraction(2)), counts)

    assert _told_of(world, attempt, settings) == points


def _told_of(world: World, attempt: str, settings: dict[str, Any]) -> str:
    terms = terms_of(QuizSettings(**settings))
    return tell_items(world.items(attempt), terms, lambda slug: None)[0].points


def test_a_try_that_a_mended_key_makes_right_is_told_as_right(app: Flask) -> None:
    cohort = Cohort(feedback="question", tries=2)
    attempt = cohort.start()
    with transaction() as session:
        row = session.get_one(AttemptItem, (attempt, 1))
        row.tried, row.answer, row.final_at = [{"ticked": [1]}], {"ticked": [0]}, NOON
    cohort.mend_first()
    cohort.regrade()

    (entry, _) = palette(cohort.head(attempt), cohort.items(attempt), None).entries
    assert entry.state == "right"
    cohort.submit(attempt)
    told = tell_items(cohort.items(attempt), terms_of(QuizSettings(tries=2)), lambda slug: None)[0]

    assert (told.verdict, told.points) == ("right", "1 of 1 point")
    assert [option.chosen for option in told.options] == [False, True]
