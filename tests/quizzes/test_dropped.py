"""Questions that were dropped: no new work at an assignment, and no place in what a certificate says."""

import pytest
from flask import Flask

from core.clock import now
from core.database import transaction
from core.errors import Conflict
from quizzes.assessed import tell
from quizzes.models import Question, QuestionRevision, Quiz
from tests import factories
from tests.counting import statements
from tests.marking.bench import Bench
from tests.quizzes.visiting import words
from tests.quizzes.world import TWO, World


def drop(question: str) -> None:
    with transaction() as session:
        session.get_one(Question, question).withdrawn_at = now()


def drop_brief(bench: Bench) -> None:
    """Drop the only question of the assignment."""
    with transaction() as session:
        revision = session.get_one(Quiz, bench.quiz.id).content["revision"]
        question = session.get_one(QuestionRevision, revision).question_id
    drop(question)


def test_no_attempt_begins_at_an_assignment_whose_question_was_dropped(app: Flask) -> None:
    bench = Bench()
    drop_brief(bench)

    browser = factories.sign_in(app.test_client(), bench.user)
    page = browser.get(f"/learn/{bench.course.slug}/quizzes/{bench.step.slug}").text

    assert "The question of this assignment was dropped. It takes no new work." in words(page)
    assert "Start assignment" not in page
    with pytest.raises(Conflict, match="was dropped"):
        bench.start()


def test_a_draft_that_is_open_is_resumed_though_its_question_was_dropped(app: Flask) -> None:
    bench = Bench()
    attempt = bench.start()
    drop_brief(bench)

    assert bench.start() == attempt


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
