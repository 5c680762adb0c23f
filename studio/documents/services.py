"""Documents brought into a course: kept for a day, looked over, made drafts of once."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

from sqlalchemy import select, update

from core.clock import now
from core.database import db, transaction
from core.errors import Conflict, InvalidInput, NotFound, Unavailable
from core.ids import crockford
from core.storage import media
from publishing.media import key_of
from publishing.models import ContentFile, ContentRevision
from studio.documents import outline_text
from studio.documents.models import DocumentImport, ImportedPicture
from studio.documents.rules import Document, Part, Picture, body, slug_of, split, usual_level
from studio.drafts import services as drafts

KEPT = timedelta(days=1)
GONE = "There is no such import. What was brought is kept for a day; bring it again."
MADE = "Drafts were made of these documents already."
NO_ROOM = "Pictures cannot be kept at the moment. Nothing was changed. Try again in some minutes."


@dataclass(frozen=True)
class Chosen:
    """One lesson as it was confirmed: its part, title and slug."""

    part: Part
    title: str
    slug: str


def announce(course: str, by: int, read: Sequence[tuple[Document, Sequence[Picture]]]) -> DocumentImport:
    """Keep what was read, with a row for each picture that is to be stored."""
    brought = DocumentImport(id=crockford(26), course=course, made_by=by, documents=[], ends_at=now() + KEPT)
    db.session.add(brought)
    db.session.flush()
    pictures = [picture for _, each in read for picture in each]
    first = 0
    documents = []
    for document, own in read:
        documents.append(asdict(_renumbered(document, first)))
        first += len(own)
    brought.documents = documents
    for place, picture in enumerate(pictures):
        facts = {"key": f"imports/{crockford(26)}", "ending": picture.ending, "sha256": picture.sha256}
        db.session.add(ImportedPicture(import_id=brought.id, place=place, **facts))
    db.session.flush()
    return brought


def _renumbered(document: Document, first: int) -> Document:
    """Pictures are counted through all documents of an import."""
    blocks = (
        replace(each, picture=each.picture + first) if each.picture >= 0 else each for each in document.blocks
    )
    return replace(document, blocks=tuple(blocks))


def store(keys: Sequence[str], pictures: Sequence[Picture]) -> None:
    """Write the pictures, without a transaction. Raises Unavailable where the storage fails."""
    try:
        for key, picture in zip(keys, pictures, strict=True):
            media().put(key, picture.data)
    except OSError as error:
        raise Unavailable(NO_ROOM) from error


def find_import(import_id: str, course: str, by: int) -> DocumentImport:
    """The person's own import into this course. Raises NotFound."""
    mine = select(DocumentImport).filter_by(id=import_id, course=course, made_by=by)
    found = db.session.scalar(mine.where(DocumentImport.ends_at > now()))
    if found is None:
        raise NotFound(GONE)
    return found


def pictures_of(import_id: str) -> list[ImportedPicture]:
    query = select(ImportedPicture).filter_by(import_id=import_id).order_by(ImportedPicture.place)
    return list(db.session.scalars(query))


def parts_of(brought: DocumentImport, level: int | None) -> list[Part]:
    """The lessons that all its documents make, cut at this level, or each at its own where none was chosen."""
    documents = [Document.of(json.loads(json.dumps(each))) for each in brought.documents]
    return [part for each in documents for part in split(each, usual_level(each) if level is None else level)]


def course_text(course: str) -> tuple[int, str]:
    """The course's file as it is being written: the number of its save, and the text."""
    return drafts.text_of(f"courses/{course}/course.md")


def free_slugs(course: str, titles: Sequence[str]) -> list[str]:
    """A slug for each title that no step of the course has, and none of the others."""
    taken = outline_text.slugs_of(course_text(course)[1])
    chosen: list[str] = []
    for title in titles:
        chosen.append(slug_of(title, [*taken, *chosen]))
    return chosen


