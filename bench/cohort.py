"""A crowd that has done a quiz, written as rows, and what its statistics cost.

`python -m bench.cohort [--attempts 100000]` fills the quiz of the workload twice, with 100 attempts and with as many,
computes the figures as the worker would, and asks for the page in turns: it may take 1.2 times as long at most.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, cast

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Table, insert, select

from accounts.models import User
from accounts.rules import Role
from accounts.services import begin_sign_in, create_user
from analysis.services import refresh
from bench.bundle import COURSE, QUIZ
from bench.people import signed_in
from bench.sites import application, prepare
from core.clock import now
from core.database import db, transaction
from core.ids import new_id
from courses.models import CourseInstructor
from courses.services import course_outline, find_course, find_step
from enrollment.models import Enrollment
from enrollment.rules import GrantKind
from enrollment.services import enroll
from quizzes.closing import submit
from quizzes.models import Attempt, AttemptItem, Quiz
from quizzes.questions import Options, Question
from quizzes.reads import asked
from quizzes.services import find_quiz, start

AT_ONCE = 2_000  # learners in one transaction
VISITS = 60  # of each page
PAGE = f"/studio/courses/{COURSE}/quizzes/{QUIZ}/statistics"
Row = dict[str, Any]
Browser = tuple[FlaskClient, str]
"""A client, and the cookie that it sends."""


class Crowd:
    """Learners of one quiz who differ in skill, made after a first one who really did it."""

    def __init__(self, quiz: Quiz, step_id: int, seed: int = 1, sure: bool = False) -> None:
        self.rng, self.sure = Random(seed), sure
        with transaction():
            user = create_user(f"first{seed}@cohort.example", "One of many", None)
            course_id = find_step(step_id).course_id
            enrollment = enroll(user.id, course_id, GrantKind.FREE)
            attempt = start(user.id, quiz, step_id, self.rng)
            submit(user.id, attempt.id)
            self.user, self.enrollment = _row(user), _row(enrollment)
            self.attempt, self.items = _row(attempt), [_row(item) for item in attempt.items]
            self.questions = [asked(item["revision_id"]).question for item in self.items]

    def fill(self, learners: int) -> None:
        """So many more, each with one attempt; some questions are harder than others."""
        first = (db.session.scalar(select(User.id).order_by(User.id.desc()).limit(1)) or 0) + 1
        for begin in range(first, first + learners, AT_ONCE):
            ids = range(begin, min(begin + AT_ONCE, first + learners))
            with transaction() as session:
                session.execute(_into(User), [self._learner(n) for n in ids])
                session.execute(_into(Enrollment), [self._without_id(self.enrollment, n) for n in ids])
                papers = [self._paper(n) for n in ids]
                session.execute(_into(Attempt), [attempt for attempt, _ in papers])
                session.execute(_into(AttemptItem), [item for _, items in papers for item in items])

    def _learner(self, n: int) -> Row:
        unique = {"id": n, "email": f"many{n}@cohort.example"}
        return {**self.user, **unique, **({"fs_uniquifier": f"{n}"} if "fs_uniquifier" in self.user else {})}

    def _without_id(self, row: Row, n: int) -> Row:
        return {name: value for name, value in row.items() if name != "id"} | {"user_id": n}

    def _paper(self, n: int) -> tuple[Row, list[Row]]:
        skill, attempt_id = self.rng.uniform(0.35, 0.98), new_id(int(now().timestamp() * 1000))
        items = [self._item(attempt_id, place, skill) for place in range(len(self.items))]
        points = sum(item["score_num"] for item in items)
        share = 100 * points // len(items)
        head = {"id": attempt_id, "user_id": n, "points_num": points, "points_den": 1, "percent": share}
        return {**self.attempt, **head, "passed": share >= self.attempt["pass_percent"]}, items

    def _item(self, attempt_id: str, place: int, skill: float) -> Row:
        question = self.questions[place]
        right = self.rng.random() < min(skill + 0.3 - 0.06 * (place % 8), 0.97)
        saved = self.attempt["started_at"] + timedelta(seconds=30 * (place + 1) + self.rng.randrange(20))
        return {
            **self.items[place],
            "attempt_id": attempt_id,
            "answer": self._answer(question, right),
            "score_num": int(right * question.points),
            "score_den": 1,
            "mark_num": int(right * question.points),
            "mark_den": 1,
            "saved_at": saved,
            "certainty": self._certainty(right) if self.sure else None,
        }

    def _answer(self, question: Question, right: bool) -> Row:
        if not isinstance(question.parts, Options):
            return {"text": ["something"]}
        fits = [n for n, option in enumerate(question.parts.options) if option.right]
        others = [n for n, option in enumerate(question.parts.options) if not option.right]
        return {"ticked": fits if right else [others[int(len(others) * self.rng.random() ** 2)]]}

    def _certainty(self, right: bool) -> str:
        return self.rng.choices(("low", "mid", "high"), (1, 2, 4) if right else (3, 2, 1))[0]


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.cohort")
    parser.add_argument("--attempts", type=int, default=100_000)
    most = parser.parse_args(arguments).attempts
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        sizes = (100, most)
        instances = [prepare(Path(name) / f"{size}", "http://127.0.0.1:1").environ for size in sizes]
        print(
            "| attempts | computed in CPU s | greatest memory MB | page p50 ms |\n| ---: | ---: | ---: | ---: |"
        )
        with application(instances[0]) as few, application(instances[1]) as many:
            computed = [_prepare(app, size) for app, size in zip((few, many), sizes, strict=True)]
            times = [median(each) for each in zip(*_in_turns(few, many), strict=True)]
    for size, (seconds, memory), page in zip(sizes, computed, times, strict=True):
        print(f"| {size:,} | {seconds:.1f} | {memory:.0f} | {page * 1000:.2f} |")
    print(f"\nThe page takes {times[1] / times[0]:.2f} times as long (at most 1.20).")


def _prepare(app: Flask, size: int) -> tuple[float, float]:
    """Fill and compute; seconds of CPU, and the greatest memory of this process so far."""
    with app.app_context():
        course = find_course(COURSE)
        step = course_outline(course).find(QUIZ, "quiz")
        quiz = find_quiz(step.body)
        crowd = Crowd(quiz, step.id)
        crowd.fill(size - 1)
        began = time.process_time()
        refresh(find_quiz(step.body).id)
        seconds = time.process_time() - began
        db.session.remove()
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _in_turns(few: Flask, many: Flask) -> Iterator[tuple[float, float]]:
    browsers = [_teacher(app) for app in (few, many)]
    for turn in range(VISITS + 5):
        times = [_visit(browser) for browser in browsers]
        if turn >= 5:  # the first ones fill what a process keeps in memory
            yield times[0], times[1]


def _teacher(app: Flask) -> Browser:
    with app.app_context(), transaction() as session:
        teacher = create_user("teacher@cohort.example", "A teacher", None, (Role.LEARNER, Role.INSTRUCTOR))
        session.add(CourseInstructor(course_id=find_course(COURSE).id, user_id=teacher.id))
        token = begin_sign_in(teacher.id, "bench", remembered=True)[1]
    return app.test_client(use_cookies=False), signed_in(app, token).cookie


def _visit(browser: Browser) -> float:
    client, cookie = browser
    began = time.perf_counter()
    answer = client.get(PAGE, base_url="https://bench.example", headers={"Cookie": cookie})
    if answer.status_code != 200 or "How the results lie" not in answer.text:
        raise SystemExit(f"{PAGE} answered {answer.status_code}")
    return time.perf_counter() - began


def _row(thing: Any) -> Row:
    return {column.name: getattr(thing, column.key) for column in _table(type(thing)).columns}


def _into(model: type[Any]) -> Any:
    return insert(_table(model))


def _table(model: type[Any]) -> Table:
    return cast(Table, model.__table__)


if __name__ == "__main__":
    main(sys.argv[1:])
