"""What every kind of question can do; the kinds beside this file say how."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Generic, NamedTuple, TypeVar

from core.errors import Problem
from quizzes.presentation import Answer, EntryOutcome, Field, Layout, OptionOutcome

P = TypeVar("P")
Form = Mapping[str, Sequence[str]]


class Fault(NamedTuple):
    """What is wrong with a question as a whole, and the remedy."""

    message: str
    remedy: str


@dataclass
class AnswerLine:
    """One line of a block's answers, without its marker, and the rationale below it."""

    text: str
    line: int
    why: str = ""


@dataclass
class Block:
    """A question's text taken apart, not yet understood: prompt, answer lines, `name: text` notes."""

    file: str
    line: int
    kind: str
    prompt: str = ""
    prompt_line: int = 0
    answers: list[AnswerLine] = field(default_factory=list)
    notes: dict[str, AnswerLine] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def fault(self, line: int, message: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, line, message, remedy))

    def note(self, name: str) -> str:
        return self.notes[name].text if name in self.notes else ""


class Kind(ABC, Generic[P]):
    """A kind of question: how its text is read, shown, answered, marked and told.

    Every method but `parse` and `check` is total: no answer, whatever it holds, makes it raise.
    """

    name: str
    machine_marked = True
    in_form = True  # whether a form holds its answer
    guessable = False  # whether an answer can be hit on by ticking at random
    notes: frozenset[str] = frozenset()  # names of the `name: text` lines it knows beside hint and why

    @abstractmethod
    def starts_answer(self, line: str, begun: bool) -> bool:
        """Whether a line is an answer line; `begun`: one stood before it."""

    @abstractmethod
    def parse(self, block: Block) -> P:
        """The parts; what cannot be read is reported to the block with its line."""

    @abstractmethod
    def check(self, parts: P) -> Iterator[Fault]:
        """What is wrong with parts that could be read."""

    def prompt(self, written_md: str) -> str:
        """The prompt as it may be shown."""
        return written_md

    def points(self, parts: P) -> Fraction:
        """What the question is worth where its author does not say."""
        return Fraction(1)

    @abstractmethod
    def lay_out(self, parts: P, name: str, rng: Random, shuffle: bool) -> Layout: ...

    @abstractmethod
    def note(self, parts: P) -> str:
        """How to answer, in a few words for the learner."""

    @abstractmethod
    def fields(self, parts: P, layout: Layout) -> tuple[Field, ...]:
        """The controls, without anything of the key."""

    @abstractmethod
    def read(self, parts: P, form: Form, layout: Layout) -> Answer:
        """The answer that a form holds."""

    @abstractmethod
    def fill(self, parts: P, answer: Answer | None, layout: Layout) -> dict[str, list[str]]:
        """The form values that show a stored answer again; inverse of `read`."""

    def share(self, parts: P, answer: object) -> Fraction | None:
        """The share of the points that an answer earns, 0 to 1; None: a person marks it."""
        return None

    def options(self, parts: P, answer: object) -> list[OptionOutcome]:
        """What became of each option, in the order of the source."""
        return []

    def entries(self, parts: P, answer: object) -> list[EntryOutcome]:
        """What became of each thing filled in, in the order of the source."""
        return []


def repeated(texts: Sequence[str]) -> list[str]:
    """The texts that stand more than once, compared without case and spaces around."""
    keys = [text.strip().casefold() for text in texts]
    return sorted({text for text, key in zip(texts, keys, strict=True) if keys.count(key) > 1})


def twice(what: str, texts: Sequence[str]) -> Iterator[Fault]:
    """A fault for each text that stands more than once."""
    for text in repeated(texts):
        yield Fault(f"the {what} “{text}” stands twice", "Keep one of them, or word them apart.")


def empty(block: Block, what: str, lines: Sequence[AnswerLine]) -> None:
    """Report answer lines without words."""
    for line in lines:
        if not line.text.strip():
            block.fault(line.line, f"this {what} has no text", "Write the text, or delete the line.")
