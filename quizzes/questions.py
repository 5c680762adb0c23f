"""What a question is: its prompt, its attributes, and the parts that its kind needs. Pure values."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from typing import Any

from quizzes.json_form import from_json, to_json


@dataclass(frozen=True)
class Option:
    """One thing to tick, or one step of an order; `why_md` is the reason that is shown afterwards."""

    text_md: str
    right: bool
    why_md: str = ""


@dataclass(frozen=True)
class Options:
    """Parts of choice, choices and truefalse. `verdict`: is the statement true; None where none is asked."""

    options: tuple[Option, ...]
    verdict: bool | None = None


@dataclass(frozen=True)
class Steps:
    """Parts of order: the steps as they should stand."""

    steps: tuple[Option, ...]


@dataclass(frozen=True)
class Pair:
    left_md: str
    right_md: str
    why_md: str = ""


@dataclass(frozen=True)
class Pairs:
    """Parts of match. A distractor is a right-hand side that belongs to no left one."""

    pairs: tuple[Pair, ...]
    distractors: tuple[Option, ...] = ()

    @property
    def rights(self) -> tuple[str, ...]:
        """All that can be picked, each text once, in the order of the source."""
        texts = [pair.right_md for pair in self.pairs] + [option.text_md for option in self.distractors]
        return tuple(dict.fromkeys(texts))


@dataclass(frozen=True)
class Quantity:
    """Parts of number: right from `value - tolerance` to `value + tolerance`, both included."""

    value: Fraction
    tolerance: Fraction
    unit: str
    why_md: str = ""


@dataclass(frozen=True)
class Wording:
    """One accepted answer in words, in all the ways it may be written."""

    variants: tuple[str, ...]
    why_md: str = ""


@dataclass(frozen=True)
class Wordings:
    """Parts of text (any of the wordings is right) and of blanks (one wording for each blank, in order)."""

    wordings: tuple[Wording, ...]


@dataclass(frozen=True)
class Criterion:
    """A row of a rubric: what earns each level; `required`: level 0 fails the whole work."""

    name: str
    levels_md: tuple[str, ...]
    required: bool


@dataclass(frozen=True)
class Rubric:
    """`levels` are the points that the header's columns give, in the header's order."""

    levels: tuple[int, ...]
    criteria: tuple[Criterion, ...]

    @property
    def most(self) -> int:
        return max(self.levels, default=0) * len(self.criteria)


@dataclass(frozen=True)
class Marking:
    """Parts of essay and file, which a person marks: points to look for, or a rubric; the words asked for."""

    points: tuple[Option, ...] = ()
    rubric: Rubric | None = None
    words: tuple[int, int] | None = None


Parts = Options | Steps | Pairs | Quantity | Wordings | Marking
PARTS: dict[str, type[Any]] = {
    shape.__name__: shape for shape in (Options, Steps, Pairs, Quantity, Wordings, Marking)
}


@dataclass(frozen=True)
class Question:
    """One question as its author wrote it, key and rationales included: never to be sent to a learner.

    `line` counts from 1 in the file; `source` is the block verbatim; `see` is `lesson#heading` or empty.
    """

    id: str
    kind: str
    prompt_md: str
    parts: Parts
    points: Fraction  # above 0
    bloom: str
    difficulty: str
    objectives: tuple[str, ...]
    topic: str
    see: str
    hint_md: str
    why_md: str
    line: int
    source: str

    def to_json(self) -> dict[str, Any]:
        """As stored with each revision; `from_json` gives back an equal question."""
        plain = {field.name: to_json(getattr(self, field.name)) for field in fields(self)}
        return plain | {"shape": type(self.parts).__name__}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Question":
        """The question that `to_json` wrote; TypeError or ValueError on anything else."""
        exact: dict[str, Any] = {
            "parts": from_json(PARTS[data["shape"]], data["parts"]),
            "points": Fraction(data["points"]),
            "objectives": tuple(data["objectives"]),
        }
        plain = {field.name: data[field.name] for field in fields(cls) if field.name not in exact}
        return cls(**plain, **exact)

    def markdown(self) -> tuple[str, ...]:
        """Every Markdown text in it, each once: what is rendered at publication, prompt first."""
        texts = [self.prompt_md, *_markdown_in(self.parts), self.hint_md, self.why_md]
        return tuple(dict.fromkeys(text for text in texts if text))


def _markdown_in(value: object) -> Iterator[str]:
    if isinstance(value, tuple):
        for item in value:
            yield from _markdown_in(item)
    if not is_dataclass(value) or isinstance(value, type):
        return
    for field in fields(value):
        inner = getattr(value, field.name)
        if field.name.endswith("_md"):
            yield from (inner,) if isinstance(inner, str) else inner
        else:
            yield from _markdown_in(inner)
