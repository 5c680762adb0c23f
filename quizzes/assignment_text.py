"""An assignment as its author writes it: the brief, and the rubric that a person marks it by. Pure."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

from core.errors import Problem
from quizzes.json_form import from_json, to_json
from quizzes.kinds.kind import AnswerLine, Block
from quizzes.kinds.written import is_rubric_header, read_rubric, read_words
from quizzes.questions import Marking, Question, Rubric
from quizzes.quiz_text import fence_problems, in_fences, text_lines

WORDS = re.compile(r"words:\s*(.*)$")


@dataclass(frozen=True)
class Assignment:
    """`brief_md` is everything but the rubric and the `words:` line; `source` the whole text verbatim."""

    brief_md: str
    rubric: Rubric | None
    words: tuple[int, int] | None
    source: str

    def to_json(self) -> dict[str, Any]:
        return cast(dict[str, Any], to_json(self))

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Assignment":
        return from_json(cls, data)


def question_of(name: str, assignment: Assignment) -> Question:
    """The one question that an attempt at an assignment asks: an essay by the assignment's full name.

    So it is saved, frozen, marked and logged like any other; no question of a bundle has a name with a slash.
    """
    parts = Marking(rubric=assignment.rubric, words=assignment.words)
    most = assignment.rubric.most if assignment.rubric else 1
    return Question(
        id=name,
        kind="essay",
        prompt_md=assignment.brief_md,
        parts=parts,
        points=Fraction(max(1, most)),
        bloom="",
        difficulty="",
        objectives=(),
        topic="",
        see="",
        hint_md="",
        why_md="",
        line=0,
        source="",
    )


def is_of_assignment(question: Question) -> bool:
    """Whether a question is the one of an assignment."""
    return "/" in question.id


def parse_assignment(text: str, file: str, first_line: int = 1) -> tuple[Assignment, list[Problem]]:
    """The assignment and what is wrong with it. Its rubric is the first table whose columns are numbers."""
    block = Block(file, first_line, "assignment")
    block.problems += fence_problems(text, file, first_line)
    brief, rows = _sorted_lines(block, text)
    rubric, words = read_rubric(block, rows), read_words(block)
    if not brief:
        block.fault(first_line, "the brief is missing", "Write what is to be done and handed in.")
    if rubric is None:
        remedy = "Write a table that begins with `criterion | 0 | 1 | 2 | 3`."
        block.fault(first_line, "the rubric is missing", remedy)
    return Assignment(brief, rubric, words, text), sorted(block.problems)


def _sorted_lines(block: Block, text: str) -> tuple[str, list[AnswerLine]]:
    """The brief and the rubric's rows; a `words:` line goes to the block's notes."""
    brief: list[str] = []
    rows: list[AnswerLine] = []
    in_table = False
    for number, (fenced, line) in enumerate(in_fences(text_lines(text)), start=block.line):
        row = line.rstrip()
        in_table = not fenced and "|" in row and (in_table or (not rows and is_rubric_header(row)))
        if in_table:
            rows.append(AnswerLine(row, number))
        elif not fenced and (found := WORDS.match(row)):
            block.notes["words"] = AnswerLine(found[1].strip(), number)
        else:
            brief.append(row)
    return "\n".join(brief).strip(), rows
