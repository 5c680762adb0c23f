"""Reading the papers that count, a few at a time: each learner's first marked attempt at a quiz."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, select
from sqlalchemy.orm import aliased

from analysis.editions import edition_of
from analysis.figures import Marked, Paper
from analysis.rules import seconds_between
from core.database import db
from courses.models import Step
from enrollment.models import Enrollment
from quizzes.kinds.ticked import ticked
from quizzes.models import Attempt, AttemptItem
from quizzes.questions import Options, Question
from quizzes.reads import asked
from quizzes.rules import is_answered

AT_ONCE = 250  # attempts in memory
TOGETHER, LONGEST = 1.0, 1800.0  # seconds: saves so close are one form, a gap so long is a pause
Ask = Callable[[int], tuple[str, Question]]
Attempted = Row[str, datetime, bool | None]
Answered = Row[*tuple[Any, ...]]
_earlier = aliased(Attempt)


def counts_for(*quiz_ids: int) -> tuple[ColumnElement[bool], ...]:
    """What makes an attempt at these quizzes count: it is its learner's first marked one at its quiz, of somebody
    who is or was enrolled."""
    same = (_earlier.user_id == Attempt.user_id, _earlier.quiz_id == Attempt.quiz_id)
    first = select(func.min(_earlier.number)).where(*same, _earlier.points_num.is_not(None))
    learns = exists().where(
        Step.id == Attempt.step_id,
        Enrollment.course_id == Step.course_id,
        Enrollment.user_id == Attempt.user_id,
    )
    return (
        Attempt.quiz_id.in_(quiz_ids),
        Attempt.points_num.is_not(None),
        Attempt.number == first.scalar_subquery(),
        learns,
    )


def papers_of(quiz_id: int) -> Iterator[Paper]:
    """The papers that count, in bounded memory; no read transaction lasts longer than a few of them.

    One of which every question was dropped tells nothing, and is passed over.
    """
    ask, last = _asking(), ""
    while attempts := _attempts_after(quiz_id, last):
        last = attempts[-1].id
        items = _items_of([attempt.id for attempt in attempts])
        db.session.rollback()
        for attempt in attempts:
            if attempt.id in items:
                yield _paper(attempt, items[attempt.id], ask)


def _asking() -> Ask:
    """Edition and question of a revision, remembered for one reading."""

    @cache
    def ask(revision_id: int) -> tuple[str, Question]:
        question = asked(revision_id).question
        return edition_of(question), question

    return ask


def _attempts_after(quiz_id: int, last: str) -> Sequence[Attempted]:
    query = select(Attempt.id, Attempt.started_at, Attempt.passed).where(
        *counts_for(quiz_id), Attempt.id > last
    )
    return db.session.execute(query.order_by(Attempt.id).limit(AT_ONCE)).all()


def _items_of(attempts: Sequence[str]) -> dict[str, list[Answered]]:
    query = select(
        AttemptItem.attempt_id, AttemptItem.revision_id, AttemptItem.answer, AttemptItem.score_num,
        AttemptItem.score_den, AttemptItem.certainty, AttemptItem.saved_at,
    ).where(
        AttemptItem.attempt_id.in_(attempts), AttemptItem.score_num.is_not(None), AttemptItem.dropped.is_(False)
    )  # fmt: skip
    rows = db.session.execute(query.order_by(AttemptItem.attempt_id, AttemptItem.position))
    return {attempt: list(items) for attempt, items in groupby(rows, key=lambda row: row.attempt_id)}


def _paper(attempt: Attempted, items: Sequence[Answered], ask: Ask) -> Paper:
    begun, saved = (
        attempt.started_at.timestamp(),
        [item.saved_at.timestamp() for item in items if item.saved_at],
    )
    times = seconds_between([begun, *saved], TOGETHER, LONGEST)
    return Paper(tuple(_marked(item, times, *ask(item.revision_id)) for item in items), bool(attempt.passed))


def _marked(item: Answered, times: dict[float, float], edition: str, question: Question) -> Marked:
    saved_at: datetime | None = item.saved_at
    return Marked(
        edition=edition,
        points=float(question.points),
        score=item.score_num / item.score_den,
        answered=is_answered(item.answer),
        chosen=_chosen(question, item.answer),
        certainty=item.certainty,
        seconds=times.get(saved_at.timestamp()) if saved_at else None,
        revision=item.revision_id,
    )


def _chosen(question: Question, answer: object) -> tuple[int, ...]:
    parts = question.parts
    return tuple(sorted(ticked(parts, answer))) if isinstance(parts, Options) else ()
