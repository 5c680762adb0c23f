"""Files of works: kept under random names, sent to those who may read the work, deleted when they are erased."""

import hashlib
import logging
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

from sqlalchemy import select

from core import jobs
from core.clock import now
from core.config import current_config
from core.database import after_commit, db, transaction
from core.errors import Conflict, InvalidInput, NotFound, Unavailable
from core.ids import crockford
from core.storage import media
from marking.files import MOST_FILES, Brought
from marking.models import Work, WorkFile, WorkVersion
from marking.rules import WITH_ITS_AUTHOR
from quizzes import rules
from quizzes.assignment_text import is_of_assignment
from quizzes.models import Attempt, AttemptItem
from quizzes.reads import asked
from quizzes.rules import AttemptStep
from quizzes.saving import FINAL, LEFT, OVERDUE
from quizzes.services import find_attempt
from quizzes.terms import is_overdue

log = logging.getLogger(__name__)
ON_THE_WAY = timedelta(minutes=10)  # a file that belongs to nobody may still be on its way in
FREE_SPACE = 200_000_000  # bytes that stay free on the disk
NO_ROOM = "Files cannot be taken at the moment. Your text is not concerned. Try again in an hour."
NOT_NOW = "This file cannot be read at the moment. It is not lost. Try again in some minutes."
NO_FILE = "There is no such file. It may have been taken out."
DAMAGED = "This file was damaged where it is kept and is not sent. Its author can send it again."
FULL = f"There are {MOST_FILES} files already. Take one out first."
NO_FILES_HERE = "This question takes no file."


def register() -> None:
    """Let the worker delete, twice an hour, what was erased or never arrived."""
    jobs.periodic("erased-files", timedelta(minutes=30), sweep)


def announce(position: int, brought: Brought) -> str:
    """Write the row of a file that is to be stored, and give its key. It belongs to nobody yet, so that whatever
    happens now, the job finds and deletes it. Raises Unavailable where there is no room."""
    _require_room(len(brought.data))
    file = WorkFile(
        position=position, key=f"works/{crockford(26)}", name=brought.name, mime=brought.mime, in_draft=False,
        size=len(brought.data), sha256=hashlib.sha256(brought.data).hexdigest(), brought_at=now(),
    )  # fmt: skip
    db.session.add(file)
    db.session.flush()
    return file.key


def store(key: str, data: bytes) -> None:
    """Write the bytes, without a transaction. Raises Unavailable where the disk or the supplier fails."""
    try:
        media().put(key, data)
    except OSError as error:
        raise Unavailable(NO_ROOM) from error


def require_place(user_id: int, attempt_id: str, position: int) -> None:
    """Whether a file may be brought there now: asked before it is read, and again when its row is written.

    Raises NotFound for a stranger's attempt, Conflict where it is closed or full, InvalidInput where none is asked.
    """
    attempt, item = find_attempt(user_id, attempt_id), db.session.get(AttemptItem, (attempt_id, position))
    if item is None:
        raise NotFound(NO_FILE)
    rules.next_state(attempt.state, AttemptStep.SAVE)
    question = asked(item.revision_id).question
    if question.kind != "file" and not is_of_assignment(question):
        raise InvalidInput(NO_FILES_HERE)
    _require_changeable(attempt, item)
    if len(draft_files(attempt_id, position)) >= MOST_FILES:
        raise Conflict(FULL)


def _require_changeable(attempt: Attempt, item: AttemptItem) -> None:
    for is_so, sentence in (
        (is_overdue(attempt.deadline_at, now()), OVERDUE),
        (item.final_at is not None, FINAL),
        (item.position < attempt.reached, LEFT),
    ):
        if is_so:
            raise Conflict(sentence)


def keep(user_id: int, attempt_id: str, position: int, key: str) -> WorkFile:
    """Put a file that is stored to its answer. Raises as require_place."""
    _lock(attempt_id)
    require_place(user_id, attempt_id, position)
    file = db.session.scalars(select(WorkFile).filter_by(key=key)).one()
    file.attempt_id, file.in_draft = attempt_id, True
    db.session.flush()
    _answer_with(attempt_id, position)
    return file


def let_go(key: str) -> None:
    """Delete the bytes of a file that no answer took; where that fails the job does it."""
    with suppress(OSError):
        media().delete(key)


