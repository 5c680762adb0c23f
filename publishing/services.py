"""Bundles in and out: check, publish, export. The database is the record; a bundle is how content comes and goes."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from core.clock import now
from core.database import db
from core.errors import Conflict, InvalidInput, Problem
from core.markup.proofreading import mentions
from lessons.models import Lesson
from publishing import media
from publishing.bundle import Bundle, course_of, read_bundle
from publishing.changes import SYNC, Change
from publishing.cross_references import reference_problems
from publishing.former_names import rename
from publishing.models import ContentFile, ContentRevision
from publishing.rendering import Pages, fingerprints, render
from publishing.rows.articles import publish_articles
from publishing.rows.authors import publish_authors
from publishing.rows.courses import publish_courses
from publishing.rows.legal import publish_legal, rewritten
from publishing.rows.lessons import note_change, publish_lessons
from publishing.rows.quizzes import publish_questions, publish_quizzes
from publishing.rows.sources import publish_sources, publish_terms
from publishing.rows.tools import publish_links, publish_tools
from publishing.standards.manuscript import Manuscript
from reviews import bank


class BrokenBundle(InvalidInput):
    """A bundle with problems is not published."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"The bundle has {len(problems)} problems; the first is {problems[0]}")
        self.problems = problems


@dataclass(frozen=True)
class Plan:
    """What a sync does to each file, by path."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]

    @property
    def summary(self) -> str:
        return f"{len(self.added)} added, {len(self.changed)} changed, {len(self.unchanged)} unchanged"


@dataclass(frozen=True)
class Edition:
    """A bundle without problems, with the pages that must be written: made before the transaction."""

    bundle: Bundle
    prints: dict[str, str]  # of each file that makes a page
    pages: Pages
    rendered: frozenset[str]  # paths


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files below a folder by path; hidden ones are no part of it. Raises InvalidInput for links."""
    files: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if any(part.startswith(".") for part in name.split("/")):
            continue
        if path.is_symlink():
            raise InvalidInput(f"{name} is a link to another place. Put the file itself there.")
        if path.is_file():
            files[name] = path.read_bytes()
    return files


@dataclass(frozen=True)
class Proof:
    """A bundle read through: its pages, and everything that is wrong with it."""

    bundle: Bundle
    pages: Pages
    problems: list[Problem]

    @property
    def manuscript(self) -> Manuscript:
        """As the editorial standard reads it."""
        return Manuscript(self.bundle, {name: lesson.words for name, lesson in self.pages.lessons.items()})


def check(files: dict[str, bytes]) -> list[Problem]:
    """Everything that is wrong with a bundle. Asks no database."""
    return proofread(files).problems


def proofread(files: dict[str, bytes]) -> Proof:
    """The same with what was read and rendered on the way."""
    bundle, problems = read_bundle(files)
    pages = render(bundle, fingerprints(bundle))
    # A value that cannot be read is not judged as well.
    unread = {(problem.file, problem.line) for problem in problems if problem.line}
    references = reference_problems(bundle, headings_of(pages))
    judged = [problem for problem in references if (problem.file, problem.line) not in unread]
    return Proof(bundle, pages, sorted({*problems, *pages.problems, *judged}))


def headings_of(pages: Pages) -> dict[str, set[str]]:
    return {name: {heading.id for heading in lesson.outline} for name, lesson in pages.lessons.items()}


def prepare(files: dict[str, bytes]) -> Edition:
    """Read, render what differs from what is published, and store media. Raises BrokenBundle."""
    bundle, problems = read_bundle(files)
    if problems:
        raise BrokenBundle(check(files))
    prints = fingerprints(bundle)
    published = _published_files()
    if changed := rewritten(bundle, published):
        raise BrokenBundle(changed)
    known = {path: row.rendered_from for path, row in published.items()}
    stale = frozenset(path for path, print_ in prints.items() if known.get(path) != print_)
    pages = render(bundle, stale)
    headings = published_headings() | headings_of(pages)
    if pages.problems or reference_problems(bundle, headings):
        raise BrokenBundle(check(files))
    media.store(bundle)
    return Edition(bundle, prints, pages, stale)


def _published_files() -> dict[str, ContentFile]:
    return {row.path: row for row in db.session.scalars(select(ContentFile))}


def published_headings() -> dict[str, set[str]]:
    """The ids of the headings of each published lesson, by its full name."""
    rows = db.session.execute(select(Lesson.name, Lesson.outline))
    return {name: {entry["id"] for entry in outline} for name, outline in rows}


