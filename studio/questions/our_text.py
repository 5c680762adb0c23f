"""A question written in our own text (docs/content-format.md). Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from quizzes.kinds import QUESTION_KINDS
from quizzes.questions import Marking, Option, Options, Pairs, Quantity, Rubric, Steps, Wordings
from quizzes.quiz_text import LONGEST_ID
from studio.questions.found import Found

ATTRIBUTES = ("bloom", "difficulty", "objective", "topic", "see")
SHARE = re.compile(r"\d{1,3}(?:\.\d{1,3})?$")


def write(found: Found, name: str) -> str:
    """The question under this id, ending with a line end."""
    answers = "\n".join(ANSWERS[found.kind](found.parts))
    notes = [f"{word}: {indented(text)}" for word, text in _notes(found) if text]
    blocks = [f"{_heading(found, name)}\n{found.prompt_md}", answers, *notes]
    return "\n\n".join(block for block in blocks if block) + "\n"


def slug(text: str, longest: int = LONGEST_ID) -> str:
    """An id made of a name: its letters and figures, words joined by hyphens; empty where it has none."""
    plain = unicodedata.normalize("NFKD", re.sub("['’]", "", text)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:longest].strip("-")


def indented(text: str) -> str:
    """Further lines belong to the answer or the note while they are indented."""
    return text.replace("\n", "\n    ").replace("\n    \n", "\n\n")


def points_in_words(points: Fraction) -> str:
    """As `points=` takes it: `2`, `0.5` or `1/3`."""
    decimal = plain_number(points)
    return decimal if SHARE.match(decimal) else f"{points.numerator}/{points.denominator}"


def plain_number(value: Fraction) -> str:
    """The number in figures, without an exponent."""
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"


def _heading(found: Found, name: str) -> str:
    usual = QUESTION_KINDS[found.kind].points(found.parts)
    points = f"points={points_in_words(found.points)}" if found.points not in (None, usual) else ""
    others = (f"{each}={found.attributes[each]}" for each in ATTRIBUTES if found.attributes.get(each))
    words = " ".join(word for word in (found.kind, points, *others) if word)
    return f"## {name} {{{words}}}"


def _notes(found: Found) -> Iterator[tuple[str, str]]:
    if isinstance(found.parts, Marking) and found.parts.words:
        yield "words", "-".join(str(number) for number in found.parts.words)
    yield "hint", found.hint_md
    yield "why", found.why_md


def _with_why(line: str, why_md: str) -> Iterator[str]:
    yield indented(line)
    if why_md:
        yield f"  : {indented(why_md)}"


def _options(parts: Options) -> Iterator[str]:
    if parts.verdict is not None:
        yield f"answer: {str(parts.verdict).lower()}\n"
    for option in parts.options:
        yield from _with_why(f"- [{'x' if option.right else ' '}] {option.text_md}", option.why_md)


def _steps(parts: Steps) -> Iterator[str]:
    for number, step in enumerate(parts.steps, start=1):
        yield from _with_why(f"{number}. {step.text_md}", step.why_md)


def _pairs(parts: Pairs) -> Iterator[str]:
    for pair in parts.pairs:
        yield from _with_why(f"- {_side(pair.left_md)} = {_side(pair.right_md)}", pair.why_md)
    for distractor in parts.distractors:
        yield from _with_why(f"- = {_side(distractor.text_md)}", distractor.why_md)


def _side(text_md: str) -> str:
    return re.sub(r"(?<=\s)=(?=\s)", r"\=", text_md)


def _quantity(parts: Quantity) -> Iterator[str]:
    spread = f" ± {plain_number(parts.tolerance)}" if parts.tolerance else ""
    yield from _with_why(f"= {plain_number(parts.value)}{spread} {parts.unit}".rstrip(), parts.why_md)


def _wordings(parts: Wordings) -> Iterator[str]:
    for wording in parts.wordings:
        yield from _with_why(f"= {' | '.join(wording.variants)}", wording.why_md)


def _marking(parts: Marking) -> Iterator[str]:
    for point in parts.points:
        yield from _with_why(f"- {point.text_md}", point.why_md)
    if parts.rubric:
        yield from _rubric(parts.rubric)


def _rubric(rubric: Rubric) -> Iterator[str]:
    yield " | ".join(["criterion", *(str(level) for level in rubric.levels)])
    yield " | ".join(["---"] * (len(rubric.levels) + 1))
    for criterion in rubric.criteria:
        yield " | ".join([criterion.name + " *" * criterion.required, *criterion.levels_md])


def _nothing(parts: Wordings) -> Iterator[str]:
    """The words of blanks stand in the prompt."""
    return iter(())


ANSWERS: dict[str, Callable[[Any], Iterator[str]]] = {
    "choice": _options,
    "choices": _options,
    "truefalse": _options,
    "order": _steps,
    "match": _pairs,
    "number": _quantity,
    "text": _wordings,
    "blanks": _nothing,
    "essay": _marking,
    "file": _marking,
}


def true_or_false(is_true: bool, why_true: str = "", why_false: str = "") -> Options:
    """A statement without reasons to choose from: a choice of two."""
    return Options((Option("True", is_true, why_true), Option("False", not is_true, why_false)))
