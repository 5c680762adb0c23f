"""What a result tells beside points: ideas without a wall, what returns, what is open to question."""

from fractions import Fraction

from flask import Flask

from core.database import transaction
from quizzes.afterwards import Recalled
from quizzes.gain import Gain
from quizzes.models import Quiz
from quizzes.shown_gain import show_gain
from tests import factories
from tests.quizzes.visiting import TWO, Visitor, words

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


def test_the_page_for_printing_folds_nothing_away(app: Flask) -> None:
    visitor = Visitor(app, IDEAS, pass_mark=0)
    attempt = visitor.start()
    visitor.answer_all(attempt, 0)
    page = visitor.submit(attempt)
    printed = visitor.browser.get(f"{attempt}/print").text

    assert '<details class="more right-one" id="told-1">' in page
    assert '<details class="more right-one" id="told-1" open>' in printed
    assert printed.count('<details class="more') == printed.count(" open>") > 2
