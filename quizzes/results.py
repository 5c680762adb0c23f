"""A question as a result shows it: what was given, what is right, why, and where to read again."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from markupsafe import Markup
from sqlalchemy import select

from core.database import db
from quizzes import rules
from quizzes.calibration import WORDS
from quizzes.marks import Given, mark
from quizzes.paper import letters, plain_prompt
from quizzes.presentation import EntryOutcome, Layout, OptionOutcome
from quizzes.questions import Options
from quizzes.reads import Asked, Item
from quizzes.rules import Feedback, Score, Tally
from quizzes.terms import Terms
from sources.models import Source
from sources.rules import sentences

FindLesson = Callable[[str], tuple[str, str] | None]
"""From a lesson's slug to its address and title, or None where the reader's course has no such lesson."""


@dataclass(frozen=True)
class ToldOption:
    letter: str
    text: Markup
    right: bool
    chosen: bool
    why: Markup


@dataclass(frozen=True)
class ToldEntry:
    label: Markup
    given: Markup
    key: Markup
    right: bool
    why: Markup


@dataclass(frozen=True)
class ToldSource:
    """A source in words, with its address where it has one."""

    words: str
    url: str


@dataclass(frozen=True)
class ToldQuestion:
    """A marked question. `verdict` is right, partly, wrong, open (not answered) or pending."""

    position: int
    name: str
    prompt: Markup
    verdict: str
    points: str
    options: tuple[ToldOption, ...]
    entries: tuple[ToldEntry, ...]
    why: Markup
    see_url: str
    see_title: str
    sources: tuple[ToldSource, ...]


@dataclass(frozen=True)
class ToldTally:
    """Points under one name; the numbers are for a bar, the words for people."""

    name: str
    words: str
    earned: float
    possible: float

    @property
    def share(self) -> float:
        return self.earned / self.possible if self.possible else 1.0


@dataclass(frozen=True)
class ToldTallies:
    """Points by objective or topic: where something was missed, the least known first, and what was all right."""

    missed: tuple[ToldTally, ...]
    right: tuple[ToldTally, ...]

    def __iter__(self) -> Iterator[ToldTally]:
        return iter((*self.missed, *self.right))

    def __bool__(self) -> bool:
        return bool(self.missed or self.right)


def tell_items(items: Sequence[Item], terms: Terms, find_lesson: FindLesson) -> list[ToldQuestion]:
    """Every question of a submitted attempt with these terms, key included: only where feedback is allowed."""
    told = [(item, _as_marked(item)) for item in items]
    sources = sources_in_words(key for _, feedback in told for key in feedback.sources)
    return [
        replace(
            tell_question(
                item.asked, item.layout, item.counting, feedback, sources, find_lesson, item.position
            ),
            points=points_of(item, feedback.score, terms),
        )
        for item, feedback in told
    ]


def _as_marked(item: Item) -> Feedback:
    """What a person marked has the score that they gave."""
    feedback = rules.feedback(item.asked.question, item.counting)
    if not feedback.score.pending or item.score is None:
        return feedback
    return replace(feedback, score=Score(item.score, feedback.score.possible))


def tell_question(
    asked: Asked,
    layout: Layout,
    answer: dict[str, Any] | None,
    feedback: Feedback,
    sources: Mapping[str, ToldSource],
    find_lesson: FindLesson,
    position: int = 0,
) -> ToldQuestion:
    """One question with its key, options in the order in which they were shown."""
    lesson, _, heading = feedback.see.partition("#")
    found = find_lesson(lesson) if lesson else None
    prompt = asked.markup(feedback.prompt_md)
    return ToldQuestion(
        position=position,
        name=plain_prompt(prompt),
        prompt=Markup(with_lines(prompt)),
        verdict=verdict(feedback.score, rules.is_answered(answer)),
        points=points_in_words(feedback.score),
        options=tuple(_options(asked, layout, feedback.options)),
        entries=tuple(_entry(asked, entry) for entry in feedback.entries),
        why=asked.markup(feedback.why_md),
        see_url=f"{found[0]}#{heading}" if found and heading else found[0] if found else "",
        see_title=found[1] if found else "",
        sources=tuple(sources[key] for key in feedback.sources if key in sources),
    )


def verdict(score: Score, answered: bool) -> str:
    """One word for what became of an answer."""
    if score.pending:
        return "pending"
    if score.is_full:
        return "right"
    return "partly" if score.earned else "wrong" if answered else "open"


def exact(number: Fraction) -> str:
    """A number of points as people write it: 7, 0.5, 0.75, 7 2/3, -0.5. Never rounded."""
    if number < 0:
        return f"-{exact(-number)}"
    whole, rest = divmod(number.numerator, number.denominator)
    if not rest:
        return str(whole)
    if 100 % number.denominator == 0:
        return f"{whole}.{rest * 100 // number.denominator:02}".rstrip("0")
    part = f"{rest}/{number.denominator}"
    return f"{whole} {part}" if whole else part


def points_in_words(score: Score) -> str:
    """`0.5 of 1 point`."""
    unit = "point" if score.possible <= 1 else "points"
    return f"{exact(score.earned)} of {exact(score.possible)} {unit}" if score.earned is not None else ""


def points_of(item: Item, score: Score, terms: Terms) -> str:
    """`1 of 1 point, counts for 1/3 (guessing)`: what an answer earns, and its mark where that is another number."""
    words = points_in_words(score)
    if item.mark is None or item.mark == score.earned:
        return words
    why = ", ".join(_why_less(item, terms))
    return f"{words}, counts for {exact(item.mark)}{f' ({why})' if why else ''}"


def _why_less(item: Item, terms: Terms) -> Iterator[str]:
    """What makes a mark another number than the score; that a required criterion failed, its marker says."""
    if terms.certainty:
        yield WORDS[item.certainty].lower() if item.certainty else "not said how sure"
    elif item.is_for_people and not _is_price(item, terms):
        return
    elif item.mark is not None and item.mark < 0:
        yield "a wrong tick"
    else:
        yield from _help_charged(item, terms)


def _is_price(item: Item, terms: Terms) -> bool:
    """Whether the mark of what a person marked is the score less the price of help, and of nothing else."""
    score = Score(item.score, item.asked.question.points)
    return item.mark == mark(score, Given(True, further_tries=len(item.tried), hinted=item.hinted), terms)


def _help_charged(item: Item, terms: Terms) -> Iterator[str]:
    """The help that was taken and has its price."""
    _, further = rules.answer_that_counts(item.asked.question, item.answer, item.tried)
    if further and terms.try_penalty:
        yield "a further try" if further == 1 else f"{further} further tries"
    if item.hinted and terms.hint_penalty:
        yield "the hint"


def tell_tallies(grouping: str, items: Sequence[Item], names: Mapping[str, str]) -> ToldTallies:
    """Results by topic or objective; `names` gives their words, those without are read from the id."""
    graded = [(item.asked.question, Score(item.score, item.asked.question.points)) for item in items]
    found = rules.results_by(grouping, graded)
    words = {tally.name: names.get(tally.name) or _read(tally.name) for tally in found}
    told = [_tally(tally, words[tally.name]) for tally in found]
    missed = sorted((each for each in told if each.share < 1), key=lambda each: each.share)
    return ToldTallies(tuple(missed), tuple(each for each in told if each.share == 1))


def _read(name: str) -> str:
    """An id as words: `capstone-red-flags`, of the capstone, are red flags."""
    return name.removeprefix("capstone-").replace("-", " ").capitalize()


def sources_in_words(keys: Iterable[str]) -> dict[str, ToldSource]:
    """What the bibliography says of these keys."""
    rows = db.session.scalars(select(Source).where(Source.key.in_(set(keys))))
    return {source.key: _source(source) for source in rows}


def with_lines(prompt: Markup) -> str:
    """The prompt with a line where each blank stood."""
    return prompt.replace("⟦", "____ (").replace("⟧", ")")


def _options(asked: Asked, layout: Layout, outcomes: Sequence[OptionOutcome]) -> Iterable[ToldOption]:
    shown: list[OptionOutcome] = list(outcomes)
    marks: Sequence[str] = [""] * len(shown)
    if isinstance(asked.question.parts, Options):
        shown = [outcomes[pick.index] for pick in layout.picks if pick.index < len(outcomes)]
        marks = letters(len(shown))
    for letter, option in zip(marks, shown, strict=True):
        text, why = asked.markup(option.text_md), asked.markup(option.why_md)
        yield ToldOption(letter, text, option.right, option.chosen, why)


def _entry(asked: Asked, entry: EntryOutcome) -> ToldEntry:
    label, given, key, why = map(asked.markup, (entry.label_md, entry.given_md, entry.key_md, entry.why_md))
    return ToldEntry(label, given, key, entry.right, why)


def _tally(tally: Tally, words: str) -> ToldTally:
    score = f"{exact(tally.earned)} of {exact(tally.possible)}"
    return ToldTally(words, score, float(tally.earned), float(tally.possible))


def _source(source: Source) -> ToldSource:
    words = sentences(source.authors, source.title, source.published_in, source.year)
    return ToldSource(words, f"https://doi.org/{source.doi}" if source.doi else source.url)
