"""The rules of attempts and grading: who may start, what is shown, what an answer earns. Pure and total."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from random import Random
from typing import TypeVar

from core.errors import Conflict
from quizzes.drawing import draw_apart, shuffled
from quizzes.kinds import QUESTION_KINDS
from quizzes.presentation import (
    Answer,
    EntryOutcome,
    Layout,
    OptionOutcome,
    Presentation,
    draw_token,
)
from quizzes.questions import Question
from quizzes.quiz_settings import FeedbackWhen, QuizSettings
from quizzes.terms import Window

CITATION = re.compile(r"\[(@[^\[\]\n]+)\](?![(\[])")
CITED_KEY = re.compile(r"@([a-z0-9:_-]+)")
Given = TypeVar("Given")
ALWAYS, NONE = Window(), timedelta(0)


@dataclass(frozen=True)
class Score:
    """Points earned of points possible, both exact; `earned` None: a person has yet to mark it."""

    earned: Fraction | None
    possible: Fraction

    @property
    def pending(self) -> bool:
        return self.earned is None

    @property
    def is_full(self) -> bool:
        return self.earned == self.possible


@dataclass(frozen=True)
class Feedback:
    """All that the result page tells of one question, key included: only where feedback is allowed."""

    question_id: str
    prompt_md: str
    score: Score
    options: tuple[OptionOutcome, ...]
    entries: tuple[EntryOutcome, ...]
    why_md: str
    hint_md: str
    see: str
    sources: tuple[str, ...]  # keys of the bibliography, in order of first mention


def lay_out(question: Question, rng: Random, shuffle: bool) -> Layout:
    """Draw the secret of one asked question, stored in the attempt: opaque names, the order of its parts."""
    kind = QUESTION_KINDS[question.kind]
    return kind.lay_out(question.parts, f"q{draw_token(rng)}", rng, shuffle)


def present(question: Question, layout: Layout, with_hint: bool = False) -> Presentation:
    """What the learner may see: no key, no rationale; the hint only on demand."""
    kind = QUESTION_KINDS[question.kind]
    return Presentation(
        kind=question.kind,
        prompt_md=question.prompt_md,
        note=kind.note(question.parts),
        fields=kind.fields(question.parts, layout),
        hint_md=question.hint_md if with_hint else "",
    )


def read_answer(question: Question, form: Mapping[str, Sequence[str]], layout: Layout) -> Answer:
    """The answer that a submitted form holds; unknown fields and tokens count as not given."""
    return QUESTION_KINDS[question.kind].read(question.parts, form, layout)


def fill_form(question: Question, answer: Answer | None, layout: Layout) -> dict[str, list[str]]:
    """The form values, by field name, that show a stored answer again."""
    return QUESTION_KINDS[question.kind].fill(question.parts, answer, layout)


def is_answered(answer: object) -> bool:
    """Whether anything at all was given."""
    if not isinstance(answer, Mapping):
        return False
    lists = [values for values in answer.values() if isinstance(values, (list, tuple))]
    return any(value is not None and value != "" for values in lists for value in values)


def grade(question: Question, answer: object) -> Score:
    """What an answer earns. Total: whatever `answer` is, the score lies within 0 and the points."""
    share = QUESTION_KINDS[question.kind].share(question.parts, answer)
    if share is None:
        return Score(None, question.points)
    return Score(question.points * min(max(share, Fraction(0)), Fraction(1)), question.points)


def answer_that_counts(question: Question, answer: Given, tried: Sequence[Given]) -> tuple[Given, int]:
    """The first of the tries before the answer that is right, else the answer itself; how many tries went before it.

    None of them was right when it was given, but by a key that was mended since one may be. An answer that was
    checked and stands unchanged is that try, and no further one.
    """
    before = tried[:-1] if tried and tried[-1] == answer else tried
    given = [*before, answer]
    right = (place for place, each in enumerate(before) if grade(question, each).is_full)
    place = next(right, len(before))
    return given[place], place


def total(scores: Iterable[Score]) -> Score:
    """The sum; pending as soon as one of them is."""
    listed = list(scores)
    possible = sum((score.possible for score in listed), Fraction(0))
    if any(score.pending for score in listed):
        return Score(None, possible)
    return Score(sum((score.earned or Fraction(0) for score in listed), Fraction(0)), possible)


def passed(points: Fraction, possible: Fraction, pass_percent: int) -> bool:
    """Whether the exact share reaches the pass mark. Nothing of nothing is no pass."""
    return possible > 0 and points * 100 >= possible * pass_percent


def percent(points: Fraction, possible: Fraction, pass_percent: int | None = None) -> int:
    """Rounded half up to whole percent, but a fail is never shown as the pass mark or more."""
    if possible <= 0:
        return 0
    rounded = int((points * 200 / possible + 1) // 2)
    if pass_percent is None or passed(points, possible, pass_percent):
        return rounded
    return min(rounded, max(pass_percent - 1, 0))


def feedback(question: Question, answer: object) -> Feedback:
    """The outcome of each option and entry, why, where to read again, and the sources that are cited."""
    kind = QUESTION_KINDS[question.kind]
    return Feedback(
        question_id=question.id,
        prompt_md=question.prompt_md,
        score=grade(question, answer),
        options=tuple(kind.options(question.parts, answer)),
        entries=tuple(kind.entries(question.parts, answer)),
        why_md=question.why_md,
        hint_md=question.hint_md,
        see=question.see,
        sources=cited_keys(question),
    )


def cited_keys(question: Question) -> tuple[str, ...]:
    """The keys that the question's texts cite, each once."""
    return cited_in(question.markdown())


