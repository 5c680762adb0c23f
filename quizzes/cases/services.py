"""Beginning a play and choosing in it. Choices of one play take turns; what was chosen is never changed."""

import hmac
from collections.abc import Iterable
from fractions import Fraction

from sqlalchemy import select

from core.clock import now
from core.config import current_config
from core.database import db, insert_once
from core.errors import Conflict
from quizzes import closing, services
from quizzes.cases.case import MOST
from quizzes.cases.play import Play, replay
from quizzes.cases.reads import edition
from quizzes.models import Attempt, CasePlay, CaseStep, Quiz
from quizzes.reads import no_such_attempt
from quizzes.rules import AttemptStep, next_state
from quizzes.services import Prepared

TOKEN_LENGTH = 12
CHOSEN_ALREADY = (
    "You chose already in that scene, and your first choice stands. This is where the case is now."
)
OUT_OF_STEP = "That form was for another scene. This is where the case is now."
NOT_OFFERED = "Choose one of the ways that are shown, then go on."


def start(user_id: int, quiz: Quiz, step_id: int) -> Attempt:
    """Begin a play of a case, or come back to the open one. Raises Conflict where none is left."""
    return services.begin(user_id, quiz, step_id, _prepare)


def tokens(attempt_id: str, position: int, offered: Iterable[int]) -> dict[str, int]:
    """The choices as a form names them, in the order in which it shows them.

    Authors write the best one first more often than not, so both names and order come from a secret.
    """
    key = current_config().secret_key.encode()
    named = {_token(key, f"case:{attempt_id}:{position}:{index}"): index for index in offered}
    return dict(sorted(named.items()))


def choose(user_id: int, attempt_id: str, position: int, token: str) -> Play:
    """Make the choice at `position` (from 1); the same one again changes nothing, the last one closes the attempt.

    Raises NotFound for a play of somebody else, Conflict for another choice in a scene that was left.
    """
    attempt = _locked(user_id, attempt_id)
    play = _play_of(attempt)
    if position <= len(play.turns):
        return _as_chosen(attempt_id, play, position, token)
    next_state(attempt.state, AttemptStep.SAVE)
    if position > len(play.turns) + 1:
        raise Conflict(OUT_OF_STEP)
    index = tokens(attempt_id, position, play.offered).get(token)
    if index is None:
        raise Conflict(NOT_OFFERED)
    played = play.choose(index)
    _write_down(attempt_id, position, played)
    if played.is_over:
        _close(attempt, played)
    return played


def _prepare(quiz: Quiz) -> Prepared:
    revision_id = int(quiz.content["revision"])
    mark = edition(revision_id).case.pass_mark
    return Prepared(Fraction(MOST), mark, lambda attempt_id: [_play(attempt_id, revision_id)])


def _play(attempt_id: str, revision_id: int) -> CasePlay:
    return CasePlay(attempt_id=attempt_id, revision_id=revision_id)


def _token(key: bytes, name: str) -> str:
    return hmac.new(key, name.encode(), "sha256").hexdigest()[:TOKEN_LENGTH]


def _locked(user_id: int, attempt_id: str) -> Attempt:
    """The attempt, held until the end of the transaction. (On SQLite all writers take turns anyway.)"""
    query = select(Attempt).filter_by(id=attempt_id, user_id=user_id).with_for_update()
    attempt = db.session.scalar(query.execution_options(populate_existing=True))
    if attempt is None:
        raise no_such_attempt()
    return attempt


def _play_of(attempt: Attempt) -> Play:
    begun = db.session.get(CasePlay, attempt.id)
    if begun is None:
        raise no_such_attempt()
    made = select(CaseStep.choice).filter_by(attempt_id=attempt.id).order_by(CaseStep.position)
    return replay(edition(begun.revision_id).case, db.session.scalars(made))


def _as_chosen(attempt_id: str, play: Play, position: int, token: str) -> Play:
    if position < 1:
        raise Conflict(OUT_OF_STEP)
    turn = play.turns[position - 1]
    if tokens(attempt_id, position, turn.offered).get(token) != turn.index:
        raise Conflict(CHOSEN_ALREADY)
    return play


def _write_down(attempt_id: str, position: int, play: Play) -> None:
    turn = play.turns[-1]
    row = {
        "attempt_id": attempt_id,
        "position": position,
        "scene": turn.scene.id,
        "choice": turn.index,
        "score": turn.score,
        "states": dict(turn.states),
        "chosen_at": now(),
    }
    if not insert_once(CaseStep, row, ("attempt_id", "position")):
        raise Conflict(CHOSEN_ALREADY)


def _close(attempt: Attempt, play: Play) -> None:
    """The play is over: its points stand, and a pass completes the step."""
    attempt.state = next_state(attempt.state, AttemptStep.SUBMIT)
    attempt.submitted_at = now()
    attempt.points_num, attempt.points_den = play.points, 1
    attempt.percent, attempt.passed = play.points, play.passed
    db.session.flush()
    closing.log_grade(attempt, "machine", [])
    closing.tell_marked(attempt)
    closing.complete(attempt)