def place_pictures(pictures: Sequence[ImportedPicture]) -> None:
    """Copy the pictures to where media lie, without a transaction: the same bytes are there but once."""
    try:
        for picture in pictures:
            media().put(key_of(path_of("", picture), data := media().read(picture.key)), data)
    except OSError as error:
        raise Unavailable(NO_ROOM) from error


def path_of(course: str, picture: ImportedPicture) -> str:
    """Where a picture stands in the bundle."""
    return f"media/{course}/picture-{picture.sha256[:12]}.{picture.ending}"


def make_drafts(
    brought: DocumentImport, module: str, chosen: Sequence[Chosen], alts: Sequence[str], by: int
) -> None:
    """A draft for each lesson, and the steps in the draft of the course. Raises Conflict for a second press,
    InvalidInput for a slug that is taken or a module that takes none."""
    _finish(brought)
    course = brought.course
    number, text = course_text(course)
    _require_free([each.slug for each in chosen], outline_text.slugs_of(text))
    pictures = pictures_of(brought.id)
    paths = [path_of(course, picture) for picture in pictures]
    for each in chosen:
        front = f'---\ntitle: {json.dumps(each.title, ensure_ascii=False)}\nsummary: ""\n---\n\n'
        path = f"courses/{course}/lessons/{each.slug}.md"
        drafts.save(path, front + body(each.part, paths, alts), 0, by)
    changed = outline_text.with_lessons(text, module, [each.slug for each in chosen])
    drafts.save(f"courses/{course}/course.md", changed, number, by)
    used = {block.picture for each in chosen for block in each.part.pictures}
    _keep_pictures([picture for picture in pictures if picture.place in used], course, by)


def _finish(brought: DocumentImport) -> None:
    """Of two presses at once the database lets one through."""
    open_ = update(DocumentImport).where(
        DocumentImport.id == brought.id, DocumentImport.finished_at.is_(None)
    )
    if db.session.execute(open_.values(finished_at=now()).returning(DocumentImport.id)).first() is None:
        raise Conflict(MADE)


def _require_free(slugs: Sequence[str], taken: set[str]) -> None:
    for place, slug in enumerate(slugs):
        if slug in taken or slug in slugs[:place]:
            raise InvalidInput(
                f"“{slug}” is the address of another step of this course. Choose another one.", "slug"
            )


def _keep_pictures(pictures: Sequence[ImportedPicture], course: str, by: int) -> None:
    """Pictures are media of the school at once; learners see them when a lesson that shows them is published."""
    known = set(
        db.session.scalars(select(ContentFile.path).where(ContentFile.path.like(f"media/{course}/%")))
    )
    for picture in pictures:
        path = path_of(course, picture)
        if path in known:
            continue
        file = ContentFile(path=path, sha256=picture.sha256, revision=1, rendered_from="")
        db.session.add(file)
        db.session.flush()
        key = f"media/{picture.sha256}.{picture.ending}"
        facts = {
            "sha256": picture.sha256,
            "storage_key": key,
            "made_at": now(),
            "made_by": by,
            "reason": "document",
        }
        db.session.add(ContentRevision(file_id=file.id, number=1, content=None, **facts))
    db.session.flush()


def sweep() -> None:
    """Delete what has ended: the bytes first, then the rows. What fails waits for the next time."""
    ended = select(ImportedPicture.id, ImportedPicture.key).join(DocumentImport)
    rows = db.session.execute(ended.where(DocumentImport.ends_at < now())).all()
    db.session.rollback()  # No transaction is open while the storage is spoken to.
    for picture_id, key in rows:
        try:
            media().delete(key)
        except OSError:
            continue
        with transaction() as session:
            if gone := session.get(ImportedPicture, picture_id):
                session.delete(gone)
    with transaction() as session:
        left = select(ImportedPicture.id).where(ImportedPicture.import_id == DocumentImport.id).exists()
        for old in session.scalars(select(DocumentImport).where(DocumentImport.ends_at < now(), ~left)):
            session.delete(old)