def publish(edition: Edition, by: int | None = None, change: Change = SYNC) -> Plan:
    """Write an edition down, in the caller's transaction. Raises Conflict where another came in between.

    `change` is what each new revision says of why it was made.
    """
    files = _published_files()
    _require_current(edition, files)
    plan = _plan(edition.bundle, files)
    restated = {*plan.added, *plan.changed}
    bundle, pages = edition.bundle, edition.pages
    rename(bundle)
    changed = publish_lessons(bundle, pages)
    note_change(bundle, restated, change)
    questions = publish_questions(bundle, pages)
    changed |= publish_quizzes(bundle, pages, questions)
    changed |= publish_authors(bundle, pages)
    tools = publish_tools(bundle, pages)
    changed |= _lessons_with(bundle, {"check": questions, "tool": tools})
    publish_links(pages)
    publish_courses(bundle, pages, changed, restated)
    publish_articles(bundle, pages)
    publish_sources(bundle)
    publish_terms(bundle)
    publish_legal(bundle, pages)
    bank.settle()
    _keep_files(edition, files, restated, by, change)
    db.session.flush()
    return plan


def _require_current(edition: Edition, files: dict[str, ContentFile]) -> None:
    """Nothing that the edition was made from has changed since."""
    kept = [(files.get(path), edition.prints[path]) for path in edition.prints.keys() - edition.rendered]
    overtaken = any(row is None or row.rendered_from != print_ for row, print_ in kept)
    if overtaken or rewritten(edition.bundle, files):
        raise Conflict("Another sync has just changed the same files. Run it again.")


def sync(files: dict[str, bytes], by: int | None = None) -> Plan:
    """Check, render and publish within the caller's transaction; doors that may wait prepare outside of it."""
    return publish(prepare(files), by)


def _lessons_with(bundle: Bundle, slots: dict[str, set[str]]) -> set[str]:
    """The full names of the lessons that hold one of these, by kind: questions and tools."""
    return {
        name
        for name, lesson in bundle.lessons.items()
        if any(found.name in slots.get(found.kind, ()) for found in mentions(lesson.body))
    }


def _plan(bundle: Bundle, rows: dict[str, ContentFile]) -> Plan:
    present = {path: row for path, row in rows.items() if row.removed_at is None}
    added = [path for path in bundle.files if path not in present]
    changed = [
        path
        for path, data in bundle.files.items()
        if path in present and present[path].sha256 != _sha256(data)
    ]
    unchanged = bundle.files.keys() - {*added, *changed}
    return Plan(tuple(sorted(added)), tuple(sorted(changed)), tuple(sorted(unchanged)))


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _keep_files(
    edition: Edition, rows: dict[str, ContentFile], restated: set[str], by: int | None, change: Change
) -> None:
    """A revision for each file that was added or changed; files that left their course are marked so."""
    for path in restated:
        rows[path] = _keep_revision(rows.get(path), path, edition.bundle.files[path], by, change)
    for path, print_ in edition.prints.items():
        rows[path].rendered_from = print_
    for path in _leaving(edition.bundle, rows):
        rows[path].removed_at, rows[path].rendered_from = now(), ""


def _leaving(bundle: Bundle, rows: dict[str, ContentFile]) -> Iterable[str]:
    """Files of a course that the bundle holds without them. What it does not speak of stays."""
    courses = bundle.course_slugs()
    for path, row in rows.items():
        if course_of(path) in courses and path not in bundle.files and row.removed_at is None:
            yield path


def _keep_revision(
    row: ContentFile | None, path: str, data: bytes, by: int | None, change: Change
) -> ContentFile:
    sha256 = _sha256(data)
    if row is None:
        row = ContentFile(path=path, sha256=sha256, revision=0, rendered_from="")
        db.session.add(row)
    row.sha256, row.revision, row.removed_at = sha256, row.revision + 1, None
    db.session.flush()
    in_storage = path.startswith("media/")
    revision = ContentRevision(
        file_id=row.id,
        number=row.revision,
        sha256=sha256,
        content=None if in_storage else data,
        storage_key=media.key_of(path, data) if in_storage else None,
        made_at=now(),
        made_by=by,
        reason=change.reason,
        kind=change.kind,
    )
    db.session.add(revision)
    return row


def edition_mark() -> tuple[int, int]:
    """Two numbers that are others once anything was published, changed or taken out."""
    files = select(func.count(ContentFile.removed_at)).scalar_subquery()
    newest, removed = db.session.execute(select(func.max(ContentRevision.id), files)).one()
    return newest or 0, removed
