"""Files come in: compared three-way with what they held the last time and with what stands, then published at once.

The guarantees are in docs/content-format.md, "In and out".
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from sqlalchemy import delete, select

from core import storage
from core.database import db, upsert
from core.errors import Conflict
from publishing import services
from publishing.bundle import Bundle, course_of, read_bundle
from publishing.entries import Side
from publishing.models import BroughtFile, ContentFile, ContentRevision
from publishing.services import BrokenBundle, Edition
from publishing.three_way import Change, Fate, Held, Sides, compare, counted, held, is_text

OVERTAKEN = "Something else was published meanwhile, so nothing was changed. Look at it again."
CONFLICTS = "The studio and the files changed the same places. Choose whose text stands."
Choices = Mapping[str, Side]  # by path
Standing = Mapping[str, Held]  # by path

_drafts: list[Callable[[], Collection[str]]] = []


@dataclass(frozen=True)
class Arrival:
    """Files that came, and what becomes of each path that they speak of. `drafted` are those of which a draft is open:
    it is merged with what is published before it can be published itself."""

    bundle: Bundle
    changes: tuple[Change, ...]
    standing: Standing
    is_part: bool
    drafted: frozenset[str]

    @property
    def open_conflicts(self) -> list[Change]:
        return [change for change in self.changes if change.is_open]

    @property
    def summary(self) -> str:
        return counted(Counter(change.fate for change in self.changes))

    @property
    def fingerprint(self) -> str:
        """Of all that was compared; another one means that what was looked at has changed since."""
        digest = hashlib.sha256()
        for change in self.changes:
            ours, theirs = (side.sha256 if side else "-" for side in (change.sides.ours, change.sides.theirs))
            digest.update(f"{change.path}\0{change.fate}\0{ours}\0{theirs}\n".encode())
        return digest.hexdigest()


def tell_drafts(paths: Callable[[], Collection[str]]) -> None:
    """Let a room above tell the paths of all open drafts."""
    _drafts.append(paths)


def look_at(files: dict[str, bytes], is_part: bool = False, choose: Choices | Side | None = None) -> Arrival:
    """What these files would do; nothing is changed. Raises BrokenBundle where a file cannot be read by itself.

    `is_part` says that of shared files they hold only some entries. `choose` settles conflicts, all or by path.
    """
    bundle, problems = read_bundle(files)
    if problems:
        # Of a part nobody knows by itself what its names lead to.
        raise BrokenBundle(problems if is_part else services.check(files))
    standing, brought = standing_files(), _brought()
    courses = bundle.course_slugs()
    paths = files.keys() | {path for path in standing.keys() | brought.keys() if course_of(path) in courses}
    changes = []
    for path in sorted(paths):
        theirs = held(files[path]) if path in files else None
        choice = choose if isinstance(choose, Side) else (choose or {}).get(path)
        changes.append(compare(path, Sides(brought.get(path), standing.get(path), theirs), is_part, choice))
    drafted = frozenset(path for paths_of in _drafts for path in paths_of())
    return Arrival(bundle, tuple(changes), standing, is_part, drafted)


def prepare(arrival: Arrival) -> Edition:
    """Check and render what would stand. Raises Conflict while a conflict is open, BrokenBundle for faults."""
    if arrival.open_conflicts:
        raise Conflict(CONFLICTS)
    return services.prepare(_outcome(arrival))


def take_over(arrival: Arrival, edition: Edition, by: int | None = None) -> None:
    """Publish it in the caller's transaction. Raises Conflict where something else was published since the look."""
    _wait_for_turn()
    if _hashes() != {path: each.sha256 for path, each in arrival.standing.items()}:
        raise Conflict(OVERTAKEN)
    services.publish(edition, by)
    _remember(arrival.changes)


def _outcome(arrival: Arrival) -> dict[str, bytes]:
    """The files to publish: those that came, and all that stands besides wherever one leans on the other."""
    files: dict[str, bytes] = {}
    if arrival.is_part or any(_is_of_studio(change) for change in arrival.changes):
        files = {path: each.read() for path, each in arrival.standing.items()}
    for change in arrival.changes:
        files.pop(change.path, None)
        if change.outcome is not None:
            files[change.path] = change.outcome.read()
    return files


def _is_of_studio(change: Change) -> bool:
    """Whether the studio has a part in what stands then."""
    return change.outcome is not None and change.fate in (Fate.KEPT, Fate.MERGED, Fate.CONFLICT)


def standing_files() -> Standing:
    """The newest revision of every file that is published."""
    query = (
        select(ContentFile.path, ContentFile.sha256, ContentRevision.content, ContentRevision.storage_key)
        .join(ContentRevision, ContentRevision.file_id == ContentFile.id)
        .where(ContentRevision.number == ContentFile.revision, ContentFile.removed_at.is_(None))
    )
    return {
        path: Held(sha256, partial(_read, content, key))
        for path, sha256, content, key in db.session.execute(query)
    }


def _hashes() -> dict[str, str]:
    query = select(ContentFile.path, ContentFile.sha256).where(ContentFile.removed_at.is_(None))
    return {row.path: row.sha256 for row in db.session.execute(query)}


def _read(content: bytes | None, key: str | None) -> bytes:
    return storage.media().read(key) if key else content or b""


def _brought() -> dict[str, Held]:
    query = select(BroughtFile.path, BroughtFile.sha256, BroughtFile.content)
    return {
        path: Held(sha256, partial(_read, content, None))
        for path, sha256, content in db.session.execute(query)
    }


def _wait_for_turn() -> None:
    """Of two that publish at once the second waits here, and then sees what the first one did."""
    first = select(ContentFile.id).order_by(ContentFile.id).limit(1)
    db.session.execute(first.with_for_update())


def _remember(changes: Iterable[Change]) -> None:
    """What the files hold is what the next ones are compared with."""
    known = {row.path: row.sha256 for row in db.session.execute(select(BroughtFile.path, BroughtFile.sha256))}
    for change in changes:
        theirs = change.sides.theirs
        if theirs is None:
            db.session.execute(delete(BroughtFile).where(BroughtFile.path == change.path))
        elif known.get(change.path) != theirs.sha256:
            content = theirs.read() if is_text(change.path) else None
            row = {"path": change.path, "sha256": theirs.sha256, "content": content}
            upsert(BroughtFile, row, ("path",))
