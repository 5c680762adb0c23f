"""What an author does with a work: begin, hand in, erase. The door opens the transaction; these flush."""

from functools import partial
from random import Random

from sqlalchemy import delete, select

from core.clock import now
from core.database import Base, db
from core.errors import Conflict, InvalidInput
from courses.services import find_step
from marking import mails, uploads
from marking.models import Mark, Work, WorkVersion
from marking.rules import IN_THE_QUEUE, WorkState, WorkStep, next_state
from marking.services import own_work, work_under_way
from quizzes import closing, kept, rules
from quizzes.models import Attempt, AttemptItem, Quiz
from quizzes.presentation import texts
from quizzes.quiz_settings import QuizSettings
from quizzes.reads import Item, asked
from quizzes.rules import AttemptState
from quizzes.services import Prepared, begin
from quizzes.terms import terms_of

UNDER_WAY = "Your work is being marked. Another one can begin when its mark is here."
NOT_PUBLISHED = "This assignment is not ready yet. Come back a little later."
CONFIRM = "Confirm that your work names no client and shows no photograph of one."
NOTHING = "There is nothing to hand in yet. Write your work, or add a file."
ONLY = 1  # the position of an assignment's only question


def start(user_id: int, quiz: Quiz, step_id: int, rng: Random) -> Attempt:
    """Begin an attempt at an assignment, or come back to the open one. Raises Conflict where none may begin."""
    if work_under_way(user_id, quiz.id) is not None:
        raise Conflict(UNDER_WAY)
    course_id = find_step(step_id).course_id
    return begin(user_id, quiz, step_id, partial(_prepare, user_id=user_id, course_id=course_id, rng=rng))


def _prepare(quiz: Quiz, user_id: int, course_id: int, rng: Random) -> Prepared:
    revision = quiz.content.get("revision")
    if revision is None:
        raise Conflict(NOT_PUBLISHED)
    settings, question = QuizSettings.from_json(quiz.settings), asked(revision).question
    layout, text = rules.lay_out(question, rng, shuffle=False).to_json(), _last_text(user_id, quiz.id)

    def rows(attempt_id: str) -> list[Base]:
        item = AttemptItem(
            attempt_id=attempt_id,
            position=ONLY,
            revision_id=revision,
            layout=layout,
            answer={"text": [text]} if text else None,
            flagged=False,
        )
        return [item, Work(attempt_id=attempt_id, course_id=course_id, state=WorkState.DRAFT)]

    return Prepared(question.points, settings.pass_mark, rows, terms_of(settings), is_timed=False)


def _last_text(user_id: int, quiz_id: int) -> str:
    """What another attempt begins from: the text that was handed in last, if it was marked and did not pass."""
    query = (
        select(Work.state, Attempt.passed, WorkVersion.text)
        .join(Attempt, Attempt.id == Work.attempt_id)
        .join(WorkVersion, WorkVersion.attempt_id == Work.attempt_id)
        .where(Attempt.user_id == user_id, Attempt.quiz_id == quiz_id)
        .order_by(Attempt.number.desc(), WorkVersion.number.desc())
    )
    state, passed, text = db.session.execute(query).first() or (None, None, "")
    return text if state is WorkState.MARKED and not passed else ""


def hand_in(user_id: int, attempt_id: str, confirmed: bool) -> Work:
    """Hand in what was saved, once: a second click finds the first. `confirmed`: no client is named or shown.

    Raises InvalidInput where nothing is there or nothing was confirmed, Conflict for a work that is marked.
    """
    work = own_work(user_id, attempt_id, locked=True)
    if work.state in IN_THE_QUEUE:
        return work
    state = next_state(work.state, WorkStep.HAND_IN)
    if not confirmed:
        raise InvalidInput(CONFIRM, "confirmed")
    version = _freeze(attempt_id, work.version)
    closing.submit(user_id, attempt_id)
    db.session.add(version)
    work.state, work.handed_in_at = state, version.handed_in_at
    db.session.flush()
    mails.receipt(work)
    mails.back_to_marker(work)
    return work


def _freeze(attempt_id: str, number: int) -> WorkVersion:
    """The version that is handed in; the answer holds its files too, so that it says all that was given."""
    db.session.get_one(Attempt, attempt_id, with_for_update=True)  # Savers wait from here on.
    item = db.session.get_one(AttemptItem, (attempt_id, ONLY), populate_existing=True)
    text, files = draft_text(item), uploads.draft_files(attempt_id, ONLY)
    if not (text.strip() or files):
        raise InvalidInput(NOTHING)
    item.answer = {"text": [text], "files": [file.key for file in files]}
    db.session.flush()
    at, ids = now(), [file.id for file in files]
    return WorkVersion(
        attempt_id=attempt_id, number=number, text=text, files=ids, confirmed_at=at, handed_in_at=at
    )


def draft_text(item: AttemptItem | Item) -> str:
    """The text of an answer in words as it was saved; empty where there is none."""
    return next(iter(texts(item.answer, "text")), "")


def erase(user_id: int, attempt_id: str, rng: Random) -> Work:
    """Take back all that was handed in or written. The attempt is open and empty. Raises Conflict once it is
    marked."""
    work = own_work(user_id, attempt_id, locked=True)
    state = next_state(work.state, WorkStep.ERASE)
    attempt = db.session.get_one(Attempt, attempt_id, with_for_update=True)
    _require_an_assignment(attempt)
    _empty(work, rng)
    work.state = state
    if attempt.state != AttemptState.OPEN:
        closing.reopen(attempt)
    db.session.flush()
    return work


def _empty(work: Work, rng: Random) -> None:
    """Delete all that the work holds. Its field has another name from now on: what a tab still holds from before is
    refused by it (quizzes.sending), and does not bring the text back."""
    for table in (Mark, WorkVersion):
        db.session.execute(delete(table).where(table.attempt_id == work.attempt_id))
    uploads.erase_all(work.attempt_id)
    kept.forget(f"/attempts/{work.attempt_id}")
    item = db.session.get_one(AttemptItem, (work.attempt_id, ONLY), populate_existing=True)
    item.answer, item.saved_at, item.certainty, item.flagged = None, None, None, False
    item.layout = rules.lay_out(asked(item.revision_id).question, rng, shuffle=False).to_json()
    item.seq = max(item.seq + 1, int(now().timestamp() * 1000))
    work.handed_in_at, work.second_id, work.note = None, None, ""


def _require_an_assignment(attempt: Attempt) -> None:
    if db.session.get_one(Quiz, attempt.quiz_id).kind != "assignment":
        raise Conflict("Answers of a quiz that was handed in are not taken back.")
