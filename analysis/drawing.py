"""Charts as values: where columns, bands and words stand in a drawing. The template writes them as SVG. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 440, 230
LEFT, RIGHT, TOP, BASE = 40, 436, 22, 190  # edges of the field in which columns stand
LINES = 4  # above the base


@dataclass(frozen=True)
class Column:
    """One column; `look` is the class that colours it, `words` stand above it."""

    look: str
    x: int
    y: int
    width: int
    height: int
    middle: int
    words: str
    words_y: int


@dataclass(frozen=True)
class Place:
    """What stands above one label of the axis."""

    label: str
    middle: int
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Rule:
    """A line across, with what it stands for."""

    label: str
    y: int
    label_y: int


@dataclass(frozen=True)
class Band:
    """A stretch of heights above one label: from where to where a column should end."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Chart:
    places: tuple[Place, ...]
    rules: tuple[Rule, ...]
    bands: tuple[Band, ...]
    label_y: int
    base: int
    left: int
    right: int
    width: int
    height: int


Series = Sequence[tuple[str, Sequence[tuple[float | None, str]]]]
"""For each label its columns: value (None: no column) and the words above it."""


def columns(
    series: Series,
    looks: Sequence[str],
    top: float,
    unit: str = "",
    bands: Sequence[tuple[float, float]] = (),
) -> Chart:
    """A chart of columns from 0 to `top`; `looks` are the classes of a label's columns from left to right.

    `bands` gives for each label the values between which its columns should end.
    """
    slot = (RIGHT - LEFT) / max(len(series), 1)
    return Chart(
        places=tuple(_place(n, slot, label, values, looks, top) for n, (label, values) in enumerate(series)),
        rules=tuple(_rule(top * n / LINES, top, unit) for n in range(LINES + 1)),
        bands=tuple(_band(n, slot, low, high, top) for n, (low, high) in enumerate(bands)),
        label_y=BASE + 20,
        base=BASE,
        left=LEFT,
        right=RIGHT,
        width=WIDTH,
        height=HEIGHT,
    )


def round_top(highest: int) -> int:
    """The end of a scale for counts: four times the least of 1, 2, 5, 10, 20 ... that reaches `highest`."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if LINES * step * factor >= highest:
                return LINES * step * factor
        step *= 10


def _place(
    n: int,
    slot: float,
    label: str,
    values: Sequence[tuple[float | None, str]],
    looks: Sequence[str],
    top: float,
) -> Place:
    start, room = LEFT + slot * n, slot * (0.56 if len(values) == 1 else 0.76)
    width = room / max(len(values), 1)
    left = start + (slot - room) / 2
    drawn = (
        _column(look, left + width * place, width, value, words, top)
        for place, (look, (value, words)) in enumerate(zip(looks, values, strict=True))
        if value is not None
    )
    return Place(label, round(start + slot / 2), tuple(drawn))


def _column(look: str, x: float, width: float, value: float, words: str, top: float) -> Column:
    y = _height_at(value, top)
    gap = min(2.0, width / 8)
    return Column(
        look, round(x + gap), y, max(round(width - 2 * gap), 1), BASE - y, round(x + width / 2), words, y - 5
    )


def _rule(value: float, top: float, unit: str) -> Rule:
    y = _height_at(value, top)
    return Rule(f"{value:g}{unit}", y, y + 4)


def _band(n: int, slot: float, low: float, high: float, top: float) -> Band:
    y, bottom = _height_at(high, top), _height_at(low, top)
    return Band(round(LEFT + slot * (n + 0.06)), y, round(slot * 0.88), bottom - y)


def _height_at(value: float, top: float) -> int:
    return round(BASE - min(value, top) * (BASE - TOP) / top)
