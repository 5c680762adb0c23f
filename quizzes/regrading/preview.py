"""What a regrade would do, attempt by attempt, before it is applied. Nothing is written."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from quizzes.marks import mark_response
from quizzes.questions import Question
from quizzes.reads import asked
from quizzes.regrading import reads
from quizzes.regrading.reads import Sheet
from quizzes.regrading.rules import Cause, Count, Effect, Part, add_up

MOST_SHOWN = 50  # attempts


@dataclass(frozen=True)
class Change:
    """One attempt whose result would be another one."""

    attempt_id: str
    quiz: str
    effect: Effect


@dataclass(frozen=True)
class Preview:
    """All of it in numbers, and the first attempts that change."""

    count: Count
    changes: tuple[Change, ...]


def preview(question_id: str, cause: Cause, revision_id: int) -> Preview:
    """What the regrade would do to the attempts that were handed in."""
    revisions = reads.revisions_to_regrade(question_id, cause, revision_id)
    mended = asked(revision_id).question if cause is Cause.KEY else None
    return gather((sheet, effect_on(sheet, mended)) for sheet in reads.sheets(revisions))


def gather(effects: Iterable[tuple[Sheet, Effect]]) -> Preview:
    """Count them all, keep the first few: the attempts themselves are not held in memory."""
    count = Count()
    changes: list[Change] = []
    for sheet, effect in effects:
        count = count.plus(effect)
        if effect.is_seen and len(changes) < MOST_SHOWN:
            changes.append(Change(sheet.attempt_id, sheet.quiz, effect))
    return Preview(count, tuple(changes))


def effect_on(sheet: Sheet, mended: Question | None) -> Effect:
    """What the mended question, or without one the drop, does to the attempt."""
    parts = {**sheet.parts, sheet.position: _part(sheet, mended)}
    return Effect(sheet.result, add_up(parts.values(), sheet.pass_percent))


def _part(sheet: Sheet, mended: Question | None) -> Part:
    if mended is None:
        return replace(sheet.parts[sheet.position], dropped=True)
    _, counts_for = mark_response(mended, sheet.response, sheet.terms)
    return Part(mended.points, counts_for)
