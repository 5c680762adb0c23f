"""Kinds that a person marks: essay and file, with marking points or a rubric."""

import re
from collections.abc import Iterator
from fractions import Fraction
from random import Random

from quizzes.kinds.kind import AnswerLine, Block, Fault, Form, Kind, empty
from quizzes.presentation import Answer, EntryOutcome, Field, Layout, submitted, texts
from quizzes.questions import Criterion, Marking, Option, Rubric

BULLET = re.compile(r"[-*]\s+(.*)$", re.DOTALL)
WORDS = re.compile(r"(\d{1,6})\s*[-–]\s*(\d{1,6})$")


class Written(Kind[Marking]):
    """Never marked by the machine: its share is None until a person gives points."""

    machine_marked = False
    notes = frozenset({"words"})

    def starts_answer(self, line: str, begun: bool) -> bool:
        return BULLET.match(line) is not None or is_rubric_header(line) or (begun and "|" in line)

    def parse(self, block: Block) -> Marking:
        rows = [answer for answer in block.answers if not BULLET.match(answer.text)]
        points = [_point(answer) for answer in block.answers if BULLET.match(answer.text)]
        empty(block, "marking point", points)
        if rows and points:
            remedy = "Keep the list of marking points or the rubric table."
            block.fault(rows[0].line, "marking points and a rubric stand together", remedy)
        listed = tuple(Option(point.text, True, point.why) for point in points)
        return Marking(listed, read_rubric(block, rows), read_words(block))

    def check(self, parts: Marking) -> Iterator[Fault]:
        return iter(())

    def points(self, parts: Marking) -> Fraction:
        return Fraction(max(1, parts.rubric.most if parts.rubric else len(parts.points)))

    def lay_out(self, parts: Marking, name: str, rng: Random, shuffle: bool) -> Layout:
        return Layout(name)

    def share(self, parts: Marking, answer: object) -> Fraction | None:
        """Nothing for nothing; whatever was given, a person marks."""
        given = (*texts(answer, "text"), *texts(answer, "files"))
        return None if any(text.strip() for text in given) else Fraction(0)


class EssayKind(Written):
    name = "essay"

    def note(self, parts: Marking) -> str:
        aim = f" Aim for {parts.words[0]} to {parts.words[1]} words." if parts.words else ""
        return f"A person marks this answer. Name no client.{aim}"

    def fields(self, parts: Marking, layout: Layout) -> tuple[Field, ...]:
        return (Field(layout.name, "lines"),)

    def read(self, parts: Marking, form: Form, layout: Layout) -> Answer:
        return {"text": submitted(form, layout.name)[:1]}

    def fill(self, parts: Marking, answer: Answer | None, layout: Layout) -> dict[str, list[str]]:
        return {layout.name: texts(answer, "text")[:1]}

    def entries(self, parts: Marking, answer: object) -> list[EntryOutcome]:
        return [EntryOutcome("", text, "", False, "") for text in texts(answer, "text")[:1]]


class FileKind(Written):
    """A form holds no file: the caller puts the stored keys of the uploads under the field's name."""

    name = "file"
    in_form = False

    def note(self, parts: Marking) -> str:
        return "Hand in a file. A person marks it. Name no client and show no photograph of one."

    def fields(self, parts: Marking, layout: Layout) -> tuple[Field, ...]:
        return (Field(layout.name, "file"),)

    def read(self, parts: Marking, form: Form, layout: Layout) -> Answer:
        return {"files": submitted(form, layout.name)}

    def fill(self, parts: Marking, answer: Answer | None, layout: Layout) -> dict[str, list[str]]:
        return {layout.name: texts(answer, "files")}

    def entries(self, parts: Marking, answer: object) -> list[EntryOutcome]:
        return [EntryOutcome("", key, "", False, "") for key in texts(answer, "files")]


def is_rubric_header(line: str) -> bool:
    """Whether a table row names its columns by numbers: `criterion | 0 | 1 | 2 | 3`."""
    first, *levels = cells(line)
    return first != "" and len(levels) > 1 and all(re.fullmatch(r"\d{1,3}", level) for level in levels)


def is_rule(row: str) -> bool:
    """Whether a table row only divides the header from the body."""
    return "-" in row and set(row) <= set("|:- \t\n")


def cells(row: str) -> list[str]:
    """The cells of a table row; `\\|` is a plain sign."""
    parts = re.split(r"(?<!\\)\|", row.strip().removeprefix("|").removesuffix("|"))
    return [part.strip().replace("\\|", "|") for part in parts]


def read_rubric(block: Block, rows: list[AnswerLine]) -> Rubric | None:
    """The rubric that table rows hold, its header first; None without rows."""
    if not rows:
        return None
    levels = _levels(block, rows[0])
    body = [row for row in rows[1:] if not is_rule(row.text)]
    if not body:
        block.fault(rows[0].line, "the rubric has no criterion", "Write a row for each below the header.")
    return Rubric(levels, tuple(_criterion(block, row, len(levels)) for row in body))


def _levels(block: Block, header: AnswerLine) -> tuple[int, ...]:
    if not is_rubric_header(header.text):
        remedy = "Begin it with `criterion | 0 | 1 | 2 | 3`."
        block.fault(header.line, "the rubric's header does not name its levels", remedy)
        return ()
    levels = tuple(int(level) for level in cells(header.text)[1:])
    if len(set(levels)) < len(levels):
        remedy = "Give each column another number."
        block.fault(header.line, "a level stands twice in the rubric's header", remedy)
    return levels


def _criterion(block: Block, row: AnswerLine, levels: int) -> Criterion:
    name, *descriptions = cells(row.text)
    if len(descriptions) != levels or not name.rstrip("*").strip():
        remedy = f"Write its name and {levels} cells, one for each level of the header."
        block.fault(row.line, f"this criterion has {len(descriptions)} levels", remedy)
    return Criterion(name.removesuffix("*").strip(), tuple(descriptions), name.endswith("*"))


def read_words(block: Block) -> tuple[int, int] | None:
    """The least and greatest number of words asked for, from `words: 600-800`."""
    if "words" not in block.notes:
        return None
    found = WORDS.fullmatch(block.note("words").strip())
    if found is None or int(found[1]) > int(found[2]):
        block.fault(block.notes["words"].line, "this is no range of words", "Write it as `words: 600-800`.")
        return None
    return int(found[1]), int(found[2])


def _point(answer: AnswerLine) -> AnswerLine:
    found = BULLET.match(answer.text)
    return AnswerLine(found[1].strip() if found else "", answer.line, answer.why)
