"""The calibration of an attempt as a result page shows it: a drawing, a table, a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from quizzes.calibration import BANDS, WORDS, Answered, Calibration, Group, calibrate
from quizzes.marks import Certainty
from quizzes.reads import Item
from quizzes.results import ToldQuestion
from quizzes.rules import is_answered
from quizzes.words import plural

COLUMNS = {
    Certainty.LOW: 106,
    Certainty.MID: 222,
    Certainty.HIGH: 338,
}  # middle of each column in the drawing
TOP, HEIGHT = 26, 170  # the drawing's scale: all right at the top, none below
LEAST, MOST = 13, 21  # radius of a dot, with room for a number in it
ENOUGH = 3  # answers of one certainty, before it is judged


class Standing(StrEnum):
    """Where a dot lies against its band; the words stand in the table, so that no colour has to tell it."""

    AS_SURE = "as sure as right"
    SURER = "surer than right"
    LESS_SURE = "more right than sure"
    TOO_FEW = "too few to tell"


@dataclass(frozen=True)
class Column:
    """One certainty in the drawing: the band in which it pays, and a dot for what was right. Units of the viewBox."""

    words: str
    x: int
    band_top: int
    band_height: int
    dot_y: int
    dot_radius: int
    count: int
    right: int
    missed: int
    standing: Standing


@dataclass(frozen=True)
class ShownCalibration:
    """`ticks` are the lines across, by height and word; `curve` joins the dots, as points of an SVG."""

    columns: tuple[Column, ...]
    ticks: tuple[tuple[int, str], ...]
    curve: str
    sentence: str
    sure_and_wrong: tuple[ToldQuestion, ...]


def calibration_of(items: Sequence[Item], told: Sequence[ToldQuestion]) -> ShownCalibration | None:
    """The calibration of the answered questions; None before a single one was. `told` names what was sure and wrong.

    Only where the key may be seen: a number of right answers tells it.
    """
    found = calibrate(
        _answered(item) for item in items if is_answered(item.answer) and item.score is not None
    )
    if not found.groups:
        return None
    columns = tuple(_column(group) for group in found.groups)
    curve = " ".join(f"{column.x},{column.dot_y}" for column in reversed(columns))
    wrong = tuple(each for each in told if each.position in found.sure_and_wrong)
    return ShownCalibration(columns, TICKS, curve, _sentence(found), wrong)


def _answered(item: Item) -> Answered:
    share = (item.score or Fraction(0)) / item.asked.question.points
    return Answered(item.position, item.certainty or Certainty.LOW, share)


def _column(group: Group) -> Column:
    low, high = BANDS[group.certainty]
    return Column(
        words=WORDS[group.certainty],
        x=COLUMNS[group.certainty],
        band_top=_y(high),
        band_height=_y(low) - _y(high),
        dot_y=_y(group.share),
        dot_radius=min(LEAST + group.count, MOST),
        count=group.count,
        right=group.right,
        missed=group.missed,
        standing=_standing(group),
    )


def _standing(group: Group) -> Standing:
    low, high = BANDS[group.certainty]
    if group.count < ENOUGH:
        return Standing.TOO_FEW
    if group.share < low:
        return Standing.SURER
    return Standing.LESS_SURE if group.share > high else Standing.AS_SURE


def _y(share: Fraction) -> int:
    return TOP + round((1 - share) * HEIGHT)


TICKS = tuple((_y(Fraction(percent, 100)), f"{percent} %") for percent in (100, 50, 0))


def _sentence(found: Calibration) -> str:
    if found.sure_and_wrong:
        count = len(found.sure_and_wrong)
        them = "this one: read its section" if count == 1 else "these: read their sections"
        return f"You were sure and wrong on {plural(count, 'question')}. Begin with {them} again."
    sure = next((group for group in found.groups if group.certainty is Certainty.HIGH), None)
    if sure is None:
        return "You were certain of no answer. Where you were right, you may trust yourself more."
    return f"You were right on all {sure.count} that you were certain of."
