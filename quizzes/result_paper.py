"""One's own attempt on paper: a ResultPage in, an A4 sheet as PDF out, holding no more than the page may show.

Set by typst from `result.typ` as certificates are, with the same fonts; words reach it as data. Importing this module
loads typst.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import typst
from markupsafe import Markup

from certificates.coverage import FAMILIES, printable
from certificates.paper import fonts
from quizzes.paper import ShownQuestion, given_in_words
from quizzes.result_page import ResultPage
from quizzes.results import ToldEntry, ToldOption, ToldQuestion

TEMPLATE = Path(__file__).parent / "result.typ"
DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
LINE_ENDS = re.compile(r"</(?:p|li|dt|dd|tr|h\d|figcaption|pre|blockquote)>|<br\b[^>]*>")
CELL_ENDS = re.compile(r"</t[dh]>")
VERDICTS = {
    "right": "Right.",
    "partly": "Partly right.",
    "wrong": "Not right.",
    "open": "Not answered.",
    "pending": "A person marks this answer.",
}


@dataclass(frozen=True)
class Line:
    """One option or one thing filled in. `sign` is right, wrong or empty; `said` what is told of it beside."""

    sign: str
    text: str
    said: str
    why: str


@dataclass(frozen=True)
class PrintedQuestion:
    """A question in words; without a verdict its key may not be seen, and the lines are what was answered."""

    position: int
    prompt: tuple[str, ...]
    verdict: str
    lines: tuple[Line, ...]
    why: tuple[str, ...]
    see: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """Everything that is printed, in words ready for the reader."""

    school: str
    colour_primary: str  # #rrggbb
    learner: str
    handed_in: date
    handed_in_words: str
    title: str
    kicker: str
    headline: str
    lede: str
    score: str
    hidden: str
    objectives: tuple[tuple[str, str], ...]
    topics: tuple[tuple[str, str], ...]
    gain: str
    certainty: tuple[tuple[str, str, str, str], ...]  # what was said, right, missed, what that is
    questions: tuple[PrintedQuestion, ...]
    language: str = "en"


def render_pdf(sheet: Sheet) -> bytes:
    """The attempt as PDF/A-2a and PDF/UA-1, the same bytes for the same sheet."""
    words = {**asdict(sheet), "fonts": FAMILIES, "handed_in": sheet.handed_in.isoformat()}
    return typst.compile(
        TEMPLATE,
        font_paths=fonts(),
        sys_inputs={"sheet": json.dumps(_printable(words))},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=datetime.combine(sheet.handed_in, time(), UTC),
    )


def printed(page: ResultPage, shown: Sequence[ShownQuestion]) -> tuple[PrintedQuestion, ...]:
    """The questions of an attempt: with key and reasons where the page has them, else only what was answered."""
    if page.missed is not None:
        told = sorted((*page.missed, *page.right), key=lambda each: each.position)
        return tuple(map(_told, told))
    return tuple(map(_answered, shown))


def certainty(page: ResultPage) -> tuple[tuple[str, str, str, str], ...]:
    """The rows of the calibration's table."""
    columns = page.calibration.columns if page.calibration else ()
    return tuple((each.words, str(each.right), str(each.missed), str(each.standing)) for each in columns)


def _told(told: ToldQuestion) -> PrintedQuestion:
    points = f" {told.points}." if told.points else ""
    return PrintedQuestion(
        position=told.position,
        prompt=lines_of(told.prompt),
        verdict=VERDICTS[told.verdict] + points,
        lines=(*map(_entry, told.entries), *map(_option, told.options)),
        why=lines_of(told.why),
        see=told.see_title,
        sources=tuple(source.words for source in told.sources),
    )


def _answered(shown: ShownQuestion) -> PrintedQuestion:
    given = given_in_words(shown) or ["No answer"]
    lines = tuple(Line("", words, "", "") for words in given)
    return PrintedQuestion(shown.position, lines_of(shown.prompt), "", lines, (), "", ())


def _option(option: ToldOption) -> Line:
    letter = f"{option.letter}. " if option.letter else ""
    said = [
        *(["your answer"] if option.chosen else []),
        *(["right"] if option.right else [] if option.letter else ["belongs to none"]),
    ]
    sign = "right" if option.right else "wrong" if option.chosen else ""
    return Line(sign, letter + in_a_line(option.text), ", ".join(said), in_a_line(option.why))


def _entry(entry: ToldEntry) -> Line:
    label = f"{in_a_line(entry.label)}: " if entry.label else ""
    said = "" if entry.right or not entry.key else f"right: {in_a_line(entry.key)}"
    given = in_a_line(entry.given) or "no answer"
    return Line("right" if entry.right else "wrong", label + given, said, in_a_line(entry.why))


def lines_of(html: Markup) -> tuple[str, ...]:
    """The words of a text in lines; a drawing is left out, its caption stays."""
    text = CELL_ENDS.sub(" ", LINE_ENDS.sub("\n", DRAWING.sub("", html)))
    lines = (Markup(line).striptags() for line in text.split("\n"))
    return tuple(line for line in lines if line)


def in_a_line(html: Markup) -> str:
    """All words of a text."""
    return " ".join(lines_of(html))


def _printable(value: Any) -> Any:
    """Every text without letters that no font has."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {key: _printable(each) for key, each in value.items()}
    return list(_each(value)) if isinstance(value, list | tuple) else value


def _each(values: Sequence[Any]) -> Iterator[Any]:
    return map(_printable, values)
