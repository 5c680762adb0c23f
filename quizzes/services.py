"""Finding quizzes and starting attempts. The database decides, so that tabs and clicks at once make one."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from core.database import Base, db
from core.errors import Conflict, NotFound
from core.ids import new_id
from quizzes import rules
from quizzes.eligibility import Eligibility, eligibility
from quizzes.models import Attempt, AttemptItem, Question, QuestionRevision, Quiz
from quizzes.quiz_settings import QuizSettings
from quizzes.reads import asked, no_such_attempt
from quizzes.rules import AttemptState
from quizzes.terms import Terms, terms_of


@dataclass(frozen=True)
class Prepared:
    """What a new attempt is made of: the points possible, the pass mark, the rows that belong to it, its terms.

    What has no terms has no deadline either: a case that is begun may be played to its end. Nor has a work that
    a person marks, for nobody hands it in but its author.
    """

    possible: Fraction
    pass_mark: int
    rows: Callable[[str], Sequence[Base]]  # from the attempt's id
    terms: Terms | None = None
    is_timed: bool = True


Prepare = Callable[[Quiz], Prepared]


def find_quiz(name: str) -> Quiz:
    """The published quiz, case or assignment of this full name, `course/quizzes/slug`. Raises NotFound."""
    quiz = db.session.scalar(select(Quiz).filter_by(name=name))
    if quiz is None:
        raise NotFound("This step is not published.")
    return quiz


def find_attempt(user_id: int, attempt_id: str) -> Attempt:
    """The attempt, if it is this person's. Raises NotFound for any other."""
    attempt = db.session.get(Attempt, attempt_id)
    if attempt is None or attempt.user_id != user_id:
        raise no_such_attempt()
    return attempt


def current_revision(question_id: str) -> QuestionRevision | None:
    """What a question asks now; None where it is not published, or was dropped."""
    query = select(QuestionRevision).join(Question, Question.revision_id == QuestionRevision.id)
    return db.session.scalar(query.where(Question.id == question_id, Question.withdrawn_at.is_(None)))


def question_count(quiz: Quiz) -> int:
    """How many questions an attempt asks."""
    return count_of(quiz, dropped_questions())


def count_of(quiz: Quiz, dropped: Collection[str]) -> int:
    """The same, by what `dropped_questions` gave: read once for many quizzes."""
    settings = QuizSettings.from_json(quiz.settings)
    return len(_choose(quiz, settings, Random(0), dropped))  # All papers have one length.


def dropped_questions() -> frozenset[str]:
    """The ids of the questions that are asked no more."""
    return frozenset(db.session.scalars(select(Question.id).where(Question.withdrawn_at.is_not(None))))


def start(user_id: int, quiz: Quiz, step_id: int, rng: Random) -> Attempt:
    """Begin an attempt at a quiz, or come back to the open one. Raises Conflict where none is left.

    The layouts are secrets: `rng` is SystemRandom but in tests.
    """
    return begin(user_id, quiz, step_id, partial(_prepare, rng=rng))


def begin(user_id: int, quiz: Quiz, step_id: int, prepare: Prepare) -> Attempt:
    """Begin an attempt that `prepare` makes, or come back to the open one. Raises Conflict where none is left."""
    learner = eligibility(user_id, quiz, step_id)
    if not learner.decision.may:
        raise Conflict(learner.decision.sentence)
    return learner.open_attempt or _begin(user_id, quiz, step_id, learner, prepare(quiz))


def _begin(user_id: int, quiz: Quiz, step_id: int, learner: Eligibility, prepared: Prepared) -> Attempt:
    row = {
        "id": new_id(int(learner.at.timestamp() * 1000)),
        "user_id": user_id,
        "quiz_id": quiz.id,
        "step_id": step_id,
        "number": len(learner.tried) + 1,
        "state": AttemptState.OPEN,
        "quiz_revision": quiz.revision,
        "pass_percent": prepared.pass_mark,
        "started_at": learner.at,
        "max_num": prepared.possible.numerator,
        "max_den": prepared.possible.denominator,
        "terms": prepared.terms and prepared.terms.to_json(),
        "deadline_at": learner.deadline if prepared.terms and prepared.is_timed else None,
    }
    if _inserted(row):
        db.session.add_all(prepared.rows(str(row["id"])))
        db.session.flush()
    # Where another tab was quicker, the open attempt is that one.
    attempt = eligibility(user_id, quiz, step_id).open_attempt
    if attempt is None:
        raise Conflict(f"This {quiz.kind} was just submitted in another window. Open it again.")
    return attempt


def _prepare(quiz: Quiz, rng: Random) -> Prepared:
    """The questions of a quiz, drawn and laid out. Raises Conflict for a quiz that has none."""
    settings = QuizSettings.from_json(quiz.settings)
    revisions = _draw(quiz, settings, rng)
    possible = sum((asked(revision).question.points for revision in revisions), Fraction(0))
    lay_out = partial(_lay_out, revisions=revisions, settings=settings, rng=rng)
    return Prepared(possible, settings.pass_mark, lay_out, terms_of(settings))


def _draw(quiz: Quiz, settings: QuizSettings, rng: Random) -> list[int]:
    """The revisions to ask, in order. Raises Conflict for a quiz that has none."""
    chosen = _choose(quiz, settings, rng, dropped_questions())
    rows = db.session.execute(select(Question.id, Question.revision_id).where(Question.id.in_(chosen)))
    current = {name: revision for name, revision in rows if revision is not None}
    if not current:
        raise Conflict("This quiz has no questions yet.")
    return [current[name] for name in chosen if name in current]


def _choose(quiz: Quiz, settings: QuizSettings, rng: Random, dropped: Collection[str]) -> tuple[str, ...]:
    pools: Mapping[str, Sequence[str]] = quiz.content.get("pools", {})
    return rules.choose_items(settings, quiz.pool, pools, rng, dropped)


def _lay_out(
    attempt_id: str, revisions: Sequence[int], settings: QuizSettings, rng: Random
) -> list[AttemptItem]:
    return [
        AttemptItem(
            attempt_id=attempt_id,
            position=position,
            revision_id=revision,
            layout=rules.lay_out(asked(revision).question, rng, settings.shuffles_options).to_json(),
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
