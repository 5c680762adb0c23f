"""Applying a regrade: begun once, carried on batch by batch, each batch in its caller's transaction."""

from collections.abc import Collection, Sequence
from dataclasses import astuple
from functools import reduce

from sqlalchemy import select, update
from sqlalchemy.orm import selectinload

from core.audit import record
from core.clock import now
from core.database import db
from core.errors import Conflict
from courses.models import Course
from quizzes import closing
from quizzes.assignment_text import is_of_assignment
from quizzes.models import Attempt, AttemptItem, Question
from quizzes.reads import asked
from quizzes.regrading import mails, reads
from quizzes.regrading.models import Regrade
from quizzes.regrading.rules import Cause, Count, Effect, RegradeState, Result
from quizzes.rules import AttemptState

BATCH = 20  # attempts in one transaction: savers of answers wait for it on SQLite
PUBLISHED_AGAIN = "The question was published again since the preview. Look at the preview once more."
OF_ASSIGNMENT = (
    "The work of an assignment is marked by a person, so it is not regraded. To ask for it no more, take its step out "
    "of the course."
)
IS_DROPPED = "This question was dropped. Its attempts no longer count it, so no key grades them."


def begin(
    question_id: str, cause: Cause, revision_id: int, reason: str, by: int, since_preview: int = 0
) -> Regrade:
    """Begin a regrade, or come back to the one that was begun: it looks at all attempts once more.

    `since_preview` attempts changed after the preview. Raises NotFound, and Conflict where the preview is of another
    revision, and for an assignment.
    """
    question = _held(question_id)
    _require_regradable(question, cause, revision_id)
    regrade = _find(question_id, cause, revision_id) or _new(question, cause, revision_id, reason, by)
    regrade.since_preview += since_preview
    if regrade.state is RegradeState.DONE:
        regrade.state, regrade.reached, regrade.done_at = RegradeState.RUNNING, "", None
    db.session.flush()
    return regrade


def _require_regradable(question: Question, cause: Cause, revision_id: int) -> None:
    if is_of_assignment(asked(revision_id).question):
        raise Conflict(OF_ASSIGNMENT)
    if question.revision_id != revision_id:
        raise Conflict(PUBLISHED_AGAIN)
    if cause is Cause.KEY and question.withdrawn_at is not None:
        raise Conflict(IS_DROPPED)


def _held(question_id: str) -> Question:
    """The question, held until the end of the transaction, so that two who begin make one regrade."""
    reads.find_question(question_id)
    return db.session.get_one(Question, question_id, with_for_update=True, populate_existing=True)


def _find(question_id: str, cause: Cause, revision_id: int) -> Regrade | None:
    query = reads.regrade_of(question_id, cause, revision_id).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def _new(question: Question, cause: Cause, revision_id: int, reason: str, by: int) -> Regrade:
    if cause is Cause.DROPPED:
        _withdraw(question)
    regrade = Regrade(
        question_id=question.id, cause=cause, revision_id=revision_id, reason=reason, by_user_id=by,
        state=RegradeState.RUNNING, reached="", begun_at=now(), up=0, down=0, same=0, passing=0, below=0,
        since_preview=0,
    )  # fmt: skip
    db.session.add(regrade)
    detail = {"cause": cause, "revision": revision_id, "reason": reason}
    record("question.regrade", f"question:{question.id}", detail, actor_id=by)
    return regrade


def _withdraw(question: Question) -> None:
    """Ask it no more. Lessons may hold it too, and are kept in memory until their course has another version."""
    question.withdrawn_at = now()
    db.session.execute(update(Course).values(version=Course.version + 1))


def regrades_of(question_id: str) -> list[Regrade]:
    """The regrades of a question, the newest first."""
    query = select(Regrade).filter_by(question_id=question_id).order_by(Regrade.begun_at.desc(), Regrade.id)
    return list(db.session.scalars(query))


def running() -> list[int]:
    """The regrades that are not done, the oldest first."""
    query = select(Regrade.id).filter_by(state=RegradeState.RUNNING).order_by(Regrade.id)
    return list(db.session.scalars(query))


