"""Saving answers: each by one statement that holds while the attempt is open, in time, and nothing newer is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import JSON, Boolean, CursorResult, Table, bindparam, case, or_, select, update

from core.clock import now
from core.database import db
from core.errors import Conflict
from quizzes import rules
from quizzes.marks import Certainty
from quizzes.models import Attempt, AttemptItem
from quizzes.presentation import Answer
from quizzes.reads import no_such_attempt
from quizzes.rules import AttemptState, AttemptStep
from quizzes.services import find_attempt
from quizzes.terms import GRACE, is_overdue

OVERDUE = "Time ran out. What was saved by then is marked; this change came too late."
LEFT = "That question was left, and this quiz goes forward only. Its answer stays as it was saved."
ELSEWHERE = (
    "Not saved: another window has changed this text meanwhile, and its words stand. Copy what you wrote here, then "
    "open the page again."
)
FINAL = "That answer was checked and is final."
_items = cast(Table, AttemptItem.__table__)
# A lock shared by savers holds off a submission on PostgreSQL: no answer is called saved that is not graded.
_is_open = (
    select(Attempt.id)
    .where(
        Attempt.id == bindparam("of_attempt"),
        Attempt.user_id == bindparam("of_user"),
        Attempt.state == AttemptState.OPEN,
        Attempt.reached <= bindparam("at_position"),
        or_(
            Attempt.deadline_at.is_(None),
            Attempt.deadline_at >= bindparam("in_time", type_=_items.c.saved_at.type),
        ),
    )
    .with_for_update(read=True)
    .exists()
)
_save = (
    update(_items)
    .where(
        _items.c.attempt_id == bindparam("of_attempt"),
        _items.c.position == bindparam("at_position"),
        or_(_items.c.seq < bindparam("of_seq"), bindparam("is_newest", type_=Boolean())),
        or_(bindparam("from_any", type_=Boolean()), _items.c.seq.in_(bindparam("bases", expanding=True))),
        _items.c.final_at.is_(None),
        _is_open,
    )
    .values(
        answer=bindparam("given", type_=JSON()),
        flagged=bindparam("is_flagged"),
        certainty=bindparam("how_sure"),
        seq=case((_items.c.seq >= bindparam("of_seq"), _items.c.seq + 1), else_=bindparam("of_seq")),
        saved_at=bindparam("at_moment", type_=_items.c.saved_at.type),
    )
)


class NotKept(Conflict):
    """A text that was sent and may not be written down; `text` is given back to who wrote it."""

    def __init__(self, sentence: str, text: str) -> None:
        super().__init__(sentence)
        self.text = text


@dataclass(frozen=True)
class Given:
    """An answer as a form gave it, for the question at `position` (from 1).

    `seq` is the number of the change, in milliseconds by the browser's clock; None: made when it arrives. `bases`
    are the changes that its page knows of: what stands must be one of them; None: whatever stands.
    """

    position: int
    answer: Answer | None
    flagged: bool
    certainty: Certainty | None = None
    seq: int | None = None
    bases: frozenset[int] | None = None


@dataclass(frozen=True)
class Kept:
    """What stands after a save: the number of the change that won, whether it was this one, and whether anything
    is answered."""

    position: int
    seq: int
    won: bool
    answered: bool


def save(user_id: int, attempt_id: str, given: Sequence[Given]) -> list[Kept]:
    """Keep answers, each if nothing newer is kept. Raises Conflict once the attempt is submitted or overdue, the
    question left, its answer final or its text changed in another window; NotFound for an attempt of somebody else.
    """
    return [_save_one(user_id, attempt_id, one) for one in given]


def _save_one(user_id: int, attempt_id: str, one: Given) -> Kept:
    at = now()
    latest = int(at.timestamp() * 1000)
    seq = latest if one.seq is None else min(one.seq, latest)
    answer = one.answer if rules.is_answered(one.answer) else None
    values = {
        "of_attempt": attempt_id,
        "of_user": user_id,
        "at_position": one.position,
        "in_time": at - GRACE,
        "given": answer,
        "is_flagged": one.flagged,
        "how_sure": one.certainty,
        "of_seq": seq,
        "is_newest": one.seq is None,
        "from_any": one.bases is None,
        "bases": sorted(one.bases or ()),
        "at_moment": at,
    }
    saved = cast(CursorResult[Any], db.session.connection().execute(_save, values))
    if not saved.rowcount:
        return _what_stands(user_id, attempt_id, one, seq)
    return Kept(one.position, seq, won=True, answered=answer is not None)


def _what_stands(user_id: int, attempt_id: str, one: Given, seq: int) -> Kept:
    """Why nothing was written: what stands is as new or the same, or the question takes no more answers."""
    attempt = find_attempt(user_id, attempt_id)
    item = db.session.get(AttemptItem, (attempt_id, one.position), populate_existing=True)
    if item is None:
        raise no_such_attempt()
    rules.next_state(attempt.state, AttemptStep.SAVE)
    if is_overdue(attempt.deadline_at, now()):
        raise Conflict(OVERDUE)
    if _says_the_same(item, one):
        return Kept(one.position, item.seq, won=True, answered=item.answer is not None)
    if item.final_at is not None:
        raise Conflict(FINAL)
    if one.position < attempt.reached:
        raise Conflict(LEFT)
    if one.bases is not None and item.seq not in one.bases and (one.seq is None or seq > item.seq):
        raise NotKept(ELSEWHERE, str(one.answer["text"][0]) if one.answer else "")
    return Kept(one.position, item.seq, won=item.seq == seq, answered=item.answer is not None)


def _says_the_same(item: AttemptItem, one: Given) -> bool:
    """Whether nothing would change: a button that was pressed twice, a page that was sent again."""
    answer = one.answer if rules.is_answered(one.answer) else None
    return (item.answer, item.flagged, item.certainty) == (answer, one.flagged, one.certainty)