def cited_in(texts: Iterable[str]) -> tuple[str, ...]:
    """The keys that Markdown texts cite, each once, in order of first mention."""
    citations = [cited for text in texts for cited in CITATION.findall(text)]
    return tuple(dict.fromkeys(key for citation in citations for key in CITED_KEY.findall(citation)))


class AttemptState(StrEnum):
    OPEN = "open"
    SUBMITTED = "submitted"


class AttemptStep(StrEnum):
    """What may be asked of an attempt."""

    SAVE = "save"
    SUBMIT = "submit"
    REOPEN = "reopen"  # for its author, before a person marked any of it


TRANSITIONS = {
    (AttemptState.OPEN, AttemptStep.SAVE): AttemptState.OPEN,
    (AttemptState.OPEN, AttemptStep.SUBMIT): AttemptState.SUBMITTED,
    (AttemptState.SUBMITTED, AttemptStep.REOPEN): AttemptState.OPEN,
}
REFUSALS = {
    AttemptStep.SAVE: "This attempt is submitted. Its answers can no longer change.",
    AttemptStep.SUBMIT: "This attempt is already submitted.",
    AttemptStep.REOPEN: "This attempt is open.",
}


def next_state(state: AttemptState, step: AttemptStep) -> AttemptState:
    """The state after a step; Conflict where the state does not allow it."""
    if (state, step) not in TRANSITIONS:
        raise Conflict(REFUSALS[step])
    return TRANSITIONS[state, step]


class Start(StrEnum):
    """What the button of a quiz's first page does."""

    NEW = "new"
    RESUME = "resume"
    REFUSED = "refused"


@dataclass(frozen=True)
class StartDecision:
    """`left`: attempts that remain, the open one not counted; None: as many as one likes.

    `again_at`: from when a refused start is taken, where waiting helps.
    """

    start: Start
    left: int | None
    sentence: str = ""
    again_at: datetime | None = None

    @property
    def may(self) -> bool:
        return self.start is not Start.REFUSED


@dataclass(frozen=True)
class Tried:
    """What was tried before: `used` counts every attempt, the open one too."""

    used: int
    has_open: bool
    last_ended_at: datetime | None = None


