"""How one learner stands with one quiz: what was tried, what is allowed, and whether another attempt may begin."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from core.clock import now
from core.database import db
from core.school import current_school
from courses.models import Step
from courses.services import find_step
from progress.services import done_steps
from quizzes import rules
from quizzes.counting import Results
from quizzes.models import Accommodation, Attempt, Quiz
from quizzes.quiz_settings import Counts, QuizSettings
from quizzes.rules import AttemptState, Standing, StartDecision, Tried
from quizzes.terms import Allowance, Window, attempts_allowed, deadline_of, window_of


@dataclass(frozen=True)
class Eligibility:
    """What is known of one learner and one quiz at one moment; `tried` is in the order of the attempts.

    `is_completed`: what counted passed once. Where the best counts that is not asked, since it passes ever after.
    """

    noun: str
    settings: QuizSettings
    tried: Sequence[Attempt]
    allowance: Allowance
    at: datetime
    is_completed: bool

    @property
    def open_attempt(self) -> Attempt | None:
        return next((attempt for attempt in self.tried if attempt.state == AttemptState.OPEN), None)

    @property
    def attempts_allowed(self) -> int | None:
        return attempts_allowed(self.settings, self.allowance)

    @cached_property
    def window(self) -> Window:
        return window_of(self.settings, ZoneInfo(current_school().time_zone), self.allowance)

    @cached_property
    def decision(self) -> StartDecision:
        """What the button of the first page does."""
        ended = [attempt.submitted_at for attempt in self.tried if attempt.submitted_at]
        return rules.may_start(
            Tried(len(self.tried), self.open_attempt is not None, max(ended, default=None)),
            self.attempts_allowed,
            self.noun,
            at=self.at,
            window=self.window,
            cool_down=timedelta(hours=self.settings.cool_down),
        )

    @property
    def deadline(self) -> datetime | None:
        """Until when an attempt that begins now would take answers."""
        return deadline_of(self.settings, self.at, self.window, self.allowance)

    @cached_property
    def results(self) -> Results:
        """The attempts that have a result, and what counts of them."""
        return _results(self.settings, self.tried)

    @property
    def is_used_up(self) -> bool:
        """Whether no attempt is left and none is open."""
        return self.decision.left == 0 and not self.decision.may

    @property
    def standing(self) -> Standing:
        has_closed = self.open_attempt is None and self.window.is_closed(self.at)
        return Standing(
            has_passed=self.is_completed or self.results.passes,
            is_over=self.is_used_up or has_closed,
            has_closed=has_closed,
        )


def eligibility(user_id: int, quiz: Quiz, step_id: int) -> Eligibility:
    """How this person stands with this quiz now."""
    settings = QuizSettings.from_json(quiz.settings)
    allowance = allowance_of(user_id, quiz.id, step_id)
    tried = attempts_of(user_id, quiz.id)
    is_completed = settings.counts != Counts.BEST and _is_completed(user_id, step_id)
    return Eligibility(quiz.kind, settings, tried, allowance, now(), is_completed)


def may_see_key(attempt: Attempt) -> bool:
    """Whether key and reasons of the attempt may be shown to its learner now."""
    learner = eligibility(attempt.user_id, db.session.get_one(Quiz, attempt.quiz_id), attempt.step_id)
    return rules.may_see_feedback(learner.settings, attempt.state, learner.standing)


def passes_now(user_id: int, quiz: Quiz) -> bool:
    """Whether what counts of all marked attempts is a pass, as the caller's transaction sees them now."""
    tried = attempts_of(user_id, quiz.id, afresh=True)
    return _results(QuizSettings.from_json(quiz.settings), tried).passes


def _results(settings: QuizSettings, tried: Sequence[Attempt]) -> Results:
    return Results(Counts(settings.counts), [each.marked for each in tried if each.points is not None])


def _is_completed(user_id: int, step_id: int) -> bool:
    return step_id in done_steps(user_id, find_step(step_id).course_id)


def attempts_of(user_id: int, quiz_id: int, *, afresh: bool = False) -> list[Attempt]:
    """The attempts of one person at a quiz, the first one first; `afresh` reads again those that were read before."""
    query = select(Attempt).filter_by(user_id=user_id, quiz_id=quiz_id).order_by(Attempt.number)
    return list(db.session.scalars(query.execution_options(populate_existing=afresh)))


def allowance_of(user_id: int, quiz_id: int, step_id: int) -> Allowance:
    """What is changed for this person in this quiz, with what is changed in all of the course."""
    course_id = select(Step.course_id).where(Step.id == step_id).scalar_subquery()
    query = select(Accommodation).where(
        Accommodation.user_id == user_id,
        Accommodation.course_id == course_id,
        or_(Accommodation.quiz_id.is_(None), Accommodation.quiz_id == quiz_id),
    )
    # The course's first, so that the dates of the quiz stand before them.
    found = sorted(db.session.scalars(query), key=lambda row: row.quiz_id is not None)
    return sum((_allowance(row) for row in found), Allowance())


def _allowance(row: Accommodation) -> Allowance:
    return Allowance(row.extra_time, row.extra_attempts, row.opens_at, row.closes_at)
