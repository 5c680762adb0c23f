"""The demo's invented learners: how far they go."""

from collections import Counter
from pathlib import Path
from random import Random

from flask import Flask
from sqlalchemy import select, update

from core.clock import now
from core.database import db, transaction
from courses.models import Step
from demo.services import Diary, Learner, steps_of
from demo.works import CLAIMS, FORMULATION, Desk, story
from marking.models import Work
from marking.rules import WorkState
from marking.services import Marker
from quizzes.models import Accommodation, AttemptRequest
from tests.factories import enroll, make_assignment, make_course, make_user, teach
from tests.factories import steps_of as all_steps_of

QUIZZES = Path(__file__).parents[2] / "content/courses/holistic-dermatology-certification/quizzes"


def test_learners_stop_before_a_step_that_the_demo_cannot_do(app: Flask) -> None:
    course = make_course("skin", ("lesson quiz", "quiz lesson"))
    with transaction() as session:
        session.execute(update(Step).where(Step.slug == "quiz-3").values(noun="assignment"))

    assert [step.slug for step in steps_of(course)] == ["lesson-1", "quiz-2"]


def test_works_of_the_demo_stand_in_every_state_that_a_desk_shows(app: Flask) -> None:
    course, tutor = make_course("skin", ("lesson quiz quiz",)), make_user("", "Tea", "instructor")
    teach(tutor, course)
    _, plan, lines = all_steps_of(course)
    for step, name, pass_mark in ((plan, FORMULATION, 75), (lines, CLAIMS, 80)):
        body = (QUIZZES / f"{name}.md").read_text().split("---\n", 2)[2]
        make_assignment(step, body, pass_mark=pass_mark, attempts=2)
    people = [make_user() for _ in range(3)]
    for person in people:
        enroll(person, course)
    authors = [Learner(one.email, one.name, 1.0, Random(1), user_id=one.id) for one in people]
    desk = Desk({FORMULATION: plan, CLAIMS: lines}, Marker(tutor.id, is_admin=False))

    with transaction():
        diary = Diary(now())
        for ago, deed in story(desk, *authors):
            diary.write(diary.present - ago, deed)
        diary.live()

    states = Counter(db.session.scalars(select(Work.state)))
    assert states == {
        WorkState.MARKED: 3, WorkState.RETURNED: 1, WorkState.SECOND: 1, WorkState.WAITING: 1,
    }  # fmt: skip
    assert list(db.session.scalars(select(AttemptRequest.state))) == ["open"]
    assert list(db.session.scalars(select(Accommodation.user_id))) == [people[1].id]
