"""Pure rules of the catalogue: names of steps, hours and minutes in words."""

from dataclasses import dataclass

KINDS = {"lessons": "lesson", "quizzes": "quiz"}


@dataclass(frozen=True)
class StepName:
    """The full name of a step's body: `course/lessons/slug` or `course/quizzes/slug`."""

    course: str
    folder: str
    slug: str

    @property
    def kind(self) -> str:
        return KINDS[self.folder]

    def __str__(self) -> str:
        return f"{self.course}/{self.folder}/{self.slug}"


def minutes_in_words(minutes: int) -> str:
    """`45 min`, `1 h`, `2 h 10`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def lesson_minutes(words: int, checks: int, figures: int, practice: int) -> int:
    """Minutes of a lesson as the contract computes them: words / 200, two a check, one a figure, plus practice.

    Rounded up to whole minutes; at least one.
    """
    return max(1, -(-words // 200) + 2 * checks + figures + practice)
