"""Drafts: opened from what is published, saved under numbers, discarded. What docs/studio.md guarantees of them."""

from sqlalchemy import Select, delete, select, update

from core.clock import now
from core.database import db, insert_once
from core.errors import Conflict, InvalidInput, NotFound
from publishing.bundle import course_of
from publishing.merging import Merged, merge
from publishing.models import ContentFile, ContentRevision
from studio.drafts.models import Draft, DraftSave
from studio.drafts.rules import KEPT_SAVES, DraftState


class Overtaken(Conflict):
    """A save that was made from an older text than the newest: nothing was written.

    `number` and `text` are the newest there is, `merged` both changes in one text, to be looked over and saved from
    `number`.
    """

    def __init__(self, number: int, text: str, merged: Merged) -> None:
        super().__init__("This text was changed meanwhile. Look over both changes, and save again.")
        self.number, self.text, self.merged = number, text, merged


def find_draft(path: str) -> Draft | None:
    """The open draft of a file, or None."""
    return db.session.scalar(_open().where(Draft.path == path))


def drafts_in(course: str) -> list[Draft]:
    """The open drafts of a course's files, by path."""
    return list(db.session.scalars(_open().where(Draft.course == course).order_by(Draft.path)))


def open_paths() -> set[str]:
    """The paths of all open drafts."""
    return set(db.session.scalars(select(Draft.path).where(Draft.closed_at.is_(None))))


def published_text(path: str) -> tuple[int, str]:
    """The newest revision of a published text file and what it holds; 0 and nothing where there is none."""
    query = (
        select(ContentFile.revision, ContentRevision.content)
        .join(ContentRevision, ContentRevision.file_id == ContentFile.id)
        .where(ContentRevision.number == ContentFile.revision)
        .where(ContentFile.path == path, ContentFile.removed_at.is_(None))
    )
    row = db.session.execute(query).one_or_none()
    return (0, "") if row is None else (row[0], (row[1] or b"").decode())


def text_of(path: str) -> tuple[int, str]:
    """What the editor shows of a file: the number of its newest save (0 where nobody has begun a draft) and the text.
    Raises NotFound where there is neither a draft nor a published file."""
    draft = find_draft(path)
    if draft is not None:
        return draft.number, draft.text
    revision, text = published_text(path)
    if not revision:
        raise NotFound("There is no such text.")
    return 0, text


def save(path: str, text: str, made_from: int, by: int) -> Draft:
    """Keep the text as the next save of the file's draft; the first one begins the draft.

    `made_from` is the number of the save that the writer had before them, 0 for what is published. A text that is the
    newest one already gets no number. Raises Overtaken where another save, or a publication, came in between;
    InvalidInput for a character that no text may hold.
    """
    if "\0" in text:
        raise InvalidInput("The text holds a NUL character. Take it out and save again.")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    draft = find_draft(path) or (_begin(path, text, by) if made_from == 0 else None)
    if draft is not None and draft.text == text:
        return draft
    if draft is None or not _take_number(draft, made_from, text, by):
        raise _overtaken(path, text, made_from)
    _keep(draft)
    return draft


def catch_up(draft: Draft, by: int) -> bool:
    """Merge what was published since the draft began into it, as its next save; False where nothing was."""
    revision, published = published_text(draft.path)
    if revision == draft.base_revision:
        return False
    merged = merge(draft.base_text, draft.text, published)
    if not _take_number(draft, draft.number, merged.text, by):
        raise Conflict("This text was saved again meanwhile. Look it over, and publish then.")
    draft.base_revision, draft.base_text = revision, published
    _keep(draft)
    return True


def close(draft: Draft) -> None:
    """The draft was published, or taken back; its saves are kept for a while, and the next one begins anew."""
    draft.closed_at = now()
    db.session.flush()


def discard(draft: Draft) -> None:
    """Take the draft back."""
    close(draft)


def _open() -> Select[Draft]:
    return select(Draft).where(Draft.closed_at.is_(None))


def _begin(path: str, text: str, by: int) -> Draft | None:
    """The draft with this text as a save of its own; the one of somebody else who began at the same moment."""
    revision, published = published_text(path)
    facts = {
        "base_revision": revision, "base_text": published, "text": text, "state": DraftState.WRITING,
        "made_at": now(), "saved_at": now(), "saved_by": by, "closed_at": None,
    }  # fmt: skip
    is_new = insert_once(Draft, {"path": path, "course": course_of(path), "number": 1, **facts}, ("path",))
    again = update(Draft).where(Draft.path == path, Draft.closed_at.is_not(None))
    if not is_new:
        opening = again.values(number=Draft.number + 1, **facts).returning(Draft.id)
        is_new = db.session.execute(opening).first() is not None
    draft = find_draft(path)
    if is_new and draft is not None:
        _keep(draft)
    return draft


def _take_number(draft: Draft, made_from: int, text: str, by: int) -> bool:
    """Whether the next number was free: of two saves at once the database lets one through."""
    taking = (
        update(Draft)
        .where(Draft.id == draft.id, Draft.number == made_from, Draft.closed_at.is_(None))
        .values(number=made_from + 1, text=text, state=DraftState.WRITING, saved_at=now(), saved_by=by)
    )
    taken = db.session.execute(taking.returning(Draft.id)).first() is not None
    db.session.refresh(draft)
    return taken


def _keep(draft: Draft) -> None:
    """The draft's newest save, beside those before it; of very many the oldest ones go."""
    row = {"number": draft.number, "text": draft.text, "saved_at": draft.saved_at, "saved_by": draft.saved_by}
    db.session.add(DraftSave(draft_id=draft.id, **row))
    oldest = DraftSave.number <= draft.number - KEPT_SAVES
    db.session.execute(delete(DraftSave).where(DraftSave.draft_id == draft.id, oldest))
    db.session.flush()


def _overtaken(path: str, text: str, made_from: int) -> Overtaken:
    """What stands there now, and both changes since the text that the writer had before them."""
    draft, kept = find_draft(path), select(DraftSave.text).join(Draft).where(Draft.path == path)
    published = published_text(path)[1]
    number, newest = (draft.number, draft.text) if draft else (0, published)
    began_from = draft.base_text if draft else published
    before = db.session.scalar(kept.where(DraftSave.number == made_from)) if made_from else None
    base = began_from if before is None else before
    return Overtaken(number, newest, merge(base, text, newest))
