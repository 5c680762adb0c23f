"""A course with one quiz, and learners who hand it in; made without passwords, for there are many."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

from accounts.services import create_user
from analysis.figures import QuestionFigures, QuizFigures
from analysis.models import QuestionStatistics, QuizStatistics, StaleMark
from analysis.services import refresh
from core import clock
from core.database import db, transaction
from courses.models import CourseInstructor
from enrollment.rules import GrantKind
from enrollment.services import enroll
from quizzes import services
from quizzes.cases.services import choose, tokens
from quizzes.cases.services import start as start_case
from quizzes.closing import submit
from quizzes.marks import Certainty
from quizzes.saving import Given, save
from tests import factories
from tests.quizzes.world import TWO, count_of

_numbers = count(1)
Right = Sequence[bool]
"""Whether each question, in the order of the text, is answered rightly."""


class Classroom:
    """Questions are told apart by their ids; each has two options, the first of them right."""

    def __init__(self, text: str = TWO, **settings: Any) -> None:
        self.course = factories.make_course(modules=("lesson quiz",))
        self.step = factories.steps_of(self.course)[1]
        self.quiz = self.publish(text, **settings)
        self.url = f"/studio/courses/{self.course.slug}/quizzes/{self.step.slug}/statistics"

    def publish(self, text: str, **settings: Any) -> Any:
        return factories.make_quiz(self.step, text, **{"shuffle": "none", **settings})

    def learner(self, enrolled: bool = True) -> int:
        """A new one."""
        with transaction():
            user_id = create_user(f"pupil{next(_numbers)}@example.org", "Nora Nameless", None).id
            if enrolled:
                enroll(user_id, self.course.id, GrantKind.FREE)
        return user_id

    def hand_in(self, user_id: int, right: Right, sure: Certainty | None = None, pace: int = 0) -> str:
        """An attempt; between answers `pace` seconds pass, if the clock is held."""
        with transaction():
            quiz = services.find_quiz(self.quiz.name)
            attempt = services.start(user_id, quiz, self.step.id, Random(1))
            name = attempt.id
        for position, is_right in enumerate(right, 1):
            if pace:
                clock.set_now(clock.now() + timedelta(seconds=pace))
            with transaction():
                save(user_id, name, [Given(position, {"ticked": [0 if is_right else 1]}, False, sure)])
        with transaction():
            submit(user_id, name)
        return name

    def tell(self, user_id: int, position: int, text: str) -> None:
        """An attempt whose only answer is a text for a person to mark."""
        with transaction():
            attempt = services.start(user_id, services.find_quiz(self.quiz.name), self.step.id, Random(1)).id
            save(user_id, attempt, [Given(position, {"text": [text]}, False, None)])
            submit(user_id, attempt)

    def crowd(self, papers: Sequence[Right], sure: Certainty | None = None, pace: int = 0) -> None:
        """A new learner for each paper."""
        for right in papers:
            self.hand_in(self.learner(), right, sure, pace)

    def compute(self) -> QuizFigures:
        refresh(self.quiz.id)
        db.session.rollback()
        return QuizFigures.from_json(db.session.get_one(QuizStatistics, self.quiz.id).figures)

    def question(self, name: str) -> QuestionFigures:
        db.session.rollback()
        return QuestionFigures.from_json(db.session.get_one(QuestionStatistics, (self.quiz.id, name)).figures)

    def marks(self) -> int:
        return count_of(StaleMark, quiz_id=self.quiz.id)

    def teacher(self, name: str = "Tea Teacher") -> Any:
        """An instructor of the course."""
        user = factories.make_user("", name, "instructor")
        with transaction() as session:
            session.add(CourseInstructor(course_id=self.course.id, user_id=user.id))
        return user


class CaseRoom(Classroom):
    """The same with the case of tests.factories as its quiz."""

    def publish(self, text: str, **settings: Any) -> Any:
        return factories.make_case(self.step)

    def play(self, user_id: int, *choices: int) -> None:
        """A play by the numbers of its choices."""
        with transaction():
            name = start_case(user_id, services.find_quiz(self.quiz.name), self.step.id).id
        for position, choice in enumerate(choices, 1):
            with transaction():
                choose(user_id, name, position, next(iter(tokens(name, position, [choice]))))


def some(right: int, of: int, paper: Callable[[bool], Right]) -> list[Right]:
    """So many papers, `right` of which are made from True."""
    return [paper(n < right) for n in range(of)]
