"""What an answer counts for: its score, less penalties, or by the certainty that was given. Pure and total.

Certainty-based marking is that of A. R. Gardner-Medwin, "Confidence assessment in the teaching of basic science",
Association for Learning Technology Journal 3 (1995): right answers 1, 2, 3, wrong ones 0, -2, -6. It pays to say
what one believes: low below 2/3 of being right, high above 4/5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from quizzes import rules
from quizzes.kinds import QUESTION_KINDS
from quizzes.questions import Question
from quizzes.rules import Score
from quizzes.terms import Terms


class Certainty(StrEnum):
    """How sure a learner says that they are."""

    LOW = "low"
    MID = "mid"
    HIGH = "high"


RIGHT = {Certainty.LOW: 1, Certainty.MID: 2, Certainty.HIGH: 3}
WRONG = {Certainty.LOW: 0, Certainty.MID: -2, Certainty.HIGH: -6}
FULL = 3  # thirds


@dataclass(frozen=True)
class Given:
    """How an answer was given; `further_tries` counts those after the first, `guessable`: among shown options."""

    answered: bool
    certainty: Certainty | None = None
    further_tries: int = 0
    hinted: bool = False
    guessable: bool = False


@dataclass(frozen=True)
class Response:
    """An answer with all that its mark depends on; `tried` are the answers that were checked before it."""

    answer: object
    tried: Sequence[object] = ()
    certainty: Certainty | None = None
    hinted: bool = False


def mark_response(question: Question, response: Response, terms: Terms) -> tuple[Score, Fraction | None]:
    """What the response earns, and what that counts for."""
    answer, further_tries = rules.answer_that_counts(question, response.answer, response.tried)
    score = rules.grade(question, answer)
    given = Given(
        answered=rules.is_answered(answer),
        certainty=response.certainty,
        further_tries=further_tries,
        hinted=response.hinted,
        guessable=QUESTION_KINDS[question.kind].guessable,
    )
    return score, mark(score, given, terms)


def mark(score: Score, given: Given, terms: Terms) -> Fraction | None:
    """The points that count for an answer with this score; below 0 only where the terms say so, None while pending."""
    if score.earned is None:
        return None
    if not given.answered:
        return Fraction(0)
    if terms.certainty:
        return _by_certainty(score.earned, score.possible, given.certainty or Certainty.LOW)
    if score.earned == 0 and given.guessable:
        return -score.possible * Fraction(terms.negative, 100)
    return max(score.earned - score.possible * _penalty(given, terms), Fraction(0))


def _by_certainty(earned: Fraction, possible: Fraction, certainty: Certainty) -> Fraction:
    """A partly right answer is marked in proportion, as right for its share and as wrong for the rest."""
    return (earned * RIGHT[certainty] + (possible - earned) * WRONG[certainty]) / FULL


def _penalty(given: Given, terms: Terms) -> Fraction:
    """The share of the points that help costs."""
    return Fraction(given.further_tries * terms.try_penalty + given.hinted * terms.hint_penalty, 100)


def sum_of_marks(marks: list[Fraction | None], possible: Fraction) -> Fraction | None:
    """What an attempt has: never below 0 nor above what is possible; None while a mark is pending."""
    known = [each for each in marks if each is not None]
    if len(known) < len(marks):
        return None
    return min(max(sum(known, Fraction(0)), Fraction(0)), possible)
