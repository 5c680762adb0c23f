"""Rules of the admin's lists, pure: pages, cells of an export, charts, what changed, what a mail may show."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

PAGE_SIZE = 25  # rows
HIDDEN = "[hidden]"
_OPENING = re.compile(r"(?<=[/=])[\w.~-]{40,}")


def without_keys(text: str) -> str:
    """A mail's text with the secret part of links hidden: whoever reads such a link may act as its addressee."""
    return _OPENING.sub(HIDDEN, text)


@dataclass(frozen=True)
class PageOf:
    """One page of a list with `total` rows; `number` counts from 1."""

    number: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))

    @property
    def offset(self) -> int:
        return (self.number - 1) * PAGE_SIZE

    @property
    def first(self) -> int:
        return min(self.total, self.offset + 1)

    @property
    def last(self) -> int:
        return min(self.total, self.offset + PAGE_SIZE)


def page_of(wanted: int, total: int) -> PageOf:
    """The page that was asked for, or the nearest one that there is."""
    return PageOf(max(1, min(wanted, PageOf(1, total).pages)), total)


def changes(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, list[object]]:
    """What is different, as name to [before, after]. Only names in `after` count."""
    return {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}


@dataclass(frozen=True)
class Bar:
    """One bar of a chart, in the units of its drawing. `words` stand above it, `label` below; empty for none."""

    label: str
    words: str
    x: int
    y: int
    height: int
    middle: int
    number_y: int


@dataclass(frozen=True)
class Line:
    """A line across the chart and the number it stands for."""

    words: str
    y: int
    text_y: int


@dataclass(frozen=True)
class Chart:
    """Bars over a scale, in a drawing of 720 by 250."""

    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    width: int


BASE, TOP, LEFT, RIGHT = 210, 20, 52, 712
LABELS = 13  # for so many bars there is room


def bar_chart(values: Sequence[tuple[str, int]], words: Callable[[int], str] = str) -> Chart:
    """Place the bars of labelled counts; the scale ends at a round number above the highest.

    Many bars have no room for words above each, nor for a label below each.
    """
    step = _round_step(max((value for _, value in values), default=0))
    slot = (RIGHT - LEFT) // max(1, len(values))
    every = -(-len(values) // LABELS)
    bars = (
        _bar(
            n,
            label if n % every == 0 else "",
            value,
            words(value) if value and every == 1 else "",
            step,
            slot,
        )
        for n, (label, value) in enumerate(values)
    )
    lines = (
        Line(words(step * n), _height_at(step * n, step), _height_at(step * n, step) + 4) for n in range(5)
    )
    return Chart(tuple(bars), tuple(lines), _width(slot))


def compact(number: Decimal) -> str:
    """A number as a scale has room for it: `950`, `1.5k`, `20k`, `3M`."""
    for size, unit in ((10**6, "M"), (10**3, "k")):
        if number >= size:
            return f"{float(number / size):.3g}{unit}"
    return f"{float(number):.3g}"


def _bar(n: int, label: str, value: int, words: str, step: int, slot: int) -> Bar:
    width = _width(slot)
    x, y = LEFT + slot * n + (slot - width) // 2, _height_at(value, step)
    return Bar(label, words, x, y, BASE - y, x + width // 2, y - 6)


def _width(slot: int) -> int:
    return slot * 5 // 8


def _height_at(value: int, step: int) -> int:
    return BASE - value * (BASE - TOP) // (4 * step)


def _round_step(highest: int) -> int:
    """A quarter of the scale: the least of 1, 2, 5, 10, 20, ... that four of them reach `highest`."""
    step, factors = 1, (2, 5, 10)
    while True:
        for candidate in (step, *(step * factor for factor in factors)):
            if 4 * candidate >= highest:
                return candidate
        step *= 10


def age_in_words(age: timedelta) -> str:
    """How long ago, to the largest unit that is full: `12 seconds`, `1 hour`, `3 days`."""
    seconds = max(0, int(age.total_seconds()))
    units = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
    size, noun = next((unit for unit in units if seconds >= unit[0]), units[-1])
    number = seconds // size
    return f"{number} {noun}{'' if number == 1 else 's'}"


def end_of_day(day: date, zone: str) -> datetime:
    """The moment at which `day` is over in `zone`, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)


def utc_cell(moment: datetime | None) -> str:
    """A moment in UTC, as spreadsheets read it; empty for None."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" if moment else ""


def mode_cell(livemode: bool) -> str:
    """Whether it is of real or of test money, as files and reports say it."""
    return "live" if livemode else "test"
