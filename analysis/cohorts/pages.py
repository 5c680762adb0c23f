"""The figures of cohorts and gains as their pages and files show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from analysis.cohorts.rules import FEWEST, CourseFigures, GroupFigures, ModuleGain
from analysis.rules import LEAST, Gain
from analysis.words import MINUS, cell, counted, percent

COHORT_HEAD = (
    "Enrolled from", "Enrolled until", "Learners", "Finished", "Mean progress", "Attempts", "Mean result",
    "Passed at once", "Certain answers", "Certain and right", "Learners with a gain", "Gain", "Gain from", "Gain to",
)  # fmt: skip
GAIN_HEAD = (
    "Module",
    "Title",
    "Learners",
    "Before",
    "After",
    "Gain",
    "Gain from",
    "Gain to",
    "Right long after",
    "Answers long after",
)
NONE_YET = "none yet"
LEFT, WIDTH, ROW, TOP = 40, 440, 40, 34  # of the drawing, in units of its viewBox
LEAST_SHOWN, MOST_SHOWN = -20, 100  # percent at the ends of its axis


@dataclass(frozen=True)
class CohortLine:
    """A group of learners in words."""

    months: str
    n: int
    finished: str
    progress: str
    mean: str
    passed: str
    sure: str
    sure_answers: str
    gain: str
    interval: str


@dataclass(frozen=True)
class GainLine:
    """A module in words; `bar` is None where too few took both quizzes."""

    number: int
    title: str
    n: int
    before: str
    after: str
    gain: str
    interval: str
    later: str
    later_answers: str
    bar: "Bar | None"


@dataclass(frozen=True)
class Bar:
    """A gain drawn: its interval from `low` to `high`, its mean, at a height."""

    low: int
    mean: int
    high: int
    y: int
    label_y: int


@dataclass(frozen=True)
class Axis:
    """The drawing of all gains: its size, and the lines across with their percents."""

    width: int
    height: int
    top: int
    base: int
    rules: tuple[tuple[int, str, bool], ...]  # x, words, whether it is the line of no gain


def cohort_lines(figures: CourseFigures) -> list[CohortLine]:
    """One line for each group."""
    return [_cohort_line(group) for group in figures.groups]


def cohort_cells(figures: CourseFigures) -> list[tuple[object, ...]]:
    """The rows of the file, its head first."""
    return [COHORT_HEAD, *map(_cells_of_group, figures.groups)]


def gain_lines(figures: CourseFigures) -> list[GainLine]:
    """One line for each module that is asked before and after."""
    drawn = [module.number for module in figures.modules if module.gain.mean is not None]
    return [
        _gain_line(drawn.index(module.number) if module.number in drawn else 0, module)
        for module in figures.modules
    ]


def gain_cells(figures: CourseFigures) -> list[tuple[object, ...]]:
    """The rows of the file, its head first."""
    return [GAIN_HEAD, *map(_cells_of_module, figures.modules)]


def axis(lines: Sequence[GainLine]) -> Axis:
    """The drawing that holds the bars of these lines."""
    height = TOP + ROW * sum(line.bar is not None for line in lines)
    percents = range(LEAST_SHOWN, MOST_SHOWN + 1, 20)
    rules = tuple((_x(each / 100), f"{_signed(each / 100)}", each == 0) for each in percents)
    return Axis(WIDTH, height, TOP - 8, height, rules)


def months_in_words(first: str, last: str) -> str:
    """`September 2026`, `August to October 2026`, `December 2025 to January 2026`."""
    begin, end = (date.fromisoformat(f"{month}-01") for month in (first, last))
    if begin == end:
        return f"{begin:%B %Y}"
    return f"{begin:%B} to {end:%B %Y}" if begin.year == end.year else f"{begin:%B %Y} to {end:%B %Y}"


def _cohort_line(group: GroupFigures) -> CohortLine:
    return CohortLine(
        months=months_in_words(group.first, group.last),
        n=group.n,
        finished=f"{group.finished}",
        progress=percent(group.progress),
        mean=_shown(group.mean, group.attempts),
        passed=_shown(group.passed, group.to_pass),
        sure=_shown(group.sure, group.sure_answers),
        sure_answers=f"of {group.sure_answers:,}" if group.sure is not None else "",
        gain=_change(group.gain),
        interval=_interval(group.gain),
    )


def _gain_line(place: int, module: ModuleGain) -> GainLine:
    n = module.gain.n
    return GainLine(
        number=module.number,
        title=module.title,
        n=n,
        before=percent(module.before, n),
        after=percent(module.after, n),
        gain=_change(module.gain),
        interval=_interval(module.gain),
        later=_given(module.later, module.later_answers),
        later_answers=f"of {counted(module.later_answers, 'answer')}" if module.later is not None else "",
        bar=_bar(place, module.gain),
    )


def _bar(place: int, gain: Gain) -> Bar | None:
    if gain.mean is None or gain.low is None or gain.high is None:
        return None
    y = TOP + ROW * place + ROW // 2
    return Bar(_x(gain.low), _x(gain.mean), _x(gain.high), y, y + 5)


def _x(share: float) -> int:
    """Where a share stands on the axis; what lies beyond stands at its end."""
    place = (min(max(100 * share, LEAST_SHOWN), MOST_SHOWN) - LEAST_SHOWN) / (MOST_SHOWN - LEAST_SHOWN)
    return round(LEFT + place * (WIDTH - LEFT - 24))


def _change(gain: Gain) -> str:
    """`+24`, in points of a hundred; `too few` below ten learners."""
    if gain.mean is None:
        return percent(None, gain.n) or NONE_YET
    return _signed(gain.mean)


def _interval(gain: Gain) -> str:
    if gain.low is None or gain.high is None:
        return f"from {LEAST} learners on" if 0 < gain.n < LEAST else ""
    return f"{_signed(gain.low)} to {_signed(gain.high)}"


def _signed(share: float) -> str:
    words = f"{round(100 * share):+d}"
    return "0" if words == "+0" else words.replace("-", MINUS)


def _shown(share: float | None, of: int) -> str:
    """Why there is no figure of a group: there was nothing, or it might tell of few."""
    return percent(share) if share is not None or of else NONE_YET


def _given(share: float | None, of: int) -> str:
    """Why there is no figure: nothing was answered, or by fewer than FEWEST learners."""
    if share is None:
        return f"fewer than {FEWEST}" if of else NONE_YET
    return percent(share)


def _cells_of_group(group: GroupFigures) -> tuple[object, ...]:
    gain = group.gain
    return (
        group.first, group.last, group.n, group.finished, cell(group.progress),
        "" if group.mean is None else group.attempts, cell(group.mean), cell(group.passed),
        "" if group.sure is None else group.sure_answers, cell(group.sure),
        gain.n, cell(gain.mean), cell(gain.low), cell(gain.high),
    )  # fmt: skip


def _cells_of_module(module: ModuleGain) -> tuple[object, ...]:
    gain = module.gain
    return (
        module.number, module.title, gain.n, cell(module.before), cell(module.after), cell(gain.mean),
        cell(gain.low), cell(gain.high), cell(module.later), "" if module.later is None else module.later_answers,
    )  # fmt: skip
