"""The demo's invented learners: how far they go."""

from flask import Flask
from sqlalchemy import update

from core.database import transaction
from courses.models import Step
from studio.demo import steps_of
from tests.factories import make_course


def test_learners_stop_before_a_step_that_the_demo_cannot_do(app: Flask) -> None:
    course = make_course("skin", ("lesson quiz", "quiz lesson"))
    with transaction() as session:
        session.execute(update(Step).where(Step.slug == "quiz-3").values(noun="assignment"))

    assert [step.slug for step in steps_of(course)] == ["lesson-1", "quiz-2"]
