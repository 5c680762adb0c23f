"""What a regrade would do, attempt by attempt, before it is applied. Nothing is written."""

from dataclasses import dataclass, field, replace

from quizzes.marks import mark_response
from quizzes.questions import Question
from quizzes.regrading.reads import Sheet
from quizzes.regrading.rules import Count, Effect, Part, add_up

MOST_SHOWN = 50  # attempts


@dataclass(frozen=True)
class Change:
    """One attempt whose result would be another one."""

    attempt_id: str
    quiz: str
    effect: Effect


@dataclass(frozen=True)
class Preview:
    """All of it in numbers, and the first attempts that change: the attempts themselves are not held in memory."""

    count: Count = field(default_factory=Count)
    changes: tuple[Change, ...] = ()

    def plus(self, sheet: Sheet, effect: Effect) -> "Preview":
        """With one more attempt."""
        is_shown = effect.is_seen and len(self.changes) < MOST_SHOWN
        change = (Change(sheet.attempt_id, sheet.quiz, effect),) if is_shown else ()
        return Preview(self.count.plus(effect), (*self.changes, *change))


def effect_on(sheet: Sheet, mended: Question | None) -> Effect:
    """What the mended question, or without one the drop, does to the attempt."""
    parts = {**sheet.parts, sheet.position: _part(sheet, mended)}
    return Effect(sheet.result, add_up(parts.values(), sheet.pass_percent))


def _part(sheet: Sheet, mended: Question | None) -> Part:
    if mended is None:
        return replace(sheet.parts[sheet.position], dropped=True)
    _, counts_for = mark_response(mended, sheet.response, sheet.terms)
    return Part(mended.points, counts_for)
