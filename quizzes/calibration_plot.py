"""The calibration of an attempt as a result page shows it: a drawing, a table, a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from quizzes.calibration import BANDS, Answered, Calibration, Group, calibrate
from quizzes.marks import Certainty
from quizzes.reads import Item
from quizzes.results import ToldQuestion
from quizzes.rules import is_answered
from quizzes.words import plural

WORDS = {Certainty.LOW: "Guessing", Certainty.MID: "Fairly sure", Certainty.HIGH: "Certain"}
COLUMNS = {Certainty.LOW: 70, Certainty.MID: 190, Certainty.HIGH: 310}  # middle of each column in the drawing
TOP, HEIGHT = 20, 200  # the drawing's scale: all right at the top, none below
LEAST, MOST = 7, 20  # radius of a dot


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


@dataclass(frozen=True)
class ShownCalibration:
    columns: tuple[Column, ...]
    sentence: str
    sure_and_wrong: tuple[ToldQuestion, ...]


def calibration_of(items: Sequence[Item], told: Sequence[ToldQuestion]) -> ShownCalibration | None:
    """The calibration of the answered questions; None before a single one was. `told` names what was sure and wrong."""
    found = calibrate(
        _answered(item) for item in items if is_answered(item.answer) and item.score is not None
    )
    if not found.groups:
        return None
    columns = tuple(_column(group) for group in found.groups)
    wrong = tuple(each for each in told if each.position in found.sure_and_wrong)
    return ShownCalibration(columns, _sentence(found), wrong)


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
    )


def _y(share: Fraction) -> int:
    return TOP + round((1 - share) * HEIGHT)


def _sentence(found: Calibration) -> str:
    if found.sure_and_wrong:
        count = len(found.sure_and_wrong)
        them = "this one: read its section" if count == 1 else "these: read their sections"
        return f"You were sure and wrong on {plural(count, 'question')}. Begin with {them} again."
    sure = next((group for group in found.groups if group.certainty is Certainty.HIGH), None)
    if sure is None:
        return "You were certain of no answer. Where you were right, you may trust yourself more."
    return f"You were right on all {sure.count} that you were certain of."
