"""A learner in a course with one quiz, and things done at once, on a real database."""

import threading
from collections.abc import Callable
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from core import reads as hot
from core.database import db, transaction
from quizzes import closing, reads, saving, services
from quizzes.saving import Given, Kept
from tests import factories

TWO = """## first {choice topic=skin}
Which is right?

- [x] This
- [ ] That

## second {choice topic=nerves}
And which here?

- [x] Here
- [ ] There
"""


class World:
    """A learner in a course with one quiz of two questions."""

    def __init__(self, text: str = TWO, **settings: Any) -> None:
        self.course = factories.make_course(modules=("lesson quiz",))
        self.step = factories.steps_of(self.course)[1]
        self.quiz = factories.make_quiz(self.step, text, **settings)
        self.user = factories.make_user()
        factories.enroll(self.user, self.course)

    def start(self, seed: int = 1) -> str:
        with transaction():
            quiz = services.find_quiz(self.quiz.name)
            return services.start(self.user.id, quiz, self.step.id, Random(seed)).id

    def save(self, attempt: str, *given: Given) -> list[Kept]:
        with transaction():
            return saving.save(self.user.id, attempt, given)

    def submit(self, attempt: str) -> reads.AttemptHead:
        with transaction():
            closing.submit(self.user.id, attempt)
        return self.head(attempt)

    def head(self, attempt: str) -> reads.AttemptHead:
        return reads.attempt_head(attempt, self.user.id)

    def items(self, attempt: str) -> list[reads.Item]:
        return reads.items_of(attempt, self.user.id)

    def answer_right(self, attempt: str, count: int) -> None:
        for item in self.items(attempt)[:count]:
            self.save(attempt, Given(item.position, {"ticked": [0]}, False))


def at_once(app: Flask, count: int, deed: Callable[[], object]) -> list[object]:
    """What `deed` gave or raised in so many threads that begin together."""
    barrier, results = threading.Barrier(count), []

    def run() -> None:
        with app.app_context():
            barrier.wait()
            try:
                results.append(deed())
            except Exception as error:
                results.append(error)
            finally:
                db.session.remove()
                hot.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def count_of(model: type[Any], **where: object) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model).filter_by(**where)) or 0
