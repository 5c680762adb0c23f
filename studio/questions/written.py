"""What a writer gives: a file for another program, and what of the questions it cannot hold. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from core.errors import Problem
from quizzes.kinds import QUESTION_KINDS
from quizzes.questions import Pairs, Question

MOST_RIGHT = 10  # right answers that Moodle has a weight for


@dataclass(frozen=True)
class Written:
    """The file, how many questions are in it, and what is left out; lines are those of our own text."""

    text: str
    questions: int
    left_out: tuple[Problem, ...]


def left(question: Question, what: str, remedy: str) -> Problem:
    """Something of a question that the format has no place for."""
    return Problem("", question.line, f"“{question.id}”: {what}", remedy)


def weights(right: int) -> tuple[str, str]:
    """What a right and a wrong tick earn of several, in percent, as Moodle knows them."""
    each = f"{float(Fraction(100, max(right, 1))):.5f}".rstrip("0").rstrip(".")
    return each, f"-{each}"


def tags(question: Question) -> Iterator[str]:
    """Attributes as tags that our own readers know again."""
    yield from (
        f"{name}:{value}" for name in ("bloom", "difficulty", "see") if (value := getattr(question, name))
    )
    yield from (f"objective:{name}" for name in question.objectives)


def has_usual_points(question: Question) -> bool:
    return question.points == QUESTION_KINDS[question.kind].points(question.parts)


def has_reasons(pairs: Pairs) -> bool:
    """Whether a pair or a distractor says why."""
    return any((*(pair.why_md for pair in pairs.pairs), *(each.why_md for each in pairs.distractors)))