def take_out(user_id: int, attempt_id: str, file_id: int) -> int:
    """Take a file out of a draft; gives the question's position. One that was handed in before stays with that
    version. Raises NotFound, and Conflict once the attempt is closed or the answer final or left."""
    _lock(attempt_id)
    attempt = find_attempt(user_id, attempt_id)
    file = find_file(attempt_id, file_id)
    rules.next_state(attempt.state, AttemptStep.SAVE)
    _require_changeable(attempt, db.session.get_one(AttemptItem, (attempt_id, file.position)))
    file.in_draft = False
    if file_id not in _held_by_versions(attempt_id):
        _doom([file])
    db.session.flush()
    _answer_with(attempt_id, file.position)
    return file.position


def draft_files(attempt_id: str, position: int) -> list[WorkFile]:
    """The files that stand with an answer now, in the order in which they came."""
    query = select(WorkFile).filter_by(attempt_id=attempt_id, position=position, in_draft=True)
    return list(db.session.scalars(query.order_by(WorkFile.id)))


def files_named(attempt_id: str, ids: Sequence[int]) -> list[WorkFile]:
    """The files of a version."""
    query = select(WorkFile).where(WorkFile.attempt_id == attempt_id, WorkFile.id.in_(ids))
    return list(db.session.scalars(query.order_by(WorkFile.id)))


def find_file(attempt_id: str, file_id: int) -> WorkFile:
    """The file, if it belongs to this attempt. Raises NotFound."""
    file = db.session.scalar(select(WorkFile).filter_by(attempt_id=attempt_id, id=file_id))
    if file is None:
        raise NotFound(NO_FILE)
    return file


def is_gone(file_id: int) -> bool:
    """Whether no answer holds the file any more."""
    file = db.session.get(WorkFile, file_id)
    return file is None or file.attempt_id is None


def find_handed_in(work: Work, file_id: int) -> WorkFile:
    """The file as markers may have it: not one that its author has only drafted. Raises NotFound."""
    file = find_file(work.attempt_id, file_id)
    if work.state in WITH_ITS_AUTHOR and file_id not in _held_by_versions(work.attempt_id):
        raise NotFound(NO_FILE)
    return file


def read(file: WorkFile) -> bytes:
    """The bytes as they came. Raises NotFound where they are gone, Unavailable where they are not the same."""
    try:
        data = media().read(file.key)
    except FileNotFoundError:
        raise NotFound(NO_FILE) from None
    except OSError as error:
        raise Unavailable(NOT_NOW) from error
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise Unavailable(DAMAGED)
    return data


def erase_all(attempt_id: str) -> None:
    """Delete the files of an attempt, all versions'."""
    _doom(list(db.session.scalars(select(WorkFile).filter_by(attempt_id=attempt_id))))
    db.session.flush()


def sweep() -> None:
    """Delete files that belong to no attempt, then their rows. One that fails waits for the next time."""
    lost = WorkFile.attempt_id.is_(None) & (WorkFile.brought_at < now() - ON_THE_WAY)
    rows = db.session.execute(select(WorkFile.id, WorkFile.key).where(lost)).all()
    db.session.rollback()  # No transaction is open while the storage is spoken to.
    for file_id, key in rows:
        try:
            media().delete(key)
        except OSError:
            log.warning("an erased file could not be deleted; it is tried again", exc_info=True)
            continue
        with transaction() as session:
            if gone := session.get(WorkFile, file_id):
                session.delete(gone)


def _doom(files: Iterable[WorkFile]) -> None:
    """Let go of files. They are deleted after the commit, or by the job where that fails."""
    for file in files:
        file.attempt_id, file.in_draft = None, False
        after_commit(partial(media().delete, file.key))


def _held_by_versions(attempt_id: str) -> set[int]:
    lists = db.session.scalars(select(WorkVersion.files).filter_by(attempt_id=attempt_id))
    return {file_id for ids in lists for file_id in ids}


def _answer_with(attempt_id: str, position: int) -> None:
    """A file question's answer names its files; an assignment's is put together when it is handed in."""
    item = db.session.get_one(AttemptItem, (attempt_id, position), populate_existing=True)
    if asked(item.revision_id).question.kind == "file":
        keys = [file.key for file in draft_files(attempt_id, position)]
        item.answer = {"files": keys} if keys else None
        item.saved_at, item.seq = now(), max(item.seq + 1, int(now().timestamp() * 1000))
        db.session.flush()


def _lock(attempt_id: str) -> None:
    """Two files at once are counted one after the other, and none comes in beside a submission."""
    db.session.execute(select(Attempt.id).where(Attempt.id == attempt_id).with_for_update())


def _require_room(size: int) -> None:
    parts = urlsplit(current_config().media_url)
    if parts.scheme == "file" and shutil.disk_usage(current_config().instance).free < FREE_SPACE + size:
        raise Unavailable(NO_ROOM)
