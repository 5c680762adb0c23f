"""Closing attempts: by the learner, or when their time is over. What was saved is marked, once, and logged."""

import logging
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import select

from accounts.models import User
from core.clock import now
from core.database import db, transaction
from core.events import publish
from courses.models import Step
from courses.services import find_step
from enrollment.services import is_enrolled
from progress.services import complete_step
from quizzes import rules
from quizzes.eligibility import passes_now
from quizzes.marks import Certainty, Response, mark_response, sum_of_marks
from quizzes.models import Attempt, AttemptItem, Grade, Question, QuestionRevision, Quiz
from quizzes.quiz_settings import Counts, QuizSettings
from quizzes.reads import asked, no_such_attempt
from quizzes.rules import AttemptState, AttemptStep, Score
from quizzes.terms import GRACE, Terms, is_overdue

MOST_AT_ONCE = 200  # overdue attempts read at once


@dataclass(frozen=True)
class AttemptMarked:
    """The fact that an attempt has a result, its first or a new one; a part of it may still wait for a person."""

    quiz_id: int
    attempt_id: str


@dataclass(frozen=True)
class PersonNeeded:
    """An attempt was closed that holds something for a person to mark."""

    attempt_id: str
    course_id: int
    at: datetime


def submit(user_id: int, attempt_id: str, *, only_overdue: bool = False) -> Attempt:
    """Close the attempt and mark it from the revisions that it asked; a pass completes the step.

    The first submission counts, a second finds its result. What comes after the deadline is closed as of it.
    With `only_overdue` an attempt that has time left, or was given more, stays open. Raises NotFound.
    """
    attempt = _held(user_id, attempt_id)
    if _close(attempt, only_overdue):
        _mark(attempt)
        complete(attempt)
        if attempt.points is None:
            course_id = find_step(attempt.step_id).course_id
            publish(PersonNeeded(attempt.id, course_id, attempt.submitted_at or now()))
    return attempt


def reopen(attempt: Attempt) -> None:
    """Give an attempt back to its author with all that it held: the only way back, before a person has marked it."""
    attempt.state = rules.next_state(attempt.state, AttemptStep.REOPEN)
    attempt.submitted_at, attempt.timed_out = None, False
    db.session.flush()


def close_overdue() -> None:
    """Close and mark what nobody handed in, each in a transaction of its own; the job of each minute.

    It goes on behind the last one that it tried: those that cannot be closed hold up none of the others.
    """
    after = ""
    while overdue := _overdue(after):
        for attempt_id, user_id in overdue:
            _close_one(attempt_id, user_id)
        after = overdue[-1][0]


def _overdue(after: str) -> list[tuple[str, int]]:
    """The next attempts whose time is over, with their learners, by their ids."""
    has_ended = Attempt.deadline_at < now() - GRACE
    query = select(Attempt.id, Attempt.user_id).where(Attempt.state == AttemptState.OPEN, has_ended)
    with transaction():
        rows = db.session.execute(query.where(Attempt.id > after).order_by(Attempt.id).limit(MOST_AT_ONCE))
        return [(attempt_id, user_id) for attempt_id, user_id in rows]


def _close_one(attempt_id: str, user_id: int) -> None:
    try:
        with transaction():
            submit(user_id, attempt_id, only_overdue=True)
    except Exception:  # The others wait no longer because of one.
        logging.getLogger("quizzes").exception(
            "an overdue attempt was not closed", extra={"attempt": attempt_id}
        )


def log_grade(
    attempt: Attempt, cause: str, items: list[list[int]], words: str = "", by: int | None = None
) -> None:
    """One more entry of the attempt's log: what it has now, and what caused it."""
    db.session.add(
        Grade(
            attempt_id=attempt.id,
            cause=cause,
            points_num=attempt.points_num,
            points_den=attempt.points_den,
            max_num=attempt.max_num,
            max_den=attempt.max_den,
            passed=attempt.passed,
            items=items,
            words=words,
            by_user_id=by,
            at=now(),
        )
    )
    db.session.flush()


