"""From drafts to what learners see, as docs/studio.md says under "Publishing"."""

from collections.abc import Container, Mapping
from dataclasses import dataclass

from core.database import db
from core.errors import Conflict, InvalidInput, NotFound
from publishing.changes import Change, ChangeKind
from publishing.exporting import all_files
from publishing.merging import has_marks
from publishing.services import Edition, Plan, prepare, publish
from studio.drafts.models import Draft
from studio.drafts.services import close, drafts_in, find_draft, published_text, save
from studio.outline.rules import modules_of, without_steps
from studio.outline.services import course_file

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
PUBLISHED = Change("published in the studio")
MEANWHILE = (
    "The draft was saved again, or the lesson was published, in between. Look it over, and publish then."
)


@dataclass(frozen=True)
class Choice:
    """What is to be published: the draft's path, the number of each save that the writer had before them, by path, and
    the paths of the new texts that go with it."""

    path: str
    seen: Mapping[str, int]
    taken: Container[str]


@dataclass(frozen=True)
class Prepared:
    """An edition with drafts put in, the number of each that it was made from, and what of them goes on as a draft."""

    edition: Edition
    numbers: Mapping[str, int]
    kept: Mapping[str, str]


def read_change(form: Mapping[str, str], asks_kind: bool) -> Change:
    """What the writer says of the change; where its kind is not asked, that it is published. Raises InvalidInput."""
    if not asks_kind:
        return PUBLISHED
    kind, reason = form.get("kind", ""), " ".join(form.get("reason", "").split())
    if kind not in list(ChangeKind):
        raise InvalidInput("Say what kind of change it is.", "kind")
    if len(reason) > LONGEST_REASON:
        raise InvalidInput(f"Say it in up to {LONGEST_REASON} characters.", "reason")
    if not reason and kind != ChangeKind.TYPO:
        raise InvalidInput("Say in a sentence what was changed.", "reason")
    return Change(reason or KINDS[ChangeKind.TYPO][0], ChangeKind(kind))


def outline_with(draft: Draft) -> Draft | None:
    """The draft of the course's outline, where it has to be published with a text that is new."""
    path = course_file(draft.course) if draft.course and not draft.base_revision else ""
    return find_draft(path) if path and path != draft.path else None


def companions(draft: Draft) -> list[Draft]:
    """New texts which the outline that is published with the draft, or is the draft, names besides."""
    outline = draft if draft.path == course_file(draft.course) else outline_with(draft)
    if outline is None:
        return []
    named = {step.file for held in modules_of(outline.text, draft.course) for step in held.steps} - {
        draft.path
    }
    return [each for each in drafts_in(draft.course) if each.path in named and not each.base_revision]


def gather(choice: Choice) -> dict[str, Draft]:
    """The drafts that are published together, by path. Raises Conflict where one was saved since, InvalidInput where a
    merge is not decided yet."""
    draft = require_draft(choice.path)
    outline = outline_with(draft)
    others = [each for each in companions(draft) if each.path in choice.taken]
    found = [draft, *([outline] if outline else []), *others]
    for each in found:
        _require_current(each, choice.seen.get(each.path, each.number))
        if has_marks(each.text):
            raise InvalidInput("Two changes of the same lines stand in the text. Decide between them first.")
    return {each.path: each for each in found}


def texts_of(choice: Choice, found: Mapping[str, Draft]) -> dict[str, str]:
    """Their texts; the outline without the new texts that are not taken."""
    texts = {path: draft.text for path, draft in found.items()}
    draft = found[choice.path]
    left = [
        each.path.removeprefix("courses/").removesuffix(".md")
        for each in companions(draft)
        if each.path not in found
    ]
    outline = course_file(draft.course)
    return texts | {outline: without_steps(texts[outline], draft.course, left)} if left else texts


def prepare_drafts(choice: Choice) -> Prepared:
    """The record as it stands with these drafts put in, read and rendered; outside of any transaction.

    Raises BrokenBundle with each fault and its line, and as `gather` does.
    """
    found = gather(choice)
    texts = texts_of(choice, found)
    numbers = {path: draft.number for path, draft in found.items()}
    kept = {path: draft.text for path, draft in found.items() if texts[path] != draft.text}
    db.session.rollback()  # Rendering takes a while; no reading transaction is held open over it.
    return Prepared(
        prepare(all_files() | {path: text.encode() for path, text in texts.items()}), numbers, kept
    )


def publish_drafts(prepared: Prepared, by: int, change: Change) -> Plan:
    """Write the edition down and close its drafts, in the caller's transaction. Raises Conflict."""
    for path, number in prepared.numbers.items():
        draft = require_draft(path)
        _require_current(draft, number)
        close(draft)
    plan = publish(prepared.edition, by, change)
    for path, text in prepared.kept.items():
        save(path, text, 0, by)
    return plan


def require_draft(path: str) -> Draft:
    """The open draft. Raises NotFound."""
    draft = find_draft(path)
    if draft is None:
        raise NotFound("There is no draft of this text. What learners see is the newest there is.")
    return draft


def _require_current(draft: Draft, number: int) -> None:
    """The draft is what was looked at, and began from what is published."""
    if draft.number != number or published_text(draft.path)[0] != draft.base_revision:
        raise Conflict(MEANWHILE)
