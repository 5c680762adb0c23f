"""From drafts to what learners see, as docs/studio.md says under "Publishing"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.database import db
from core.errors import Conflict, InvalidInput, NotFound
from publishing.changes import Change, ChangeKind
from publishing.exporting import all_files
from publishing.merging import has_marks
from publishing.services import Edition, Plan, prepare, publish
from studio.drafts.models import Draft
from studio.drafts.services import close, find_draft, published_text

KINDS: Mapping[ChangeKind, tuple[str, str]] = {
    ChangeKind.TYPO: ("A slip is corrected", "Nobody is told."),
    ChangeKind.CLARIFICATION: (
        "Something is made clearer",
        "The head of the lesson says what, and when; write it for learners.",
    ),
    ChangeKind.MATERIAL: (
        "The content is changed",
        "What learners completed before stands, and so do their certificates.",
    ),
}
"""Each kind of change in the words of the question, and what follows from it."""

LONGEST_REASON = 300  # characters
FIRST = Change("first publication")
MEANWHILE = (
    "The draft was saved again, or the lesson was published, in between. Look it over, and publish then."
)


@dataclass(frozen=True)
class Prepared:
    """An edition with drafts put in, and the number of each that it was made from, by path."""

    edition: Edition
    numbers: Mapping[str, int]


def read_change(form: Mapping[str, str], is_new: bool) -> Change:
    """What the writer says of the change; of a new text nothing is asked. Raises InvalidInput."""
    if is_new:
        return FIRST
    kind, reason = form.get("kind", ""), " ".join(form.get("reason", "").split())
    if kind not in list(ChangeKind):
        raise InvalidInput("Say what kind of change it is.", "kind")
    if len(reason) > LONGEST_REASON:
        raise InvalidInput(f"Say it in up to {LONGEST_REASON} characters.", "reason")
    if not reason and kind != ChangeKind.TYPO:
        raise InvalidInput("Say in a sentence what was changed.", "reason")
    return Change(reason or KINDS[ChangeKind.TYPO][0], ChangeKind(kind))


def paths_with(draft: Draft) -> tuple[str, ...]:
    """The draft's file, and for a new one the outline that puts it into the course, where that is a draft too."""
    outline = f"courses/{draft.course}/course.md"
    is_new = draft.course and not draft.base_revision and draft.path != outline
    return (draft.path, outline) if is_new and find_draft(outline) else (draft.path,)


def prepare_drafts(paths: Sequence[str], seen: Mapping[str, int]) -> Prepared:
    """The record as it stands with these drafts put in, read and rendered; outside of any transaction.

    `seen` are the numbers that the writer had before them. Raises BrokenBundle with each fault and its line, Conflict
    where a draft was saved since, InvalidInput where a merge is not decided yet.
    """
    drafts = [_found(path) for path in paths]
    for draft in drafts:
        _require_current(draft, seen.get(draft.path, draft.number))
        if has_marks(draft.text):
            raise InvalidInput("Two changes of the same lines stand in the text. Decide between them first.")
    texts = {draft.path: draft.text.encode() for draft in drafts}
    numbers = {draft.path: draft.number for draft in drafts}
    db.session.rollback()  # Rendering takes a while; no reading transaction is held open over it.
    return Prepared(prepare(all_files() | texts), numbers)


def publish_drafts(prepared: Prepared, by: int, change: Change) -> Plan:
    """Write the edition down and close its drafts, in the caller's transaction. Raises Conflict."""
    for path, number in prepared.numbers.items():
        draft = _found(path)
        _require_current(draft, number)
        close(draft)
    return publish(prepared.edition, by, change)


def _found(path: str) -> Draft:
    draft = find_draft(path)
    if draft is None:
        raise NotFound("There is no draft of this text. What learners see is the newest there is.")
    return draft


def _require_current(draft: Draft, number: int) -> None:
    """The draft is what was looked at, and began from what is published."""
    if draft.number != number or published_text(draft.path)[0] != draft.base_revision:
        raise Conflict(MEANWHILE)