def complete(attempt: Attempt) -> None:
    """What counts reaches the pass mark: the step is complete, for learners. Who only teaches collects nothing."""
    step: Step = find_step(attempt.step_id)
    quiz = db.session.get_one(Quiz, attempt.quiz_id)
    if QuizSettings.from_json(quiz.settings).counts == Counts.AVERAGE:
        _hold_learner(attempt.user_id)
    if passes_now(attempt.user_id, quiz) and is_enrolled(attempt.user_id, step.course_id):
        complete_step(attempt.user_id, step)


def _hold_learner(user_id: int) -> None:
    """Who else adds up an average of this learner waits, and then sees what was written here.

    Two results at once would each miss the other one, and with it the pass that both together bring.
    """
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))


def _held(user_id: int, attempt_id: str) -> Attempt:
    """The attempt of this person as it stands, held until the end of the transaction. Raises NotFound.

    Who saves an answer holds it too: each waits for the other.
    """
    query = select(Attempt).filter_by(id=attempt_id, user_id=user_id).with_for_update(key_share=True)
    attempt = db.session.scalar(query.execution_options(populate_existing=True))
    if attempt is None:
        raise no_such_attempt()
    return attempt


def _close(attempt: Attempt, only_overdue: bool) -> bool:
    """Close it, if it is still open and its time is over where that is asked; True for the one who did."""
    at = now()
    timed_out = is_overdue(attempt.deadline_at, at)
    if attempt.state is not AttemptState.OPEN or (only_overdue and not timed_out):
        return False
    attempt.state, attempt.timed_out = AttemptState.SUBMITTED, timed_out
    attempt.submitted_at = attempt.deadline_at if timed_out else at
    db.session.flush()
    return True


def _mark(attempt: Attempt) -> None:
    terms = attempt.agreed
    for item in attempt.items:
        mark_item(item, terms)
    _leave_out_dropped(attempt)
    count_possible(attempt)  # A question that was mended meanwhile may have other points.
    add_up(attempt)
    log_grade(attempt, "machine", [])
    tell_marked(attempt)


def tell_marked(attempt: Attempt) -> None:
    """Publish that the attempt has a result. Whoever adds up calls it."""
    publish(AttemptMarked(attempt.quiz_id, attempt.id))


def _leave_out_dropped(attempt: Attempt) -> None:
    """Questions that were dropped while the attempt was open leave its result."""
    dropped = (
        select(AttemptItem.position)
        .join(QuestionRevision, QuestionRevision.id == AttemptItem.revision_id)
        .join(Question, Question.id == QuestionRevision.question_id)
        .where(AttemptItem.attempt_id == attempt.id, Question.withdrawn_at.is_not(None))
    )
    positions = frozenset(db.session.scalars(dropped))
    for item in attempt.items:
        item.dropped = item.position in positions


def count_possible(attempt: Attempt) -> None:
    """What there is to earn in the attempt, without the questions that were dropped."""
    counting = (asked(item.revision_id).question.points for item in attempt.items if not item.dropped)
    attempt.max_num, attempt.max_den = sum(counting, Fraction(0)).as_integer_ratio()


def mark_item(item: AttemptItem, terms: Terms) -> None:
    """Mark the answer by the revision that the item points at."""
    certainty = Certainty(item.certainty) if item.certainty else None
    response = Response(item.answer, item.tried, certainty, item.hinted)
    set_score(item, *mark_response(asked(item.revision_id).question, response, terms))


def set_score(item: AttemptItem, score: Score, counts_for: Fraction | None) -> None:
    """Write down what an answer earns and what that counts for."""
    if score.earned is not None and counts_for is not None:
        item.score_num, item.score_den = score.earned.as_integer_ratio()
        item.mark_num, item.mark_den = counts_for.as_integer_ratio()


def add_up(attempt: Attempt) -> None:
    """The attempt's points from the marks of its questions; none as long as one is pending."""
    marks = [item.mark for item in attempt.items if not item.dropped]
    points = sum_of_marks(marks, attempt.possible)
    if points is not None:
        attempt.points_num, attempt.points_den = points.as_integer_ratio()
        attempt.percent = rules.percent(points, attempt.possible, attempt.pass_percent)
        attempt.passed = rules.passed(points, attempt.possible, attempt.pass_percent)
    db.session.flush()
