"""The map of a play: the scenes one below the other, a line for the way taken and one for the better way. Pure.

Geometry stands in attributes; colours and type come from the stylesheet by class.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from textwrap import shorten, wrap

from markupsafe import Markup

WIDTH = 320  # of the drawing's own units; the page scales it
ROW, HEAD, FOOT = 76, 44, 0  # a row holds four lines
TAKEN_X, BETTER_X, TEXT_X = 18, 46, 72
LETTERS = 31  # of a title that fit in one line
SMALL_LETTERS = 36  # of the smaller words below it
RADIUS = 8

FRAME = Markup(
    '<svg class="case-map" viewBox="0 0 {width} {height}" role="img" aria-labelledby="map-title map-desc">'
    '<title id="map-title">{title}</title><desc id="map-desc">{desc}</desc>{inside}</svg>'
)
LINE = Markup('<line class="{cls}" x1="{x}" y1="{top}" x2="{x}" y2="{bottom}"/>')
BAR = Markup('<line class="map-bar" x1="{left}" y1="{y}" x2="{right}" y2="{y}"/>')
DOT = Markup('<circle class="{cls}" cx="{x}" cy="{y}" r="{r}"/>')
TEXT = Markup('<text class="{cls}" x="{x}" y="{y}">{words}</text>')


@dataclass(frozen=True)
class Stop:
    """A scene on a way: its id, its title, what the choice made there did (`strong`, `unsafe` …; empty at the end)
    and that choice's points in words."""

    scene: str
    title: str
    effect: str
    words: str


@dataclass(frozen=True)
class Row:
    """A scene of the map, and how each way stops there."""

    taken: Stop | None
    better: Stop | None

    @property
    def title(self) -> str:
        return (self.taken or self.better or NOWHERE).title

    @property
    def words(self) -> list[str]:
        """What was chosen there, by whom where the two differ; in two lines where one is too short."""
        if self.taken and self.better and self.taken.words != self.better.words:
            said = (("you", self.taken.words), ("better", self.better.words))
            each = [f"{who}: {words}" for who, words in said if words]
            return [", ".join(each)] if len(", ".join(each)) <= SMALL_LETTERS else each
        alone = (self.taken or self.better or NOWHERE).words
        return [alone] if alone else []


NOWHERE = Stop("", "", "", "")


def rows_of(taken: Sequence[Stop], better: Sequence[Stop]) -> list[Row]:
    """Both ways in one list: scenes that both come to in the same order share a row."""
    rows: list[Row] = []
    first, second = [stop.scene for stop in taken], [stop.scene for stop in better]
    for _, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if first[a:b] == second[c:d]:
            rows += [Row(mine, other) for mine, other in zip(taken[a:b], better[c:d], strict=True)]
        else:
            rows += [Row(stop, None) for stop in taken[a:b]] + [Row(None, stop) for stop in better[c:d]]
    return rows


def draw(title: str, taken: Sequence[Stop], better: Sequence[Stop]) -> Markup:
    """The map as SVG, with title and description. Without a better way its line is left out."""
    rows = rows_of(taken, better)
    height = HEAD + ROW * len(rows) + FOOT
    inside = [*_lines(rows), *_heads(bool(better))]
    for number, row in enumerate(rows):
        inside += _row(row, HEAD + ROW * number + ROW // 2)
    return FRAME.format(
        width=WIDTH,
        height=height,
        title=title,
        desc=_described(taken, better),
        inside=Markup("").join(inside),
    )


def _lines(rows: Sequence[Row]) -> list[Markup]:
    ways = (("map-better", BETTER_X, [row.better for row in rows]),
            ("map-taken", TAKEN_X, [row.taken for row in rows]))  # fmt: skip
    found = []
    for cls, x, stops in ways:
        places = [number for number, stop in enumerate(stops) if stop]
        if places:
            top, bottom = (HEAD + ROW * place + ROW // 2 for place in (places[0], places[-1]))
            found.append(LINE.format(cls=cls, x=x, top=top, bottom=bottom))
    return found


def _heads(has_better: bool) -> list[Markup]:
    heads = [TEXT.format(cls="map-head", x=TAKEN_X - RADIUS, y=22, words="You")]
    if has_better:
        heads.append(TEXT.format(cls="map-head", x=BETTER_X, y=22, words="Better"))
    return heads


def _row(row: Row, y: int) -> list[Markup]:
    drawn = []
    if row.taken and row.better:
        drawn.append(BAR.format(left=TAKEN_X, right=BETTER_X, y=y))
    if row.taken:
        drawn.append(DOT.format(cls=f"map-stop {row.taken.effect}".strip(), x=TAKEN_X, y=y, r=RADIUS))
    if row.better:
        drawn.append(DOT.format(cls="map-other", x=BETTER_X, y=y, r=RADIUS - 2))
    return drawn + _label(row, y)


def _label(row: Row, y: int) -> list[Markup]:
    """The title in one or two lines, and below it what was chosen."""
    lines = wrap(shorten(row.title, 2 * LETTERS - 4, placeholder=" …"), LETTERS) or [""]
    words = [("map-name", line) for line in lines] + [("map-words", line) for line in row.words]
    top = y + 5 - 9 * (len(words) - 1)
    return [
        TEXT.format(cls=cls, x=TEXT_X, y=top + 18 * number, words=line)
        for number, (cls, line) in enumerate(words)
    ]


def _described(taken: Sequence[Stop], better: Sequence[Stop]) -> str:
    yours = f"Your path: {_in_words(taken)}."
    return f"{yours} The better path: {_in_words(better)}." if better else yours


def _in_words(stops: Sequence[Stop]) -> str:
    return ", ".join(f"{stop.title} ({stop.words})" if stop.words else stop.title for stop in stops)
