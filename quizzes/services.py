"""Starting, saving and submitting attempts. The database decides, so that tabs and clicks at once make one of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from random import Random
from typing import Any, cast

from sqlalchemy import JSON, CursorResult, Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from core.clock import now
from core.database import Base, db
from core.errors import Conflict, NotFound
from core.ids import new_id
from courses.models import Step
from courses.services import find_step
from enrollment.services import is_enrolled
from progress.services import complete_step
from quizzes import rules
from quizzes.models import Attempt, AttemptItem, Question, QuestionRevision, Quiz
from quizzes.presentation import Answer
from quizzes.quiz_settings import QuizSettings
from quizzes.reads import asked, no_such_attempt
from quizzes.rules import AttemptState, AttemptStep, Score, StartDecision

_items = cast(Table, AttemptItem.__table__)
# A lock shared by savers holds off a submission on PostgreSQL: no answer is called saved that is not graded.
_is_open = (
    select(Attempt.id)
    .where(
        Attempt.id == bindparam("of_attempt"),
        Attempt.user_id == bindparam("of_user"),
        Attempt.state == AttemptState.OPEN,
    )
    .with_for_update(read=True)
    .exists()
)
_save = (
    update(_items)
    .where(
        _items.c.attempt_id == bindparam("of_attempt"),
        _items.c.position == bindparam("at_position"),
        _is_open,
    )
    .values(
        answer=bindparam("given", type_=JSON()),
        flagged=bindparam("is_flagged"),
        saved_at=bindparam("at_moment", type_=_items.c.saved_at.type),
    )
)


@dataclass(frozen=True)
class Given:
    """An answer as a form gave it, for the question at `position` (from 1)."""

    position: int
    answer: Answer | None
    flagged: bool


@dataclass(frozen=True)
class Prepared:
    """What a new attempt is made of: the points possible, the pass mark, and the rows that belong to it."""

    possible: Fraction
    pass_mark: int
    rows: Callable[[str], Sequence[Base]]  # from the attempt's id


Prepare = Callable[[Quiz], Prepared]


def find_quiz(name: str) -> Quiz:
    """The published quiz, case or assignment of this full name, `course/quizzes/slug`. Raises NotFound."""
    quiz = db.session.scalar(select(Quiz).filter_by(name=name))
    if quiz is None:
        raise NotFound("This step is not published.")
    return quiz


def attempts_of(user_id: int, quiz_id: int) -> list[Attempt]:
    """The attempts of one person at a quiz, the first one first."""
    query = select(Attempt).filter_by(user_id=user_id, quiz_id=quiz_id).order_by(Attempt.number)
    return list(db.session.scalars(query))


def find_attempt(user_id: int, attempt_id: str) -> Attempt:
    """The attempt, if it is this person's. Raises NotFound for any other."""
    attempt = db.session.scalar(select(Attempt).filter_by(id=attempt_id, user_id=user_id))
    if attempt is None:
        raise no_such_attempt()
    return attempt


def current_revision(question_id: str) -> QuestionRevision | None:
    """What a question asks now."""
    query = select(QuestionRevision).join(Question, Question.revision_id == QuestionRevision.id)
    return db.session.scalar(query.where(Question.id == question_id))


def question_count(quiz: Quiz) -> int:
    """How many questions an attempt asks."""
    settings = QuizSettings.from_json(quiz.settings)
    if not settings.draw:
        return len(dict.fromkeys((*settings.items, *quiz.pool)))
    return len(settings.items) + sum(count for _, count in settings.draw)


def start_decision(quiz: Quiz, tried: Sequence[Attempt]) -> StartDecision:
    """What the button of the first page does for somebody who made these attempts."""
    has_open = any(attempt.state == AttemptState.OPEN for attempt in tried)
    return rules.may_start(len(tried), QuizSettings.from_json(quiz.settings).attempts, has_open, quiz.kind)


def start(user_id: int, quiz: Quiz, step_id: int, rng: Random) -> Attempt:
    """Begin an attempt at a quiz, or come back to the open one. Raises Conflict where none is left.

    The layouts are secrets: `rng` is SystemRandom but in tests.
    """
    return begin(user_id, quiz, step_id, partial(_prepare, rng=rng))


def begin(user_id: int, quiz: Quiz, step_id: int, prepare: Prepare) -> Attempt:
    """Begin an attempt that `prepare` makes, or come back to the open one. Raises Conflict where none is left."""
    tried = attempts_of(user_id, quiz.id)
    decision = start_decision(quiz, tried)
    if not decision.may:
        raise Conflict(decision.sentence)
    return _open_one(tried) or _begin(user_id, quiz, step_id, len(tried) + 1, prepare(quiz))