def may_start(
    tried: Tried,
    limit: int | None,
    noun: str = "quiz",
    *,
    at: datetime,
    window: Window = ALWAYS,
    cool_down: timedelta = NONE,
) -> StartDecision:
    """An open attempt is resumed whatever stands against a new one. `noun` is what the sentence calls the thing."""
    left = None if limit is None else max(limit - tried.used, 0)
    if tried.has_open:
        return StartDecision(Start.RESUME, left)
    if left == 0:
        return StartDecision(Start.REFUSED, 0, _used_up(limit or 0, noun))
    if window.is_closed(at):
        return StartDecision(Start.REFUSED, left, f"This {noun} has closed.")
    if window.opens_at is not None and at < window.opens_at:
        return StartDecision(Start.REFUSED, left, f"This {noun} is not open yet.", window.opens_at)
    rested_at = tried.last_ended_at + cool_down if tried.last_ended_at else at
    if at < rested_at:
        return StartDecision(Start.REFUSED, left, "Let the last attempt settle before the next.", rested_at)
    return StartDecision(Start.NEW, left)


def _used_up(limit: int, noun: str) -> str:
    if limit == 1:
        return f"The one attempt at this {noun} is used."
    return f"All {limit} attempts of this {noun} are used."


@dataclass(frozen=True)
class Standing:
    """Where a learner stands with a quiz beyond one attempt; `is_over`: no attempt is open and none is left.

    `has_closed`: no attempt is open and the window has closed.
    """

    has_passed: bool
    is_over: bool
    has_closed: bool


def may_see_feedback(settings: QuizSettings, state: AttemptState, standing: Standing) -> bool:
    """Key and rationales of a whole attempt: never of an open one; then as the setting says."""
    return state is not AttemptState.OPEN and SHOWN_WHEN[FeedbackWhen(settings.feedback)](standing)


SHOWN_WHEN: dict[FeedbackWhen, Callable[[Standing], bool]] = {
    FeedbackWhen.QUESTION: lambda standing: True,
    FeedbackWhen.SUBMITTED: lambda standing: True,
    FeedbackWhen.PASSED: lambda standing: standing.has_passed or standing.is_over,
    FeedbackWhen.LAST: lambda standing: standing.is_over,
    FeedbackWhen.CLOSED: lambda standing: standing.has_closed,
    FeedbackWhen.NEVER: lambda standing: False,
}


def choose_items(
    settings: QuizSettings,
    own: Sequence[str],
    pools: Mapping[str, Sequence[str]],
    rng: Random,
    without: Collection[str] = (),
) -> tuple[str, ...]:
    """The ids to ask, each once: `items` first, then what is drawn, without `draw` all the quiz's own.

    `pools` gives the ids of each name in `draw`. A pool that is too small gives all it has; overlapping ones leave
    each other what they need, so that all papers of a quiz are as long as they can be, and equally long.
    `without` are the ids that are asked no more.
    """
    named = settings.items if settings.draw else (*settings.items, *own)
    chosen = dict.fromkeys(item for item in named if item not in without)
    left = {name: shuffled(set(pools.get(name, ())) - {*chosen, *without}, rng) for name, _ in settings.draw}
    holders = draw_apart(settings.draw, left)
    for name, drawn in left.items():
        chosen.update(dict.fromkeys(item for item in drawn if holders.get(item) == name))
    ids = list(chosen)
    if settings.shuffles_questions:
        rng.shuffle(ids)
    return tuple(ids)


@dataclass(frozen=True)
class Tally:
    """What was earned under one name; `full` of `count` questions were wholly right."""

    name: str
    earned: Fraction
    possible: Fraction
    full: int
    count: int


GROUPINGS: dict[str, Callable[[Question], tuple[str, ...]]] = {
    "objective": lambda question: question.objectives,
    "topic": lambda question: (question.topic,) if question.topic else (),
}


def results_by(grouping: str, graded: Iterable[tuple[Question, Score]]) -> tuple[Tally, ...]:
    """Marked results by `objective` or `topic`, in order of first mention; pending ones are left out."""
    groups: dict[str, list[Score]] = {}
    for question, score in graded:
        for name in () if score.pending else GROUPINGS[grouping](question):
            groups.setdefault(name, []).append(score)
    return tuple(_tally(name, scores) for name, scores in groups.items())


def _tally(name: str, scores: list[Score]) -> Tally:
    whole = total(scores)
    full = sum(score.is_full for score in scores)
    return Tally(name, whole.earned or Fraction(0), whole.possible, full, len(scores))
