"""What the editor's page shows: the text in its fields, who saved it, and what is wrong with it beside its line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from werkzeug.datastructures import MultiDict

from accounts.models import User
from core.clock import now, time_in
from core.database import db
from core.errors import Problem
from core.web import Reader
from studio.drafts.models import Draft
from studio.drafts.services import Overtaken
from studio.editor.desk import Figures, Reading
from studio.editor.front_lines import TEXTS, Facts, facts_in, read_objectives, split, with_facts

SHORT_WHILE = timedelta(minutes=15)


@dataclass(frozen=True)
class Remark:
    """Something to look at. `line` counts in the field of the text, 0 for what stands in the fields above it."""

    line: int
    words: str
    remedy: str
    is_fault: bool


@dataclass(frozen=True)
class Sheet:
    """A text as the form holds it. `facts` is None where the front matter cannot be read: it stands in `body` then.
    `number` is that of the save that it was made from."""

    head: str
    facts: Facts | None
    objectives: str
    body: str
    number: int

    @property
    def text(self) -> str:
        return self.head + self.body


def sheet_of(text: str, number: int) -> Sheet:
    """The text taken apart into the form's fields."""
    head, body = split(text)
    facts = facts_in(head)
    if facts is None:
        return Sheet("", None, "", text, number)
    objectives = "\n".join(f"{key}: {words}" for key, words in facts.objectives)
    return Sheet(head, facts, objectives, body, number)


def text_in(form: "MultiDict[str, str]") -> str:
    """The text that a form holds: its front matter with the fields' values, and its body. Raises InvalidInput."""
    head, body = (_lines(form.get(name, "")) for name in ("head", "body"))
    if facts_in(head) is None:
        return head + body
    texts = {key: " ".join(form.get(key, "").split()) for key in TEXTS}
    facts = Facts(texts, read_objectives(form.get("objectives", "")), bool(form.get("preview")))
    return with_facts(head, facts) + body


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def remarks(reading: Reading, sheet: Sheet) -> list[Remark]:
    """Faults and advice in the order of their lines, faults first on each."""
    above = sheet.head.count("\n")
    return sorted(
        (*_remarks(reading.faults, above, True), *_remarks(reading.advice, above, False)),
        key=lambda remark: (remark.line, not remark.is_fault),
    )


def _remarks(problems: Sequence[Problem], above: int, is_fault: bool) -> Iterator[Remark]:
    for problem in problems:
        yield Remark(max(problem.line - above, 0), problem.message, problem.remedy, is_fault)


def figures_in_words(figures: Figures) -> str:
    """`1,204 words, 9 minutes, grade 11.2 (SMOG), 12 of 14 claims with a source`."""
    told = [f"{figures.words:,} words", f"{figures.minutes} minutes"]
    if figures.grade is not None:
        told.append(f"reading grade {figures.grade} (SMOG)")
    if figures.claims:
        told.append(f"{figures.sourced} of {figures.claims} claims with a source")
    return ", ".join(told)


def saved_words(draft: Draft | None, reader: Reader) -> str:
    """How the draft stands: when it was saved, and by whom where that was somebody else."""
    if draft is None:
        return "As published"
    when = time_in(reader.time_zone or "UTC", draft.saved_at)
    writer = _other(draft, reader)
    return f"Draft saved {when} by {writer}" if writer else f"Draft saved {when}"


def company(draft: Draft | None, reader: Reader) -> str:
    """Who else saved this a short while ago; empty for nobody."""
    if draft is None or draft.saved_at < now() - SHORT_WHILE:
        return ""
    return _other(draft, reader)


def _other(draft: Draft, reader: Reader) -> str:
    if draft.saved_by in (None, reader.user_id):
        return ""
    writer = db.session.get(User, draft.saved_by)
    return (writer.name or writer.email) if writer else ""


def clash_of(overtaken: Overtaken) -> tuple[Sheet, int]:
    """The merged text to look over, to be saved from the newest number; and in how many places both stand."""
    return sheet_of(overtaken.merged.text, overtaken.number), overtaken.merged.conflicts
