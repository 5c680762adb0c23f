"""Questions as a table: one a row, under a header that names the columns (docs/question-formats.md). Pure."""

import csv
import io
import re
from collections.abc import Callable, Iterator

from core.errors import Problem
from quizzes.questions import Marking, Option, Options, Pair, Pairs, Parts, Steps, Wording, Wordings
from quizzes.quiz_text import parse_questions
from studio.questions import weighing
from studio.questions.found import Findings, Found, Refusal
from studio.questions.our_text import true_or_false

COLUMNS = ("id", "kind", "prompt", "right", "wrong", "why", "hint", "points", "topic")
NEEDED = {"kind", "prompt"}
BAR = re.compile(r"(?<!\\)\|")
GUARDED = re.compile(r"'(?=[=+\-@\t\r])")
SIDES = re.compile(r"\s=\s")
Row = dict[str, str]


def looks_like(text: str) -> bool:
    """Whether the first line is the header."""
    return set(_header(text.partition("\n")[0])) >= NEEDED


def read(text: str) -> Findings:
    """Every row's question, or why it cannot be held. Lines are those of the file, also where a cell has several."""
    sign = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
    except csv.Error as error:
        yield Refusal(f"this is no table: {error}", "Save it again as CSV.").at(1)
        return
    unknown = sorted(set(header) - {*COLUMNS, ""})
    if unknown or not set(header) >= NEEDED or len(set(header)) < len(header):
        yield Refusal(
            "the header is not as it should be", f"Columns are {', '.join(COLUMNS)}, each once."
        ).at(1)
        return
    for line, cells in _rows(reader):
        yield cells if isinstance(cells, Problem) else _question(line, header, cells)


def _header(line: str) -> list[str]:
    return [name.strip().strip('"').lower() for name in re.split(r"[;,]", line)]


def _rows(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str] | Problem]]:
    while True:
        line = getattr(reader, "line_num", 0) + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, Refusal(f"this row cannot be read: {error}", "Save it again as CSV.").at(line)
            continue
        if any(cell.strip() for cell in cells):
            yield line, cells


def _question(line: int, header: list[str], cells: list[str]) -> Found | Problem:
    if len(cells) > len(header):
        return Refusal("this row has more cells than the header", "Set a cell with a comma in quotes.").at(
            line
        )
    row = {name: GUARDED.sub("", cell.strip(), count=1) if cell.startswith("'") else cell.strip()
           for name, cell in zip(header, cells, strict=False)}  # fmt: skip
    try:
        return _found(line, {column: _text(row.get(column, "")) for column in COLUMNS})
    except Refusal as refusal:
        return refusal.at(line)


def _text(cell: str) -> str:
    return "\n".join(line.rstrip() for line in cell.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def _found(line: int, row: Row) -> Found:
    kind = row["kind"].lower()
    if kind not in READERS:
        raise Refusal(f"“{kind[:40]}” is no kind of question", f"Write one of {', '.join(READERS)}.")
    held, parts = READERS[kind](row)
    points = weighing.number(row["points"]) if row["points"] else None
    if points is not None and not 0 < points < 1000:
        raise Refusal(
            f"“{row['points'][:20]}” is no number of points", "Write a number above 0 and below 1000."
        )
    attributes = {"topic": row["topic"]} if row["topic"] else {}
    return Found(line, row["id"], held, row["prompt"], parts, row["why"], row["hint"], points, attributes)


def _list(cell: str) -> list[str]:
    return [part.strip().replace("\\|", "|") for part in BAR.split(cell) if part.strip()]


def _ticked(kind: str) -> Callable[[Row], tuple[str, Parts]]:
    def read_row(row: Row) -> tuple[str, Parts]:
        right, wrong = _list(row["right"]), _list(row["wrong"])
        return kind, Options(
            (*(Option(each, True) for each in right), *(Option(each, False) for each in wrong))
        )

    return read_row


def _true_or_false(row: Row) -> tuple[str, Parts]:
    verdict = row["right"].casefold()
    if verdict not in ("true", "false"):
        raise Refusal("the verdict is missing", "Write true or false into the column `right`.")
    return "choice", true_or_false(verdict == "true")


def _order(row: Row) -> tuple[str, Parts]:
    return "order", Steps(tuple(Option(each, True) for each in _list(row["right"])))


def _match(row: Row) -> tuple[str, Parts]:
    sides = [SIDES.split(pair, maxsplit=1) for pair in _list(row["right"])]
    if any(len(pair) != 2 for pair in sides):
        raise Refusal("a pair has no right side", "Write pairs as `left = right | left = right`.")
    pairs = tuple(Pair(left.strip(), right.strip()) for left, right in sides)
    return "match", Pairs(pairs, tuple(Option(each, False) for each in _list(row["wrong"])))


def _number(row: Row) -> tuple[str, Parts]:
    """The key as our text has it: `9.4 ± 0.1 days`."""
    questions, problems = parse_questions(
        f"## key {{number}}\nHow many?\n\n= {' '.join(row['right'].split())}\n", ""
    )
    if problems:
        raise Refusal(problems[0].message, problems[0].remedy)
    return "number", questions[0].parts


def _words(row: Row) -> tuple[str, Parts]:
    variants = tuple(_list(row["right"]))
    return "text", Wordings((Wording(variants),) if variants else ())


def _blanks(row: Row) -> tuple[str, Parts]:
    questions, problems = parse_questions(f"## key {{blanks}}\n{row['prompt']}\n", "")
    if problems:
        raise Refusal(problems[0].message, problems[0].remedy)
    return "blanks", questions[0].parts


def _marked(kind: str) -> Callable[[Row], tuple[str, Parts]]:
    def read_row(row: Row) -> tuple[str, Parts]:
        return kind, Marking(tuple(Option(each, True) for each in _list(row["right"])))

    return read_row


READERS: dict[str, Callable[[Row], tuple[str, Parts]]] = {
    "choice": _ticked("choice"),
    "choices": _ticked("choices"),
    "truefalse": _true_or_false,
    "order": _order,
    "match": _match,
    "number": _number,
    "text": _words,
    "blanks": _blanks,
    "essay": _marked("essay"),
    "file": _marked("file"),
}
