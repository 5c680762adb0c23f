"""The statistics as pages show them: a course's list, a quiz, a question."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup

from analysis.advice import advise_quiz, letter
from analysis.drawing import Chart, columns, round_top
from analysis.figures import NOBODY, Advice, LevelFigures, QuestionFigures, QuizFigures
from analysis.reads import Standing
from analysis.rules import LEAST
from analysis.words import (
    KINDS,
    THIRDS,
    counted,
    duration,
    number,
    percent,
    tenth_in_words,
)
from core.clock import time_in
from quizzes.calibration import BANDS, WORDS
from quizzes.marks import Certainty
from quizzes.questions import Options
from quizzes.reads import asked
from quizzes.results import with_lines
from quizzes.rules import feedback

FULL = 100.0
SORTS: Mapping[str, Callable[[QuestionFigures], float | None]] = {
    "answers": lambda each: each.n,
    "facility": lambda each: each.facility,
    "discrimination": lambda each: each.rest_correlation,
    "difference": lambda each: each.upper_lower,
    "weight": lambda each: each.weight,
    "time": lambda each: each.seconds,
}


@dataclass(frozen=True)
class Freshness:
    """When figures were computed, in words, and whether newer results wait."""

    computed: str
    is_stale: bool


@dataclass(frozen=True)
class QuizLine:
    """A quiz in the list of its course."""

    title: str
    noun: str
    url: str
    n: str
    mean: str
    deviation: str
    alpha: str
    error: str
    passed: str  # empty where there is nothing to pass
    length: str
    fresh: Freshness


@dataclass(frozen=True)
class Drawn:
    """A chart and the same as a table: the heads of its columns, and rows that begin with their name."""

    chart: Chart
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Hint:
    """A piece of advice, and the question that it is about."""

    advice: Advice
    name: str
    url: str


@dataclass(frozen=True)
class Judged:
    """How many of a quiz's questions have enough answers for advice."""

    enough: int
    of: int

    @property
    def is_whole(self) -> bool:
        return 0 < self.enough == self.of

    @property
    def words(self) -> str:
        """`3 of 12 questions have enough answers to judge; each needs ten.`"""
        some = f"{self.enough or 'None'} of {counted(self.of, 'question')}"
        return f"{some} {'have' if self.enough > 1 else 'has'} enough answers to judge; each needs ten."


@dataclass(frozen=True)
class QuestionLine:
    """A question in the table of its quiz."""

    name: str
    kind: str
    url: str
    answers: str
    note: str
    facility: str
    rest_correlation: str
    upper_lower: str
    weight: str
    due_weight: str
    time: str


@dataclass(frozen=True)
class Head:
    """A head of the table that sorts it."""

    label: str
    url: str
    direction: str


@dataclass(frozen=True)
class OptionLine:
    """An option, its part in the key, and how many of each third chose it."""

    letter: str
    text: Markup
    right: bool
    why: Markup
    chosen: tuple[str, ...]
    total: str


@dataclass(frozen=True)
class KeyLine:
    """What is right where there is nothing to choose from: a step's place, a pair, a number, a wording."""

    label: Markup
    key: Markup
    why: Markup


@dataclass(frozen=True)
class QuestionText:
    """A question as it is asked, with its key."""

    prompt: Markup
    options: tuple[OptionLine, ...]
    keys: tuple[KeyLine, ...]
    why: Markup


def freshness(standing: Standing, zone: str) -> Freshness:
    """How new a quiz's figures are."""
    computed = time_in(zone, standing.computed_at) if standing.computed_at else ""
    return Freshness(computed, standing.is_stale)


def quiz_line(standing: Standing, course: str, zone: str) -> QuizLine:
    """One line of the list."""
    figures = standing.figures or NOBODY
    n = figures.n
    return QuizLine(
        title=standing.title,
        noun=standing.step.noun,
        url=url_for("analysis.quiz", course=course, quiz=standing.step.slug),
        n=f"{n:,}",
        mean=percent(figures.mean, n),
        deviation=percent(figures.deviation, n),
        alpha="none" if standing.is_case else number(figures.alpha, n),
        error=percent(figures.error, n),
        passed=percent(figures.passed / n if n >= LEAST else None, n) if standing.pass_mark else "",
        length=f"{figures.length:.3g}",
        fresh=freshness(standing, zone),
    )


def distribution(figures: QuizFigures) -> Drawn | None:
    """How many learners stand in each tenth; None below LEAST of them."""
    if not figures.tenths:
        return None
    bars = list(enumerate(figures.tenths))
    series = [(f"{bar * 10}", [(float(count), f"{count}" if count else "")]) for bar, count in bars]
    rows = tuple((tenth_in_words(bar), f"{count}") for bar, count in bars)
    return Drawn(columns(series, ("bar1",), round_top(max(figures.tenths))), ("Right", "Learners"), rows)


def calibration(levels: Sequence[LevelFigures]) -> Drawn | None:
    """What was said against what was right, with the stretch in which saying so pays; None where nobody was asked."""
    if not levels:
        return None
    series = [
        (WORDS[Certainty(each.level)], [(_hundred(each.share), percent(each.share, each.answers))])
        for each in levels
    ]
    rows = tuple(
        (WORDS[Certainty(each.level)], f"{each.answers:,}", percent(each.share, each.answers))
        for each in levels
    )
    chart = columns(series, ("bar1",), FULL, "%", [_band(each.level) for each in levels])
    return Drawn(chart, ("Said", "Answers", "Right"), rows)


