"""What a marker judges an answer by, and what the judgement is worth. Pure; the law is docs/marking.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from quizzes.questions import Marking, Question, Rubric

Levels = Sequence[int | None]  # for each criterion the number of the level that was chosen, from 0


@dataclass(frozen=True)
class Level:
    """One column of a criterion: the points that it gives, and what earns them."""

    points: int
    words_md: str


@dataclass(frozen=True)
class Criterion:
    """One thing that is judged; `required`: 0 points fail the whole."""

    name_md: str
    levels: tuple[Level, ...]
    required: bool


@dataclass(frozen=True)
class Scheme:
    """All that one answer is judged by. `most` points of the criteria earn all that is `possible`."""

    criteria: tuple[Criterion, ...]
    most: int
    possible: Fraction


@dataclass(frozen=True)
class Judged:
    """What levels are worth. `earned` is what the rubric shows, `counts` what it counts for."""

    sum: int
    earned: Fraction
    possible: Fraction
    failed: tuple[str, ...]  # names of required criteria at 0 points
    complete: bool

    @property
    def counts(self) -> Fraction:
        return Fraction(0) if self.failed else self.earned


def scheme_of(question: Question) -> Scheme:
    """The scheme of an essay, a file or an assignment. Total for whatever a person marks."""
    parts = question.parts if isinstance(question.parts, Marking) else Marking()
    if parts.rubric is not None and parts.rubric.most > 0:
        return Scheme(_of_rubric(parts.rubric), parts.rubric.most, question.points)
    if parts.points:
        listed = tuple(_of_point(point.text_md) for point in parts.points)
        return Scheme(listed, min(len(listed), max(1, int(question.points))), question.points)
    whole = max(1, int(question.points))
    levels = tuple(Level(points, "") for points in range(whole + 1))
    return Scheme((Criterion("The whole answer", levels, False),), whole, question.points)


def judge(scheme: Scheme, levels: Levels) -> Judged:
    """The sum of the levels, never above `most`; a level that is missing or unknown gives nothing."""
    chosen = [_level(criterion, at(levels, place)) for place, criterion in enumerate(scheme.criteria)]
    total = min(sum(level.points for level in chosen if level), scheme.most)
    failed = tuple(
        criterion.name_md
        for criterion, level in zip(scheme.criteria, chosen, strict=True)
        if criterion.required and level is not None and level.points == 0
    )
    earned = scheme.possible * Fraction(total, scheme.most)
    return Judged(total, earned, scheme.possible, failed, all(level is not None for level in chosen))


def at(values: Sequence[int | None], place: int) -> int | None:
    """The value at a place, None beyond the end."""
    return values[place] if place < len(values) else None


def _level(criterion: Criterion, number: int | None) -> Level | None:
    known = number is not None and 0 <= number < len(criterion.levels)
    return criterion.levels[number] if known and number is not None else None


def _of_rubric(rubric: Rubric) -> tuple[Criterion, ...]:
    return tuple(
        Criterion(row.name, tuple(map(Level, rubric.levels, row.levels_md)), row.required)
        for row in rubric.criteria
    )


def _of_point(text_md: str) -> Criterion:
    return Criterion(text_md, (Level(0, "Not there"), Level(1, "There")), False)
