"""Pairs of results of one learner: before a module and after it, read a few at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from analysis.papers import AT_ONCE, counts_for
from core.database import db
from courses.services import Outline
from enrollment.models import Enrollment
from quizzes.gain import gain, shares_by_idea
from quizzes.models import Attempt, AttemptItem, Quiz
from quizzes.reads import asked
from quizzes.rules import AttemptState

_before = aliased(Attempt)
_earliest = aliased(Attempt)


@dataclass(frozen=True)
class Compared:
    """A module with a quiz before it (`baselines`, their ids) and one after it."""

    number: int
    title: str
    step_id: int
    quiz_id: int
    baselines: tuple[int, ...]


@dataclass(frozen=True)
class Pair:
    """Mean shares of the ideas that both asked, of one learner who enrolled then."""

    user_id: int
    enrolled_at: datetime
    before: float
    after: float


def compared_in(outline: Outline) -> list[Compared]:
    """The modules of a course whose ideas are asked before and after."""
    steps = {step.body: step for step in outline.steps if step.kind == "quiz"}
    quizzes = {quiz.name: quiz for quiz in db.session.scalars(select(Quiz).where(Quiz.name.in_(steps)))}
    found = []
    for name, step in steps.items():
        quiz = quizzes.get(name)
        names = quiz.content.get("baselines", []) if quiz else []
        before = tuple(quizzes[each].id for each in names if each in quizzes)
        if quiz and before:
            title = outline.modules[step.module_number - 1].title
            found.append(Compared(step.module_number, title, step.id, quiz.id, before))
    return found


def pairs_of(course_id: int, compared: Compared) -> Iterator[Pair]:
    """Each learner of the course who took both: the first baseline, if it came before the first marked attempt."""
    last = ""
    while rows := _rows_after(course_id, compared, last):
        last = rows[-1][0]
        shares = _shares_of([attempt for row in rows for attempt in row[:2]])
        db.session.rollback()
        for after, before, user_id, enrolled_at in rows:
            found = gain(shares.get(before, {}), shares.get(after, {}))
            if found:
                yield Pair(user_id, enrolled_at, float(found.before), float(found.after))


def _rows_after(course_id: int, compared: Compared, last: str) -> Sequence[tuple[str, str, int, datetime]]:
    """After, before, the learner and when they enrolled; in the order of the attempts after."""
    first = select(func.min(_earliest.submitted_at)).where(
        _earliest.user_id == Attempt.user_id,
        _earliest.quiz_id.in_(compared.baselines),
        _earliest.state == AttemptState.SUBMITTED,
    )
    query = (
        select(Attempt.id, func.min(_before.id), Attempt.user_id, Enrollment.started_at)
        .join(_before, _before.user_id == Attempt.user_id)
        .join(Enrollment, Enrollment.user_id == Attempt.user_id)
        .where(
            *counts_for(compared.quiz_id),
            Attempt.id > last,
            Enrollment.course_id == course_id,
            _before.quiz_id.in_(compared.baselines),
            _before.submitted_at == first.scalar_subquery(),
            _before.submitted_at <= Attempt.started_at,
        )
        .group_by(Attempt.id, Attempt.user_id, Enrollment.started_at)
    )
    rows = db.session.execute(query.order_by(Attempt.id).limit(AT_ONCE))
    return [(after, before, user_id, enrolled_at) for after, before, user_id, enrolled_at in rows]


def _shares_of(attempts: Sequence[str]) -> dict[str, dict[str, Fraction]]:
    """The mean share of each idea, by attempt."""
    query = select(
        AttemptItem.attempt_id, AttemptItem.revision_id, AttemptItem.score_num, AttemptItem.score_den
    ).where(
        AttemptItem.attempt_id.in_(attempts),
        AttemptItem.score_num.is_not(None),
        AttemptItem.dropped.is_(False),
    )
    found: dict[str, list[tuple[str, Fraction]]] = {}
    for attempt, revision, num, den in db.session.execute(query):
        question = asked(revision).question
        if question.topic:
            share = Fraction(num or 0, den or 1) / question.points
            found.setdefault(attempt, []).append((question.topic, share))
    return {attempt: shares_by_idea(answers) for attempt, answers in found.items()}
