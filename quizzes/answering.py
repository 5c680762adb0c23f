"""What an attempt allows while it is open beside saving: checking an answer, taking the hint, leaving a question."""

from typing import Any, cast

from sqlalchemy import CursorResult, select, update

from core.clock import now
from core.database import db
from core.errors import Conflict
from quizzes import rules
from quizzes.models import Attempt, AttemptItem
from quizzes.reads import asked, no_such_attempt
from quizzes.rules import AttemptState, AttemptStep
from quizzes.saving import FINAL, LEFT, OVERDUE
from quizzes.terms import Terms, is_overdue


def check(user_id: int, attempt_id: str, position: int) -> AttemptItem:
    """Look whether the saved answer is right. It becomes final then, or once its tries are used.

    One that was found wrong and stands unchanged is no further try. Raises NotFound, and Conflict where the attempt
    checks nothing or is over, where the question was left for good, or nothing is answered.
    """
    attempt, item = _open_item(user_id, attempt_id, position)
    terms = _terms(attempt)
    if not terms.checks:
        raise Conflict("This quiz shows its answers after the attempt.")
    if item.final_at is not None:
        return item
    _require_not_left(attempt, position)
    if not rules.is_answered(item.answer):
        raise Conflict("Give an answer, then check it.")
    if not _is_wrong(item):
        item.final_at = now()
    elif not was_just_tried(item):
        _use_a_try(item, terms)
    db.session.flush()
    return item


def _use_a_try(item: AttemptItem, terms: Terms) -> None:
    if len(item.tried) + 1 >= terms.tries:
        item.final_at = now()
    else:
        item.tried = [*item.tried, item.answer]


def take_hint(user_id: int, attempt_id: str, position: int) -> None:
    """Show the hint from now on. Raises NotFound, and Conflict where none is offered."""
    attempt, item = _open_item(user_id, attempt_id, position)
    if not _terms(attempt).hints or not asked(item.revision_id).question.hint_md:
        raise Conflict("There is no hint for this question.")
    if item.final_at is not None:
        raise Conflict(FINAL)
    _require_not_left(attempt, position)
    item.hinted = True
    db.session.flush()


def leave(user_id: int, attempt_id: str, position: int) -> None:
    """Go on from a question for good, in a quiz that goes forward only; elsewhere nothing happens."""
    attempt, _ = _open_item(user_id, attempt_id, position)
    if _terms(attempt).back:
        return
    forward = update(Attempt).where(Attempt.id == attempt_id, Attempt.reached == position)
    moved = cast(CursorResult[Any], db.session.execute(forward.values(reached=position + 1)))
    if moved.rowcount:
        db.session.refresh(attempt)


def _is_wrong(item: AttemptItem) -> bool:
    """Whether the saved answer does not earn all of the points. Of what a person marks nobody knows it yet."""
    score = rules.grade(asked(item.revision_id).question, item.answer)
    return not (score.pending or score.is_full)


def was_just_tried(item: AttemptItem) -> bool:
    """Whether the saved answer is the one that was found wrong last; checking it again costs nothing."""
    return bool(item.tried) and item.tried[-1] == item.answer


def _require_not_left(attempt: Attempt, position: int) -> None:
    if position < attempt.reached:
        raise Conflict(LEFT)


def _terms(attempt: Attempt) -> Terms:
    if attempt.terms is None:
        raise Conflict("A case has no questions to check.")
    return attempt.agreed


def _open_item(user_id: int, attempt_id: str, position: int) -> tuple[Attempt, AttemptItem]:
    """The question of an open attempt in time, both held until the end of the transaction."""
    mine = select(Attempt).filter_by(id=attempt_id, user_id=user_id).with_for_update()
    attempt = db.session.scalar(mine.execution_options(populate_existing=True))
    item = db.session.get(AttemptItem, (attempt_id, position), populate_existing=True)
    if attempt is None or item is None:
        raise no_such_attempt()
    rules.next_state(AttemptState(attempt.state), AttemptStep.SAVE)
    if is_overdue(attempt.deadline_at, now()):
        raise Conflict(OVERDUE)
    return attempt, item
