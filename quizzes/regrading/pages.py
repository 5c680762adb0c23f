"""The pages of a regrade in words: the question with its key, its revisions, what the preview found."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from core.web import Reader
from quizzes import rules
from quizzes.reads import Asked
from quizzes.regrading.models import Regrade
from quizzes.regrading.preview import Change
from quizzes.regrading.reads import Edition
from quizzes.regrading.rules import Cause, Count, RegradeState, Result
from quizzes.regrading.services import count_of
from quizzes.results import exact, with_lines
from quizzes.times import in_words
from quizzes.words import plural

CHOICES = {
    Cause.KEY: "Grade earlier attempts by the key as it is now",
    Cause.DROPPED: "Drop the question: it counts for nobody and is asked no more",
}
PASSES, FALLS = "This attempt passes", "Below the pass mark; this attempt stays passed"
PRESENT, GRADABLE = "The present one.", "The present key can grade its answers."
NAMES = {Cause.KEY: "Key mended", Cause.DROPPED: "Dropped"}


@dataclass(frozen=True)
class ShownQuestion:
    """A question with its key. `options` are text and whether it is right, `entries` label and key."""

    prompt: Markup
    options: tuple[tuple[Markup, bool], ...]
    entries: tuple[tuple[Markup, Markup], ...]


@dataclass(frozen=True)
class ShownEdition:
    title: str
    attempts: str
    words: str
    is_obstacle: bool


@dataclass(frozen=True)
class ShownChange:
    quiz: str
    before: str
    after: str
    follows: str


@dataclass(frozen=True)
class ShownRegrade:
    """A regrade as it stands; `figures` are what it has done so far."""

    title: str
    when: str
    reason: str
    is_running: bool
    figures: str


def show_question(asked: Asked) -> ShownQuestion:
    """The question as it is asked now."""
    told = rules.feedback(asked.question, None)
    return ShownQuestion(
        prompt=Markup(with_lines(asked.markup(told.prompt_md))),
        options=tuple((asked.markup(option.text_md), option.right) for option in told.options),
        entries=tuple((asked.markup(entry.label_md), asked.markup(entry.key_md)) for entry in told.entries),
    )


def show_edition(edition: Edition, reader: Reader) -> ShownEdition:
    """A revision, how many attempts it grades, and whether the present one can grade them instead."""
    words = PRESENT if edition.is_present else edition.obstacle or (GRADABLE if edition.attempts else "")
    return ShownEdition(
        f"Revision {edition.number}, published {in_words(edition.published_at, reader)}",
        plural(edition.attempts, "attempt"),
        words,
        bool(edition.obstacle) and not edition.is_present,
    )


def choices(editions: Sequence[Edition]) -> dict[Cause, str]:
    """What may be done: a mended key needs attempts that it can grade."""
    mendable = any(each.attempts and not each.obstacle and not each.is_present for each in editions)
    return CHOICES if mendable else {Cause.DROPPED: CHOICES[Cause.DROPPED]}


def show_change(change: Change) -> ShownChange:
    """One line of the preview."""
    effect = change.effect
    follows = PASSES if effect.passes_now else FALLS if effect.falls_below else ""
    return ShownChange(change.quiz, _points(effect.before), _points(effect.after), follows)


def _points(result: Result) -> str:
    """`7 of 10, 70%`."""
    if result.points is None:
        return "Being marked"
    share = rules.percent(result.points, result.possible)
    return f"{exact(result.points)} of {exact(result.possible)}, {share}%"


def show_regrade(regrade: Regrade, reader: Reader) -> ShownRegrade:
    """One regrade of the question, as the list of them tells it."""
    return ShownRegrade(
        NAMES[regrade.cause],
        in_words(regrade.begun_at, reader),
        regrade.reason,
        regrade.state is RegradeState.RUNNING,
        figures(count_of(regrade), regrade.since_preview),
    )


def figures(count: Count, since_preview: int = 0) -> str:
    """`12 attempts: 4 up, 1 down, 7 the same; 2 passed by it. 1 of them came or changed after the preview.`"""
    if not count.all:
        return "No attempt was graded anew."
    passes = f"; {count.passing} passed by it" if count.passing else ""
    later = f" {since_preview} of them came or changed after the preview." if since_preview else ""
    return f"{plural(count.all, 'attempt')}: {count.up} up, {count.down} down, {count.same} the same{passes}.{later}"


def changed(count: int) -> str:
    """Why what was looked at is not applied."""
    came = f"{plural(count, 'attempt')} came or changed since you looked, and nothing was applied."
    return f"{came} This is how it stands now."
