"""A worker that is killed in mid submit: every answer that was acknowledged is there, and no attempt is half marked."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import closing as closed
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask

from core.config import Config
from core.database import db, transaction
from quizzes import closing, reads
from quizzes.models import Grade
from tests import factories
from tests.journeys.school import open_school
from tests.quizzes.world import World, count_of

LEARNERS, QUESTIONS = 6, 24  # learners; questions of each, of which they answer 24 to 4: 84 in all
# Answers acknowledged before the kill: far fewer than all, for a busy machine kills some answers later.
KILLED_AFTER = 30
PAPER = "\n".join(
    f"## q{number} {{choice}}\nWhich?\n\n- [x] This\n- [ ] That\n" for number in range(1, QUESTIONS + 1)
)
WITHIN = 60  # seconds; only a broken server takes as long


@dataclass
class Learner:
    """A browser at an open attempt, and what the server acknowledged to it."""

    user_id: int
    attempt: str
    cookie: str
    csrf: str
    forms: dict[int, dict[str, str]]
    saved: set[int] = field(default_factory=set)
    is_submitted: bool = False

    def sits(self, port: int, submitting: threading.Event, enough: threading.Semaphore) -> None:
        """Save one answer after the other, then hand in; until nobody answers any more."""
        with suppress(OSError, HTTPException):
            for position, form in self.forms.items():
                if self._post(port, f"{self.attempt}?q={position}", form) == 200:
                    self.saved.add(position)
                    enough.release()
            submitting.set()
            self.is_submitted = self._post(port, f"{self.attempt}/submit", {}) == 303

    def _post(self, port: int, path: str, form: dict[str, str]) -> int:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": self.cookie,
            "Accept": "application/json" if form else "text/html",
        }
        body = urlencode({"csrf_token": self.csrf, **form})
        with closed(HTTPConnection("127.0.0.1", port, timeout=WITHIN)) as connection:
            connection.request("POST", f"/attempts/{path}", body, headers)
            with connection.getresponse() as answer:
                return answer.status


@pytest.fixture
def learners(app: Flask) -> list[Learner]:
    """Each at a paper of their own, of different length, so that some hand in while others save."""
    world = World(PAPER)
    return [_seated(app, world, QUESTIONS - 4 * number) for number in range(LEARNERS)]


def _seated(app: Flask, world: World, answers: int) -> Learner:
    world.user = factories.make_user()
    factories.enroll(world.user, world.course)
    attempt = world.start()
    browser = factories.sign_in(app.test_client(), world.user)
    csrf = factories.csrf(browser)
    forms = {}
    for item in world.items(attempt)[: max(answers, 1)]:
        token = next(pick.token for pick in item.layout.picks if pick.index == 0)
        forms[item.position] = {f"item{item.position}": "1", item.layout.name: token}
    return Learner(world.user.id, attempt, f"stratum={factories.saved_cookie(browser)}", csrf, forms)


def test_a_worker_killed_in_mid_submit_loses_no_acknowledged_answer(
    app: Flask, config: Config, database_url: str, learners: list[Learner]
) -> None:
    db.session.remove()
    submitting, enough = threading.Event(), threading.Semaphore(0)
    settings = {"DATABASE_URL": database_url, "SECRET_KEY": config.secret_key}
    with open_school(Path(config.instance), **settings) as school:
        port = urlsplit(school.url).port or 0
        threads = [threading.Thread(target=each.sits, args=(port, submitting, enough)) for each in learners]
        workers = list(_workers_of(port))
        for thread in threads:
            thread.start()
        assert submitting.wait(WITHIN)
        assert all(enough.acquire(timeout=WITHIN) for _ in range(KILLED_AFTER))
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        for thread in threads:
            thread.join()

    assert (
        KILLED_AFTER <= sum(len(each.saved) for each in learners) < sum(len(each.forms) for each in learners)
    )
    for each in learners:
        stands(each)


def stands(learner: Learner) -> None:
    """What was acknowledged is there, before and after the attempt is handed in for good."""
    answered = {i.position for i in reads.items_of(learner.attempt, learner.user_id) if i.is_answered}
    head = reads.attempt_head(learner.attempt, learner.user_id)
    assert learner.saved <= answered
    assert not (learner.is_submitted and head.is_open)
    assert count_of(Grade, attempt_id=learner.attempt) == (0 if head.is_open else 1)
    with transaction():
        closing.submit(learner.user_id, learner.attempt)
    assert reads.attempt_head(learner.attempt, learner.user_id).points == len(answered)
    assert count_of(Grade, attempt_id=learner.attempt) == 1


def _workers_of(port: int) -> Iterator[int]:
    """The processes that the server on this port started: its worker."""
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if f"\0--port\0{port}\0".encode() in command.read_bytes():
                children = (command.parent / "task" / command.parent.name / "children").read_text()
                yield from map(int, children.split())
