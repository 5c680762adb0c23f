"""The command that fills the demo."""

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from accounts.models import User
from certificates.models import Certificate
from core import clock as core_clock
from core.database import db
from core.outbox import MailState, OutboxMail
from courses.models import Course, CourseInstructor
from demo.commands import demo
from enrollment.models import Enrollment
from progress.models import ReadingPlace, StepCompletion
from publishing.commands import content
from quizzes.models import Attempt, Quiz
from tests.servers import ROOT


def run(app: Flask, command, *arguments: str) -> Result:
    db.session.rollback()
    return app.test_cli_runner().invoke(command, list(arguments))


def count(model, **names) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model).filter_by(**names)) or 0


@pytest.mark.parametrize(
    "database_url", ["postgresql"], indirect=True
)  # the journeys make and walk it on SQLite
def test_the_demo_is_what_the_contract_says_and_is_written_once(app: Flask):
    run(app, content, "sync", str(ROOT / "content"))
    first = run(app, demo)
    rows = {model: count(model) for model in (User, Enrollment, StepCompletion, Attempt, Certificate)}
    second = run(app, demo)
    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert rows == {model: count(model) for model in rows}
    assert rows[User] == 72  # seven of the README, 60 further learners, two of a team, three authors
    priya = db.session.scalars(select(User).filter_by(email="learner@demo.example")).one()
    assert count(Certificate, user_id=priya.id) == 1
    passed = (
        select(Quiz.name)
        .join(Attempt, Attempt.quiz_id == Quiz.id)
        .where(Attempt.user_id == priya.id, Attempt.passed)
    )
    assert "the-stress-skin-cycle/quizzes/stress-skin-quiz" in set(db.session.scalars(passed))
    assert count(ReadingPlace, user_id=priya.id) == 1
    jonas = db.session.scalars(select(User).filter_by(email="new@demo.example")).one()
    assert count(Enrollment, user_id=jonas.id) == 0
    assert count(CourseInstructor) == count(Course)
    assert count(OutboxMail, state=MailState.NEW) == 0
    assert db.session.scalar(select(func.max(StepCompletion.completed_at))) < core_clock.now()


def test_the_demo_wants_its_content_first(app: Flask):
    result = run(app, demo)
    assert result.exit_code == 1
    assert "content sync content" in result.output
    assert count(User) == 0


def test_the_demo_is_refused_in_production(app: Flask, monkeypatch):
    monkeypatch.setattr("demo.commands.current_config", lambda: type("Production", (), {"is_demo": False}))
    assert run(app, demo).exit_code == 1
