"""What was learned between the quiz before a module and the one after it."""

from fractions import Fraction

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from core.database import transaction
from quizzes.gain import Gain, gain, shares_by_idea
from quizzes.models import AttemptItem, Quiz
from tests import factories
from tests.quizzes.visiting import TWO, Visitor, words

SHARES = st.dictionaries(st.sampled_from("abcdef"), st.fractions(0, 1), max_size=6)


def test_an_idea_that_was_asked_twice_weighs_no_more() -> None:
    answers = [("barrier", Fraction(1)), ("barrier", Fraction(0)), ("sleep", Fraction(1))]

    assert shares_by_idea(answers) == {"barrier": Fraction(1, 2), "sleep": 1}


def test_only_ideas_that_both_asked_are_compared() -> None:
    before = {"barrier": Fraction(0), "sleep": Fraction(1, 2), "oil": Fraction(1)}
    after = {"barrier": Fraction(1), "sleep": Fraction(1), "hair": Fraction(0)}

    assert gain(before, after) == Gain(("barrier", "sleep"), Fraction(1, 4), Fraction(1))


@given(SHARES, SHARES)
def test_a_gain_is_bounded_and_turns_round_with_its_sides(
    before: dict[str, Fraction], after: dict[str, Fraction]
) -> None:
    there, back = gain(before, after), gain(after, before)

    assert (there is None) is (back is None) is (not before.keys() & after.keys())
    if there and back:
        assert -1 <= there.difference <= 1
        assert there.difference == -back.difference


def test_the_result_after_a_module_tells_what_was_gained(app: Flask) -> None:
    after = Visitor(app)
    early = factories.steps_of(after.course)[0]
    with transaction() as session:
        step = session.merge(early)
        step.kind = step.noun = "quiz"
        step.body = f"{after.course.slug}/quizzes/{step.slug}"
        session.merge(after.course).version += 1
    factories.make_quiz(
        step, TWO.replace("## first", "## early-1").replace("## second", "## early-2"), pass_mark=0
    )
    with transaction() as session:
        quiz = session.query(Quiz).filter_by(name=after.step.body).one()
        quiz.content = {"baselines": [step.body]}
    before = f"/learn/{after.course.slug}/quizzes/{step.slug}"
    attempt = str(factories.post(after.browser, f"{before}/start").location)
    first, second = after.items(attempt)
    factories.post(after.browser, f"{attempt}?q=1", after.answer(first, 0))
    factories.post(after.browser, f"{attempt}?q=2", after.answer(second, 1))
    after.submit(attempt)

    now = after.start()
    after.answer_all(now, 0)

    page = words(after.submit(now))
    assert "Before the module you had 50 percent of these 2 ideas right, now 100." in page

    with transaction() as session:
        of_baseline = session.query(AttemptItem).filter_by(attempt_id=attempt.rpartition("/")[2])
        of_baseline.filter_by(position=2).one().dropped = True
    page = words(after.browser.get(now).text)
    assert "Before the module you had 100 percent of this idea right, now 100." in page