def _band(level: str) -> tuple[float, float]:
    """The percents between which saying so earns the most."""
    low, high = BANDS[Certainty(level)]
    return 100 * float(low), 100 * float(high)


def hints(
    figures: QuizFigures, questions: Sequence[QuestionFigures], url: Callable[[str], str]
) -> list[Hint]:
    """All advice, the gravest first."""
    whole = [Hint(advice, "", "") for advice in advise_quiz(figures)]
    each = [Hint(advice, one.name, url(one.question_id)) for one in questions for advice in one.advice]
    order = ("bad", "warn", "info")
    return sorted(whole + each, key=lambda hint: order.index(hint.advice.level))


def judged(questions: Sequence[QuestionFigures]) -> Judged:
    """How many can be judged at all: of those below LEAST answers nothing is said."""
    return Judged(sum(each.n >= LEAST for each in questions), len(questions))


def sorted_by(questions: Sequence[QuestionFigures], wish: str) -> list[QuestionFigures]:
    """By a column, `-` before it for descending; questions without the figure last. An unknown wish changes nothing."""
    value = SORTS.get(wish.removeprefix("-"))
    if value is None:
        return list(questions)
    known = [each for each in questions if value(each) is not None]
    unknown = [each for each in questions if value(each) is None]
    return sorted(known, key=lambda each: value(each) or 0.0, reverse=wish.startswith("-")) + unknown


def head(label: str, column: str, wish: str, url: Callable[[str], str]) -> Head:
    """A head: a second click turns the order round."""
    direction = {column: "ascending", f"-{column}": "descending"}.get(wish, "")
    return Head(label, url(f"-{column}" if wish == column else column), direction)


def question_line(each: QuestionFigures, url: Callable[[str], str]) -> QuestionLine:
    """One line of the table."""
    return QuestionLine(
        name=each.name,
        kind=KINDS.get(each.kind, each.kind),
        url=url(each.question_id),
        answers=f"{each.n:,}",
        note=others_in_words(each),
        facility=percent(each.facility, each.n),
        rest_correlation=number(each.rest_correlation, each.n),
        upper_lower=number(each.upper_lower, each.n),
        weight=percent(each.weight, each.n),
        due_weight="" if each.weight is None else f"of {percent(each.due_weight)} due",
        time=duration(each.seconds),
    )


def others_in_words(each: QuestionFigures) -> str:
    """What is left out because the question had other parts then, or has other ones now."""
    if not each.is_current:
        return "as it was before its options changed: too few have answered the new ones"
    return f"{counted(each.others, 'answer')} to earlier options left out" if each.others else ""


def by_thirds(each: QuestionFigures) -> Drawn | None:
    """Options by third where there are any, else the share that is right; None below LEAST answers."""
    if not each.thirds:
        return None
    return _options_drawn(each, _key_of(each)) if each.options else _shares_drawn(each)


def _key_of(each: QuestionFigures) -> list[str]:
    """The letters of its options, those of the key marked."""
    parts = asked(each.revision_id).question.parts
    options = parts.options if isinstance(parts, Options) else ()
    return [
        f"{letter(place)} (key)" if option.right else letter(place) for place, option in enumerate(options)
    ]


def text_of(each: QuestionFigures) -> QuestionText:
    """The question as it was asked, from the revision that the figures are of."""
    revision = asked(each.revision_id)
    parts = revision.question.parts
    options = parts.options if isinstance(parts, Options) else ()
    return QuestionText(
        prompt=Markup(with_lines(revision.markup(revision.question.prompt_md))),
        options=tuple(
            OptionLine(
                letter=letter(place),
                text=revision.markup(option.text_md),
                right=option.right,
                why=revision.markup(option.why_md),
                chosen=tuple(f"{count}" for count in each.options[place]) if each.options else (),
                total=f"{sum(each.options[place])}" if each.options else "",
            )
            for place, option in enumerate(options)
        ),
        keys=tuple(
            KeyLine(*map(revision.markup, (entry.label_md, entry.key_md, entry.why_md)))
            for entry in feedback(revision.question, None).entries
        ),
        why=revision.markup(revision.question.why_md),
    )


LOOKS = ("third-1", "third-2", "third-3")


def _options_drawn(each: QuestionFigures, names: Sequence[str]) -> Drawn:
    """The share of each third that chose an option."""
    learners = [third.learners for third in each.thirds]
    series = []
    for name, counts in zip(names, each.options, strict=True):
        shares = [_hundred(count / of) if of else None for count, of in zip(counts, learners, strict=True)]
        series.append((name, [(share, "") for share in shares]))
    rows = tuple(
        (f"Option {name}", *(f"{count} of {of}" for count, of in zip(counts, learners, strict=True)))
        for name, counts in zip(names, each.options, strict=True)
    )
    return Drawn(columns(series, LOOKS, FULL, "%"), ("Option", *THIRDS), rows)


def _shares_drawn(each: QuestionFigures) -> Drawn:
    """How much of its points each third earned."""
    series = [
        (name, [(_hundred(third.share), percent(third.share))])
        for name, third in zip(THIRDS, each.thirds, strict=True)
    ]
    rows = tuple(
        (name, f"{third.learners}", percent(third.share))
        for name, third in zip(THIRDS, each.thirds, strict=True)
    )
    return Drawn(columns(series, ("bar1",), FULL, "%"), ("Learners by score", "Learners", "Earned"), rows)


def _hundred(share: float | None) -> float | None:
    return None if share is None else 100 * share
