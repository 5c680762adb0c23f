"""What may come back is kept in memory until a publication changes it."""

import pytest

from core.clock import now
from core.database import db, transaction
from quizzes.models import Question, Quiz
from reviews import bank
from tests.counting import statements
from tests.reviews.world import Memory

pytestmark = pytest.mark.usefixtures("app")


def republish(quiz_id: int, **columns: object) -> None:
    """Change a quiz as a publication does."""
    quiz = db.session.get_one(Quiz, quiz_id)
    for name, value in columns.items():
        setattr(quiz, name, value)
    quiz.revision += 1
    db.session.flush()


def test_quizzes_are_read_whole_once_for_each_edition_of_them() -> None:
    memory = Memory()
    assert {"first", "second"} <= bank.askable()
    with statements() as sent:
        bank.askable()
    assert not any("settings" in each for each in sent)

    with transaction():
        republish(memory.quiz.id, pool=["second"])

    assert "first" not in bank.askable()


def publish_in_vain(quiz_id: int) -> None:
    with transaction():
        republish(quiz_id, pool=["second"])
        bank.settle()
        raise ZeroDivisionError


def test_a_publication_that_is_rolled_back_leaves_nothing_in_memory() -> None:
    memory = Memory()
    with pytest.raises(ZeroDivisionError):
        publish_in_vain(memory.quiz.id)
    with transaction():
        republish(memory.quiz.id, pool=["first"])

    assert bank.askable() >= {"first"}


def test_a_question_that_is_dropped_is_asked_no_more_from_that_moment_on() -> None:
    Memory()
    assert "first" in bank.askable()
    with transaction() as session:
        session.get_one(Question, "first").withdrawn_at = now()

    assert "first" not in bank.askable()
