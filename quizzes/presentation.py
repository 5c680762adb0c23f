"""What goes out to a learner and what comes back: layout (kept), presentation (sent), answer (stored)."""

import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from unicodedata import category

from quizzes.json_form import from_json, to_json

TOKEN_ALPHABET = string.ascii_lowercase + string.digits
TOKEN_LENGTH = 10
UNSTORABLE = ("Cc", "Cs")  # Unicode categories: control, surrogate
TEXT_LIMIT = 50_000  # characters kept of one written answer

Answer = Mapping[str, Sequence[int | str | None]]
"""A stored answer: named lists of option numbers, places or texts, by the numbers of the *revision*.

`{"ticked": [0, 2]}` choice, choices · `{"verdict": ["false"], "ticked": [1]}` truefalse ·
`{"places": [2, 1, None]}` order, the place given to each step · `{"picked": [0, None]}` match ·
`{"text": ["9.4"]}` number, text, essay · `{"texts": ["HPA", ""]}` blanks · `{"files": ["..."]}` file.
"""


@dataclass(frozen=True)
class Token:
    """An opaque name that stands for part number `index` of the question in one attempt."""

    token: str
    index: int


@dataclass(frozen=True)
class Layout:
    """The secret of one asked question: its field name, and its parts in shown order. Kept on the server.

    `rows` are the parts that get a field each (steps, left sides, blanks), `picks` what can be picked.
    """

    name: str
    rows: tuple[Token, ...] = ()
    picks: tuple[Token, ...] = ()

    def to_json(self) -> dict[str, Any]:
        written: dict[str, Any] = to_json(self)
        return written

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Layout":
        return from_json(cls, data)

    def field(self, row: Token) -> str:
        """The form field of one row."""
        return f"{self.name}-{row.token}"

    def indexes(self, values: Iterable[str]) -> list[int]:
        """The parts that the submitted tokens stand for; unknown ones are left out."""
        known = {pick.token: pick.index for pick in self.picks}
        return [known[value] for value in values if value in known]

    def tokens(self, indexes: Iterable[int]) -> list[str]:
        known = {pick.index: pick.token for pick in self.picks}
        return [known[index] for index in indexes if index in known]


@dataclass(frozen=True)
class Choice:
    """One value of a field and the words for it."""

    token: str
    text_md: str


@dataclass(frozen=True)
class Field:
    """One control: radio, checkbox, select, line, number, lines or file. Without a label the prompt is it."""

    name: str
    control: str
    label_md: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Presentation:
    """All that a learner may see of a question before it is marked: no key, no rationale, no part's number.

    `note` says how to answer. A blank stands in the prompt as `gap(1)`, `gap(2)` and so on.
    """

    kind: str
    prompt_md: str
    note: str
    fields: tuple[Field, ...]
    hint_md: str = ""

    def to_json(self) -> dict[str, Any]:
        written: dict[str, Any] = to_json(self)
        return written

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Presentation":
        return from_json(cls, data)


@dataclass(frozen=True)
class OptionOutcome:
    """One option on the result page: whether it belongs to the key, whether it was chosen, and why."""

    text_md: str
    right: bool
    chosen: bool
    why_md: str


@dataclass(frozen=True)
class EntryOutcome:
    """One thing filled in: what was given, what is right. `given_md` is empty where nothing was given."""

    label_md: str
    given_md: str
    key_md: str
    right: bool
    why_md: str


def gap(number: int) -> str:
    """What stands in a prompt for its blank; counts from 1."""
    return f"⟦{number}⟧"


def draw_token(rng: Random) -> str:
    return "".join(rng.choices(TOKEN_ALPHABET, k=TOKEN_LENGTH))


def draw_tokens(count: int, rng: Random, shuffle: bool) -> tuple[Token, ...]:
    """A different token for each of `count` parts, shuffled on demand."""
    indexes = list(range(count))
    if shuffle:
        rng.shuffle(indexes)
    tokens: dict[str, None] = {}
    while len(tokens) < count:
        tokens[draw_token(rng)] = None
    return tuple(Token(token, index) for token, index in zip(tokens, indexes, strict=True))


def submitted(form: Mapping[str, Sequence[str]], name: str) -> list[str]:
    """The texts that a form holds under a name: cleaned, cut to TEXT_LIMIT, none where there is none."""
    values = form.get(name) or ()
    texts = [values] if isinstance(values, str) else list(values)
    return [clean(text) for text in texts if isinstance(text, str)]


def clean(text: str) -> str:
    """Text that any database and page can hold: no lone surrogate, of control characters tab and line end."""
    kept = text.replace("\r\n", "\n")[:TEXT_LIMIT]  # as a browser counts, which sends each line end as two
    return "".join(char for char in kept if char in "\t\n" or category(char) not in UNSTORABLE)


def numbers(answer: object, name: str, below: int) -> list[int | None]:
    """The whole numbers from 0 to `below` - 1 of a stored answer; whatever else stands there is None."""
    return [
        value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < below else None
        for value in _listed(answer, name)
    ]


def texts(answer: object, name: str) -> list[str]:
    """The texts of a stored answer; whatever else stands there is an empty one."""
    return [value if isinstance(value, str) else "" for value in _listed(answer, name)]


def at(values: Sequence[Any], index: int) -> Any:
    """The value at a place, None beyond the end."""
    return values[index] if index < len(values) else None


def _listed(answer: object, name: str) -> list[object]:
    values = answer.get(name) if isinstance(answer, Mapping) else None
    return list(values) if isinstance(values, (list, tuple)) else []