def advance(regrade_id: int) -> bool:
    """Apply a regrade to its next batch of attempts. Returns whether more are left.

    Two who do so at once wait for each other, and each takes a batch of its own.
    """
    regrade = db.session.get_one(Regrade, regrade_id, with_for_update=True, populate_existing=True)
    if regrade.state is RegradeState.DONE:
        return False
    revisions = reads.revisions_to_regrade(regrade.question_id, regrade.cause, regrade.revision_id)
    batch = reads.attempts_asked(revisions, regrade.reached, BATCH)
    _regrade_all(regrade, batch, revisions)
    if len(batch) < BATCH:
        regrade.state, regrade.done_at = RegradeState.DONE, now()
    else:
        regrade.reached = batch[-1]
    db.session.flush()
    return regrade.state is RegradeState.RUNNING


def _regrade_all(regrade: Regrade, attempts: Sequence[str], revisions: Collection[int]) -> None:
    effects = [_regrade(regrade, attempt, revisions) for attempt in _hold(attempts)]
    count = reduce(Count.plus, filter(None, effects), count_of(regrade))
    regrade.up, regrade.down, regrade.same, regrade.passing, regrade.below = astuple(count)


def count_of(regrade: Regrade) -> Count:
    """What it has done so far."""
    return Count(regrade.up, regrade.down, regrade.same, regrade.passing, regrade.below)


def _hold(attempts: Sequence[str]) -> list[Attempt]:
    """The attempts as they stand, held until the end of the transaction.

    They are taken in the order of their ids, and worked on in the order of their learners: whoever else does both
    takes them in the same order, so nobody waits in a circle.
    """
    query = (
        select(Attempt)
        .where(Attempt.id.in_(attempts))
        .options(selectinload(Attempt.items))
        .order_by(Attempt.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return sorted(db.session.scalars(query), key=lambda attempt: attempt.user_id)


def _regrade(regrade: Regrade, attempt: Attempt, revisions: Collection[int]) -> Effect | None:
    """Grade one attempt anew. None where nothing is: it is open, or somebody was quicker."""
    item = next((each for each in attempt.items if each.revision_id in revisions and not each.dropped), None)
    if item is None:
        return None
    if attempt.state is AttemptState.SUBMITTED:
        return _grade_anew(regrade, attempt, item)
    if regrade.cause is Cause.KEY:
        _point_at(item, regrade.revision_id)
    return None


def _grade_anew(regrade: Regrade, attempt: Attempt, item: AttemptItem) -> Effect:
    before = _result(attempt)
    CHANGES[regrade.cause](regrade, attempt, item)
    closing.count_possible(attempt)
    closing.add_up(attempt)
    effect = Effect(before, _result(attempt))
    attempt.passed = effect.stands.passed
    closing.log_grade(attempt, regrade.cause, _scores(item), regrade.reason, regrade.by_user_id)
    if effect.is_up:
        closing.complete(attempt)
    closing.tell_marked(attempt)
    if effect.is_seen:
        mails.tell_regraded(regrade, attempt)
    return effect


def _mend(regrade: Regrade, attempt: Attempt, item: AttemptItem) -> None:
    _point_at(item, regrade.revision_id)
    closing.mark_item(item, attempt.agreed)


def _drop(_regrade: Regrade, _attempt: Attempt, item: AttemptItem) -> None:
    item.dropped = True


CHANGES = {Cause.KEY: _mend, Cause.DROPPED: _drop}


def _point_at(item: AttemptItem, revision_id: int) -> None:
    """Let this revision grade the answer; the one that was asked stays named."""
    item.asked_id = item.asked_id or item.revision_id
    item.revision_id = revision_id


def _result(attempt: Attempt) -> Result:
    return Result(attempt.points, attempt.possible, attempt.passed)


def _scores(item: AttemptItem) -> list[list[int]]:
    """The score of the question as the log of grades keeps it; what nobody has marked yet earned nothing."""
    return [[item.position, item.score_num or 0, item.score_den or 1]]
