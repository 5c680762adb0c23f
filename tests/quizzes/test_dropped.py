"""Questions that were dropped have no place in what a certificate says."""

from flask import Flask

from core.clock import now
from core.database import transaction
from quizzes.assessed import tell
from quizzes.models import Question
from tests import factories
from tests.quizzes.world import World


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
