"""What an importer finds: a question in the shapes of our kinds, or why it cannot be one. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from core.errors import Problem
from quizzes.questions import Parts


@dataclass
class Found:
    """A question as it was understood, not yet in our text.

    `line` is where it begins in the imported text; `name` what it is called there, often nothing. `points` is None
    where the format says none. `changes` lists what of it could not be held as it was.
    """

    line: int
    name: str
    kind: str
    prompt_md: str
    parts: Parts
    why_md: str = ""
    hint_md: str = ""
    points: Fraction | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    changes: list[Problem] = field(default_factory=list)


LONGEST_QUESTION = 50_000  # characters
MOST_ANSWERS = 100


class Refusal(Exception):
    """A question that no kind of ours can hold; `line` 0 stands for the line where it begins."""

    def __init__(self, message: str, remedy: str, line: int = 0) -> None:
        super().__init__(message)
        self.message, self.remedy, self.line = message, remedy, line

    def at(self, line: int) -> Problem:
        return Problem("", self.line or line, self.message, self.remedy)


Findings = Iterator[Found | Problem]


@dataclass(frozen=True)
class Held:
    """A question in our text, and what of it could not be held as it was."""

    id: str
    kind: str
    line: int
    text: str
    prompt_md: str
    changes: tuple[Problem, ...]


@dataclass(frozen=True)
class Imported:
    """All that an imported text holds: each question of it stands in one of the two."""

    questions: tuple[Held, ...]
    refused: tuple[Problem, ...]

    @property
    def text(self) -> str:
        """The file of questions, as docs/content-format.md describes it."""
        return "\n".join(held.text for held in self.questions)


def change(line: int, message: str, remedy: str) -> Problem:
    """Something of a question that is held in another way, or not at all."""
    return Problem("", line, message, remedy)


def measured(text: str) -> str:
    """The text of one question. Raises Refusal for one that is too long to be one."""
    if len(text) > LONGEST_QUESTION:
        raise Refusal(
            f"this is longer than {LONGEST_QUESTION} characters", "Part it, or take the rest into a lesson."
        )
    return text


def few_enough(answers: int) -> None:
    """Raises Refusal for more answers than a question may have."""
    if answers > MOST_ANSWERS:
        raise Refusal(f"{answers} answers are more than {MOST_ANSWERS}", "Make several questions of it.")