def save(user_id: int, attempt_id: str, given: Sequence[Given]) -> None:
    """Keep answers, each by one guarded statement. Raises Conflict once the attempt is submitted."""
    for one in given:
        values = {
            "of_attempt": attempt_id,
            "of_user": user_id,
            "at_position": one.position,
            "given": one.answer if rules.is_answered(one.answer) else None,
            "is_flagged": one.flagged,
            "at_moment": now(),
        }
        saved = cast(CursorResult[Any], db.session.connection().execute(_save, values))
        if not saved.rowcount:
            rules.next_state(find_attempt(user_id, attempt_id).state, AttemptStep.SAVE)
            raise no_such_attempt()


def submit(user_id: int, attempt_id: str) -> Attempt:
    """Close the attempt and mark it from the revisions that it asked; a pass completes the step.

    The first submission counts, a second finds its result. Raises NotFound.
    """
    closing = (
        update(Attempt)
        .where(Attempt.id == attempt_id, Attempt.user_id == user_id, Attempt.state == AttemptState.OPEN)
        .values(state=AttemptState.SUBMITTED, submitted_at=now())
        .execution_options(synchronize_session=False)
    )
    closed = cast(CursorResult[Any], db.session.execute(closing))
    attempt = find_attempt(user_id, attempt_id)
    if closed.rowcount == 1:
        _mark(attempt)
        complete(attempt)
    return attempt


def _open_one(tried: Sequence[Attempt]) -> Attempt | None:
    return next((attempt for attempt in tried if attempt.state == AttemptState.OPEN), None)


def _begin(user_id: int, quiz: Quiz, step_id: int, number: int, prepared: Prepared) -> Attempt:
    row = {
        "id": new_id(int(now().timestamp() * 1000)),
        "user_id": user_id,
        "quiz_id": quiz.id,
        "step_id": step_id,
        "number": number,
        "state": AttemptState.OPEN,
        "quiz_revision": quiz.revision,
        "pass_percent": prepared.pass_mark,
        "started_at": now(),
        "max_num": prepared.possible.numerator,
        "max_den": prepared.possible.denominator,
    }
    if _inserted(row):
        db.session.add_all(prepared.rows(str(row["id"])))
        db.session.flush()
    # Where another tab was quicker, the open attempt is that one.
    attempt = _open_one(attempts_of(user_id, quiz.id))
    if attempt is None:
        raise Conflict(f"This {quiz.kind} was just submitted in another window. Open it again.")
    return attempt


def _prepare(quiz: Quiz, rng: Random) -> Prepared:
    """The questions of a quiz, drawn and laid out. Raises Conflict for a quiz that has none."""
    settings = QuizSettings.from_json(quiz.settings)
    revisions = _draw(quiz, settings, rng)
    possible = sum((asked(revision).question.points for revision in revisions), Fraction(0))
    lay_out = partial(_lay_out, revisions=revisions, settings=settings, rng=rng)
    return Prepared(possible, settings.pass_mark, lay_out)


def _draw(quiz: Quiz, settings: QuizSettings, rng: Random) -> list[int]:
    """The revisions to ask, in order. Raises Conflict for a quiz that has none."""
    pools: Mapping[str, Sequence[str]] = quiz.content.get("pools", {})
    chosen = rules.choose_items(settings, quiz.pool, pools, rng)
    rows = db.session.execute(select(Question.id, Question.revision_id).where(Question.id.in_(chosen)))
    current = {name: revision for name, revision in rows if revision is not None}
    if not current:
        raise Conflict("This quiz has no questions yet.")
    return [current[name] for name in chosen if name in current]


def _lay_out(
    attempt_id: str, revisions: Sequence[int], settings: QuizSettings, rng: Random
) -> list[AttemptItem]:
    return [
        AttemptItem(
            attempt_id=attempt_id,
            position=position,
            revision_id=revision,
            layout=rules.lay_out(asked(revision).question, rng, settings.shuffle).to_json(),
            answer=None,
            flagged=False,
        )
        for position, revision in enumerate(revisions, 1)
    ]


def _inserted(row: dict[str, Any]) -> bool:
    """Whether the attempt came in; not so where the constraints say that there is one already."""
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    statement = insert(Attempt).values(row).on_conflict_do_nothing().returning(Attempt.id)
    return db.session.execute(statement).first() is not None


def _mark(attempt: Attempt) -> None:
    scores = [_mark_item(item) for item in attempt.items]
    whole = rules.total(scores)
    if whole.earned is not None:
        attempt.points_num, attempt.points_den = whole.earned.as_integer_ratio()
        attempt.percent = rules.percent(whole.earned, attempt.possible, attempt.pass_percent)
        attempt.passed = rules.passed(whole.earned, attempt.possible, attempt.pass_percent)
    db.session.flush()


def _mark_item(item: AttemptItem) -> Score:
    score = rules.grade(asked(item.revision_id).question, item.answer)
    if score.earned is not None:
        item.score_num, item.score_den = score.earned.as_integer_ratio()
    return score


def complete(attempt: Attempt) -> None:
    """A pass completes the step, for learners; who only teaches the course collects no progress in it."""
    step: Step = find_step(attempt.step_id)
    if attempt.passed and is_enrolled(attempt.user_id, step.course_id):
        complete_step(attempt.user_id, step)
