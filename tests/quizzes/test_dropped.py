"""Questions that were dropped have no place in what a certificate says."""

from flask import Flask

from core.clock import now
from core.database import transaction
from quizzes.assessed import tell
from quizzes.models import Question
from tests import factories
from tests.counting import statements
from tests.quizzes.world import TWO, World


def drop(question: str) -> None:
    with transaction() as session:
        session.get_one(Question, question).withdrawn_at = now()


def test_a_certificate_counts_what_is_asked(app: Flask) -> None:
    world = World(items=("named",), draw=(("skin", 2),))
    text = "## named {essay points=2}\nWhy?\n\n- A reason\n"
    factories.make_quiz(factories.steps_of(factories.make_course())[0], text)
    with transaction() as session:
        quiz = session.merge(world.quiz)
        quiz.pool, quiz.content = ["named", "first", "second"], {"pools": {"skin": ["first", "second"]}}

    (before,) = tell([world.quiz.name]).assessments
    drop("named")
    drop("second")
    (after,) = tell([world.quiz.name]).assessments

    assert (before.questions, before.formats) == (3, ("one right answer", "essay"))
    assert (after.questions, after.formats) == (1, ("one right answer",))


def test_many_quizzes_cost_a_certificate_as_few_statements_as_one(app: Flask) -> None:
    course = factories.make_course(modules=("quiz quiz quiz",))
    for number, step in enumerate(factories.steps_of(course)):
        factories.make_quiz(
            step, TWO.replace("## first", f"## a{number}").replace("## second", f"## b{number}")
        )
    names = [step.body for step in factories.steps_of(course)]

    for bodies in (names[:1], names):
        with statements() as sent:
            assert [each.questions for each in tell(bodies).assessments] == [2] * len(bodies)
        assert len(sent) == 3  # the quizzes, what was dropped, the kinds of their questions
