"""A learner's browser at a quiz, without JavaScript."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

from flask import Flask

from quizzes import reads
from tests import factories

PAPER = (Path(__file__).parent / "paper.md").read_text(encoding="utf-8").partition("## written")[0]
TWO = """## first {choice topic=skin see=lesson-1#first-part}
Which is right?

- [x] This
  : Ratthis
- [ ] That
  : Ratthat

why: Whyfirst

## second {choice topic=nerves objective=o-1}
And which here?

- [x] Here
- [ ] There
  : Ratthere
"""


class Seat:
    """A learner's browser in a course whose second step is `made` of this text: a quiz, or a case."""

    def __init__(self, app: Flask, steps: str, made: Callable[..., Any], text: str, **settings: Any) -> None:
        self.app = app
        self.course = factories.make_course(modules=(steps,))
        self.step = factories.steps_of(self.course)[1]
        self.quiz = made(self.step, text, **settings)
        self.user = factories.make_user()
        factories.enroll(self.user, self.course)
        self.browser = factories.sign_in(app.test_client(), self.user)
        self.url = f"/learn/{self.course.slug}/quizzes/{self.step.slug}"

    def start(self) -> str:
        answer = factories.post(self.browser, f"{self.url}/start")
        assert answer.status_code == 303, answer.text
        return str(answer.location)


class Visitor(Seat):
    """A learner's browser in a course with one quiz."""

    def __init__(self, app: Flask, text: str = TWO, **settings: Any) -> None:
        super().__init__(app, "lesson quiz", factories.make_quiz, text, **settings)

    def items(self, attempt: str) -> list[reads.Item]:
        return reads.items_of(attempt.rpartition("/")[2], self.user.id)

    def token(self, item: reads.Item, index: int) -> str:
        return next(pick.token for pick in item.layout.picks if pick.index == index)

    def answer(self, item: reads.Item, index: int) -> dict[str, str]:
        return {f"item{item.position}": "1", item.layout.name: self.token(item, index)}

    def answer_all(self, attempt: str, index: int = 0) -> None:
        self.answer_some(attempt, None, index)

    def answer_some(self, attempt: str, count: int | None, index: int = 0) -> None:
        for item in self.items(attempt)[:count]:
            factories.post(self.browser, f"{attempt}?q={item.position}", self.answer(item, index))

    def submit(self, attempt: str) -> str:
        answer = factories.post(self.browser, f"{attempt}/submit")
        assert answer.status_code == 303, answer.text
        return self.browser.get(attempt).text


def words(page: str) -> str:
    """The text of a page, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
