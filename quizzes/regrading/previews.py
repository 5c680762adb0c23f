"""Previews of regrades: asked for, looked at chunk by chunk, kept for a day. No grade is written."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, or_, select, update

from core.clock import now
from core.database import db, transaction
from core.errors import Conflict, NotFound
from quizzes.json_form import from_json, to_json
from quizzes.models import Grade
from quizzes.reads import asked
from quizzes.regrading import reads
from quizzes.regrading.models import Regrade, RegradePreview
from quizzes.regrading.preview import Preview, effect_on
from quizzes.regrading.rules import Cause

KEPT_FOR = timedelta(days=1)
ONE_IN = 100  # previewed attempts may have changed since
NOT_WHOLE = "The preview is still being computed. Apply it once it is whole."


@dataclass(frozen=True)
class Chunk:
    """What the next attempts add: looked at after `after`, up to `reached`."""

    after: str
    reached: str
    found: Preview
    is_last: bool


def ask(question_id: str, cause: Cause, revision_id: int, reason: str) -> RegradePreview:
    """Begin a preview; nothing is looked at yet."""
    newest = db.session.scalar(select(func.max(Grade.id))) or 0
    row = RegradePreview(
        question_id=question_id, cause=cause, revision_id=revision_id, reason=reason, newest=newest, reached="",
        found=to_json(Preview()), asked_at=now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def find(preview_id: int, question_id: str) -> RegradePreview:
    """The preview, if it is of this question. Raises NotFound."""
    row = db.session.scalar(select(RegradePreview).filter_by(id=preview_id, question_id=question_id))
    if row is None:
        raise NotFound("There is no such preview. Previews are kept for a day: ask for another one.")
    return row


def found_in(row: RegradePreview) -> Preview:
    """What was found so far."""
    return from_json(Preview, row.found)


def unfinished() -> list[int]:
    """The previews that are not whole, the oldest first."""
    query = select(RegradePreview.id).where(RegradePreview.done_at.is_(None)).order_by(RegradePreview.id)
    return list(db.session.scalars(query))


def look_on(preview_id: int) -> Chunk | None:
    """Look at the next attempts; None where the preview is whole, or gone. Nothing is written, nobody waits."""
    row = db.session.get(RegradePreview, preview_id)
    if row is None or row.done_at is not None:
        return None
    revisions = reads.revisions_to_regrade(row.question_id, row.cause, row.revision_id)
    attempts = reads.attempts_asked(revisions, row.reached, reads.CHUNK)
    mended = asked(row.revision_id).question if row.cause is Cause.KEY else None
    found = found_in(row)
    for sheet in reads.sheets(attempts, revisions):
        found = found.plus(sheet, effect_on(sheet, mended))
    reached = attempts[-1] if attempts else row.reached
    return Chunk(row.reached, reached, found, len(attempts) < reads.CHUNK)


def keep(preview_id: int, chunk: Chunk) -> None:
    """Write down how far it is; of two who looked at the same attempts the first one counts."""
    going_on = update(RegradePreview).where(
        RegradePreview.id == preview_id,
        RegradePreview.reached == chunk.after,
        RegradePreview.done_at.is_(None),
    )
    done_at = now() if chunk.is_last else None
    db.session.execute(going_on.values(reached=chunk.reached, found=to_json(chunk.found), done_at=done_at))


def changed_since(row: RegradePreview) -> int:
    """How many attempts that it concerns were handed in or marked since it began, as the log of grades tells."""
    revisions = reads.revisions_to_regrade(row.question_id, row.cause, row.revision_id)
    return reads.count_graded_after(row.newest, revisions)


def require_whole(row: RegradePreview) -> None:
    """Raises Conflict for a preview that is still being computed."""
    if row.done_at is None:
        raise Conflict(NOT_WHOLE)


def applied(row: RegradePreview) -> Regrade | None:
    """The regrade that did, or does, what this preview tells; None where the preview is newer, or nothing was done."""
    is_newer = or_(Regrade.done_at.is_(None), Regrade.done_at >= row.asked_at)
    return db.session.scalar(reads.regrade_of(row.question_id, row.cause, row.revision_id).where(is_newer))


def is_stale(row: RegradePreview, changed: int) -> bool:
    """Whether so many changed since that another preview is needed."""
    return changed * ONE_IN > found_in(row).count.all


def sweep() -> None:
    """Take out the previews of more than a day ago; the job of each hour."""
    with transaction() as session:
        session.execute(delete(RegradePreview).where(RegradePreview.asked_at < now() - KEPT_FOR))
