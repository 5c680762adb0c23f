"""Attempts against the database, whatever comes in whatever order: a model in memory says what must stand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from core.clock import set_now
from core.database import db, transaction
from core.errors import Conflict, NotFound
from quizzes import answering, closing, saving
from quizzes.marks import Certainty
from quizzes.models import Attempt, Grade, Quiz
from quizzes.quiz_settings import QuizSettings
from quizzes.saving import Given
from quizzes.terms import GRACE
from tests import factories
from tests.conftest import NOON
from tests.quizzes.world import World, count_of

PAPER = "\n".join(
    f"## q{number} {{choice}}\nWhich?\n\n- [x] This\n- [ ] That\n- [ ] Those\n\nhint: The first.\n"
    for number in (1, 2)
)
RIGHT = 0
CHECKING = {"feedback": "question", "tries": 2, "try_penalty": 40, "hints": True, "hint_penalty": 10}
SETTINGS = (
    {},
    {"time_limit": 10},
    {"negative": 50, "time_limit": 10},
    {"certainty": True},
    CHECKING,
    {**CHECKING, "back": False, "time_limit": 10},
    {**CHECKING, "tries": 3},
)
POSITIONS, OPTIONS = st.integers(1, 2), st.sampled_from([None, 0, 1, 2])
STEPS = st.sampled_from([timedelta(0), timedelta(milliseconds=1), timedelta(seconds=2), timedelta(minutes=9)])
AHEAD = st.one_of(st.none(), st.integers(-3_000, 3_000))  # milliseconds by which a browser's clock is off
TRIED = st.sampled_from([[1, RIGHT], [1, 2, RIGHT], [1, 1], [RIGHT]])
CERTAINTIES = st.sampled_from([None, *Certainty])


@dataclass
class ModelItem:
    """A question as it must stand."""

    answer: int | None = None
    certainty: Certainty | None = None
    seq: int = 0
    tried: list[int | None] = field(default_factory=list)
    hinted: bool = False
    final: bool = False


@dataclass
class ModelAttempt:
    """An attempt as it must stand, with the settings of its beginning."""

    id: str
    terms: dict[str, Any]
    deadline: datetime | None
    is_open: bool = True
    reached: int = 1
    points: Fraction | None = None
    items: dict[int, ModelItem] = field(default_factory=lambda: {n: ModelItem() for n in (1, 2)})

    def is_overdue(self, at: datetime) -> bool:
        return self.deadline is not None and at > self.deadline + GRACE

    def close(self) -> None:
        self.is_open = False
        marks = sum((_mark(item, self.terms) for item in self.items.values()), Fraction(0))
        self.points = min(max(marks, Fraction(0)), Fraction(2))


def _mark(item: ModelItem, terms: dict[str, Any]) -> Fraction:
    """What one answer counts for, written anew from docs/grading.md."""
    if item.answer is None:
        return Fraction(0)
    is_right = item.answer == RIGHT
    if terms.get("certainty"):
        right, wrong = {"low": (1, 0), "mid": (2, -2), "high": (3, -6)}[item.certainty or "low"]
        return Fraction(right if is_right else wrong, 3)
    if not is_right:
        return Fraction(-terms.get("negative", 0), 100)
    costs = len(item.tried) * terms.get("try_penalty", 33) + item.hinted * terms.get("hint_penalty", 0)
    return max(1 - Fraction(costs, 100), Fraction(0))


class Attempts(RuleBasedStateMachine):
    """One learner at one quiz, somebody else beside, a clock that moves, an author who changes settings."""

    world: World
    other: Any
    numbers = iter(range(1_000_000))

    @initialize(chosen=st.sampled_from(SETTINGS), tried=TRIED)
    def opens(self, chosen: dict[str, Any], tried: list[int]) -> None:
        self.at = NOON
        set_now(NOON)
        self.settings = chosen
        self.closed: list[ModelAttempt] = []
        self.now_at: ModelAttempt | None = None
        course = factories.make_course(modules=("quiz",))
        self.world.course, (self.world.step,) = course, factories.steps_of(course)
        self.world.quiz = factories.make_quiz(self.world.step, PAPER, **chosen)
        factories.enroll(self.world.user, course)
        self.start()
        if not chosen.get("back", True):
            self.go_on_and_come_back(position=1, option=tried[0])
        elif chosen.get("tries"):
            self.try_and_check(position=1, tried=tried)

    @rule()
    def start(self) -> None:
        begun = self.world.start(next(self.numbers))
        if self.now_at is None or not self.now_at.is_open:
            limit = self.settings.get("time_limit")
            deadline = self.at + timedelta(minutes=limit) if limit else None
            if self.now_at:
                self.closed.append(self.now_at)
            self.now_at = ModelAttempt(begun, self.settings, deadline)
        assert begun == self.now_at.id

    @rule(position=POSITIONS, option=OPTIONS, ahead=AHEAD, certainty=CERTAINTIES)
    @precondition(lambda self: self.now_at is not None)
    def save(self, position: int, option: int | None, ahead: int | None, certainty: Certainty | None) -> None:
        now, latest = self._model(), int(self.at.timestamp() * 1000)
        item = now.items[position]
        answer = {"ticked": [] if option is None else [option]}
        seq = None if ahead is None else latest + ahead
        given = Given(position, answer, False, certainty, seq)
        in_time = now.is_open and not now.is_overdue(self.at)
        says_the_same = (item.answer, item.certainty) == (option, certainty)
        if not in_time or ((item.final or position < now.reached) and not says_the_same):
            with pytest.raises(Conflict):
                self.world.save(now.id, given)
            return
        (kept,) = self.world.save(now.id, given)
        if item.final or position < now.reached:
            assert kept.won
            return
        number = latest if seq is None else min(seq, latest)
        if seq is None or number > item.seq:
            item.answer, item.certainty = option, certainty
            item.seq = max(number, item.seq + 1)
            assert kept.won
        else:
            assert kept.won == (number == item.seq or says_the_same)

    @rule(position=POSITIONS)
    @precondition(lambda self: self.now_at is not None)
    def check(self, position: int) -> None:
        now, item = self._model(), self._model().items[position]
        is_open = now.is_open and not now.is_overdue(self.at) and now.terms.get("feedback") == "question"
        takes = item.answer is not None and position >= now.reached
        if not is_open or not (item.final or takes):
            with pytest.raises(Conflict):
                self._do(answering.check, position)
            return
        self._do(answering.check, position)
        if item.final or item.tried[-1:] == [item.answer]:
            return
        if item.answer == RIGHT or len(item.tried) + 1 >= now.terms["tries"]:
            item.final = True
        else:
            item.tried.append(item.answer)

    @rule(position=POSITIONS, tried=TRIED)
    @precondition(lambda self: self.now_at is not None and self.now_at.is_open)
    def try_and_check(self, position: int, tried: list[int]) -> None:
        """As one does, so that no luck is needed for a wrong answer, a further try and a right one."""
        for option in tried:
            self.save(position=position, option=option, ahead=None, certainty=None)
            self.check(position=position)

    @rule(position=POSITIONS, option=OPTIONS)
    @precondition(lambda self: self.now_at is not None and self.now_at.is_open)
    def go_on_and_come_back(self, position: int, option: int | None) -> None:
        """By the browser's button, or an address that was written down: where there is no way back, for nothing."""
        self.save(position=position, option=option, ahead=None, certainty=None)
        self.leave(position=position)
        self.take_hint(position=position)
        self.check(position=position)

    @rule(position=POSITIONS)
    @precondition(lambda self: self.now_at is not None)
    def take_hint(self, position: int) -> None:
        now, item = self._model(), self._model().items[position]
        if not self._takes(item) or not now.terms.get("hints") or position < now.reached:
            with pytest.raises(Conflict):
                self._do(answering.take_hint, position)
            return
        self._do(answering.take_hint, position)
        item.hinted = True

    @rule(position=POSITIONS)
    @precondition(lambda self: self.now_at is not None)
    def leave(self, position: int) -> None:
        now = self._model()
        if not now.is_open or now.is_overdue(self.at):
            with pytest.raises(Conflict):
                self._do(answering.leave, position)
            return
        self._do(answering.leave, position)
        if not now.terms.get("back", True) and now.reached == position:
            now.reached += 1

    @rule()
    @precondition(lambda self: self.now_at is not None)
    def submit(self) -> None:
        self.world.submit(self._model().id)
        if self._model().is_open:
            self._model().close()

    @rule()
    def sweep(self) -> None:
        closing.close_overdue()
        if self.now_at and self.now_at.is_open and self.now_at.is_overdue(self.at):
            self.now_at.close()

    @rule(step=STEPS)
    def wait(self, step: timedelta) -> None:
        self.at += step
        set_now(self.at)

    @rule(chosen=st.sampled_from(SETTINGS))
    def author_changes(self, chosen: dict[str, Any]) -> None:
        """It is for the next attempt."""
        self.settings = chosen
        fresh = QuizSettings(**{"title": "What you remember", **chosen}).to_json()
        with transaction() as session:
            session.get_one(Quiz, self.world.quiz.id).settings = fresh

    @rule(position=POSITIONS)
    @precondition(lambda self: self.now_at is not None)
    def somebody_else_tries(self, position: int) -> None:
        attempt = self._model().id
        with pytest.raises(NotFound), transaction():
            saving.save(self.other.id, attempt, [Given(position, {"ticked": [RIGHT]}, False)])
        with pytest.raises(NotFound), transaction():
            closing.submit(self.other.id, attempt)

    @invariant()
    def stands_as_the_model_says(self) -> None:
        now = getattr(self, "now_at", None)
        if now is None:
            return
        head, items = self.world.head(now.id), self.world.items(now.id)
        assert (head.is_open, head.points, head.reached) == (now.is_open, now.points, now.reached)
        for item in items:
            model = now.items[item.position]
            ticked = (item.answer or {}).get("ticked") or [None]
            assert (ticked[0], item.seq, item.is_final) == (model.answer, model.seq, model.final)
            assert (len(item.tried), item.hinted) == (len(model.tried), model.hinted)
            assert model.answer is None or item.certainty == model.certainty

    def teardown(self) -> None:
        if getattr(self, "now_at", None):
            self.submit()
            self.stands_as_the_model_says()
        for past in getattr(self, "closed", []):
            assert self.world.head(past.id).points == past.points
            assert count_of(Grade, attempt_id=past.id) == 1
        if hasattr(self, "at"):
            assert count_of(Attempt, quiz_id=self.world.quiz.id, state="open") <= 1

    def _model(self) -> ModelAttempt:
        assert self.now_at is not None
        return self.now_at

    def _takes(self, item: ModelItem) -> bool:
        return self._model().is_open and not self._model().is_overdue(self.at) and not item.final

    def _do(self, deed: Callable[[int, str, int], object], position: int) -> None:
        with transaction():
            deed(self.world.user.id, self._model().id, position)


def test_whatever_comes_the_attempt_stands_as_the_rules_say(
    app: Flask, clock: Callable[[datetime], None]
) -> None:
    Attempts.world, Attempts.other = World(PAPER), factories.make_user()
    db.session.rollback()
    run(
        Attempts,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
