"""A learner's browser at a case, without JavaScript."""

import re
from typing import Any

from flask import Flask
from sqlalchemy import select

from core.database import db
from progress.models import StepCompletion
from quizzes.models import Attempt, CaseStep
from tests import factories
from tests.quizzes.visiting import Seat, words


class Player(Seat):
    """A learner's browser, without JavaScript, in a course with one case."""

    def __init__(self, app: Flask, text: str = factories.CASE, **settings: Any) -> None:
        super().__init__(app, "lesson quiz lesson", factories.make_case, text, **settings)

    def form(self, play: str, choice: str) -> dict[str, str]:
        """What the form of the scene that waits would send with this choice."""
        page = self.browser.get(play).text
        position = re.search(r'name="position" value="(\d+)"', page)
        token = re.search(rf'value="([0-9a-f]+)" required><span>{choice}', page)
        assert position, page
        assert token, page
        return {"position": position[1], "choice": token[1]}

    def choose(self, play: str, choice: str) -> str:
        """Make the choice; the page that it leads to, in words."""
        answer = factories.post(self.browser, f"{play}/choose", self.form(play, choice))
        assert answer.status_code == 303, answer.text
        return self.read(answer.location)

    def read(self, address: str) -> str:
        return words(self.browser.get(address).text)

    def path(self) -> list[tuple[int, str, int, int, dict[str, int]]]:
        """The choices as stored."""
        db.session.rollback()
        steps = db.session.scalars(select(CaseStep).order_by(CaseStep.attempt_id, CaseStep.position))
        return [(step.position, step.scene, step.choice, step.score, step.states) for step in steps]

    def attempt(self) -> Attempt:
        db.session.rollback()
        return db.session.scalars(select(Attempt).order_by(Attempt.number.desc())).first()

    def completed(self) -> bool:
        db.session.rollback()
        return db.session.scalar(select(StepCompletion).filter_by(step_id=self.step.id)) is not None
