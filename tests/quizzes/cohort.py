"""A cohort that took a quiz of two questions, and the instructor who finds a key wrong."""

from dataclasses import dataclass, replace
from random import Random
from typing import Any

from sqlalchemy import select

from accounts.models import User
from core.clock import now
from core.database import db, transaction
from enrollment.models import Enrollment, EnrollmentState
from quizzes import closing, saving, services
from quizzes.models import Attempt, Question
from quizzes.quiz_text import parse_questions
from quizzes.regrading import previews
from quizzes.regrading import services as regrading
from quizzes.regrading.models import RegradePreview
from quizzes.regrading.rules import Cause, Count
from quizzes.regrading.running import carry_on, look_on
from quizzes.saving import Given
from tests import factories
from tests.quizzes.world import TWO, World

RIGHT, FIRST_WRONG, SECOND_WRONG, WRONG = (0, 0), (1, 0), (0, 1), (1, 1)
FOUR = (RIGHT, FIRST_WRONG, SECOND_WRONG, WRONG)
REASON = "Both options were right."
Ticks = tuple[int, int]  # which option of the first and of the second question; 0 is right


@dataclass(frozen=True)
class Standing:
    """What an attempt shows: points, what was possible, percent, passed."""

    points: Any
    possible: Any
    percent: int | None
    passed: bool | None


class Cohort(World):
    """Learners who handed in one attempt each, in the order of `ticks`. `open` may name one that is open."""

    open: str = ""

    def __init__(self, *ticks: Ticks, **settings: Any) -> None:
        super().__init__(TWO, **{"pass_mark": 100, "shuffle": "none", **settings})
        self.teacher = factories.make_user("", "Tea Teacher", "instructor")
        with transaction():
            self.learners = [self._enrolled(number) for number in range(len(ticks))]
            pairs = zip(self.learners, ticks, strict=True)
            self.attempts = [self._taken(learner, both) for learner, both in pairs]

    def _enrolled(self, number: int) -> int:
        name = f"cohort{number}-{self.course.slug}"
        person = User(
            email=f"{name}@example.org", fs_uniquifier=name, created_at=now(), recovery_codes=[], roles=[]
        )
        db.session.add(person)
        db.session.flush()
        access = Enrollment(
            user_id=person.id, course_id=self.course.id, state=EnrollmentState.ACTIVE, reason="free", started_at=now()
        )  # fmt: skip
        db.session.add(access)
        return person.id

    def _taken(self, learner: int, ticks: Ticks) -> str:
        attempt = self.begin(learner)
        given = [Given(position, {"ticked": [tick]}, False) for position, tick in enumerate(ticks, 1)]
        saving.save(learner, attempt, given)
        closing.submit(learner, attempt)
        return attempt

    def begin(self, learner: int) -> str:
        """An open attempt, inside the caller's transaction."""
        quiz = services.find_quiz(self.quiz.name)
        return services.start(learner, quiz, self.step.id, Random(1)).id

    def publish(self, old: str, new: str) -> None:
        """Publish the questions again, with one text changed."""
        questions, problems = parse_questions(TWO.replace(old, new), f"courses/{self.step.body}.md")
        assert not problems
        with transaction():
            for question in questions:
                if question != asked_now(question.id):
                    factories.publish_question(replace(question))

    def mend_first(self) -> None:
        """The key of the first question is That."""
        self.publish("- [x] This\n- [ ] That", "- [ ] This\n- [x] That")

    def begin_regrade(self, question: str = "first", cause: Cause = Cause.KEY) -> int:
        with transaction() as session:
            revision = session.get_one(Question, question).revision_id
            return regrading.begin(question, cause, revision, REASON, self.teacher.id).id

    def regrade(self, question: str = "first", cause: Cause = Cause.KEY) -> int:
        regrade = self.begin_regrade(question, cause)
        assert not carry_on(regrade)
        return regrade

    def standings(self) -> list[Standing]:
        """What each attempt shows, in the order of the learners."""
        db.session.rollback()
        query = select(Attempt).where(Attempt.id.in_(self.attempts)).order_by(Attempt.user_id)
        return [
            Standing(attempt.points, attempt.possible, attempt.percent, attempt.passed)
            for attempt in db.session.scalars(query)
        ]


def passes_by_a_drop(counts: str) -> tuple[Cohort, str]:
    """A learner whose first attempt, half right, passes since its second question was dropped; the last is empty."""
    cohort = Cohort(counts=counts, pass_mark=70)
    attempt = cohort.start()
    cohort.answer_right(attempt, 1)
    cohort.submit(attempt)
    cohort.submit(cohort.start())
    cohort.regrade("second", Cause.DROPPED)
    return cohort, attempt


def asked_now(question: str) -> Any:
    from quizzes.reads import asked

    return asked(db.session.get_one(Question, question).revision_id).question


def look(question: str = "first", cause: Cause = Cause.KEY) -> Count:
    """What a preview counts."""
    return previews.found_in(asked_for(question, cause)).count


def asked_for(question: str = "first", cause: Cause = Cause.KEY) -> RegradePreview:
    """A preview, computed to its end."""
    with transaction() as session:
        revision = session.get_one(Question, question).revision_id or 0
        asked = previews.ask(question, cause, revision, REASON).id
    assert not look_on(asked)
    return previews.find(asked, question)
