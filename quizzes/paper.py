"""A question as a page shows it before it is marked: words and controls, nothing of the key."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from markupsafe import Markup

from quizzes import rules
from quizzes.presentation import Answer, Field, Layout
from quizzes.reads import Asked, Item

GAP = re.compile(r"⟦(\d+)⟧")
BLOCK = re.compile(r"<(?:p|ul|ol|dl|table|figure|div|pre|blockquote|h\d)\b")


@dataclass(frozen=True)
class ShownChoice:
    """One option: its opaque value, its words, the letter before it, whether it is chosen now."""

    id: str
    value: str
    label: Markup
    text: str
    letter: str
    chosen: bool


@dataclass(frozen=True)
class ShownField:
    """One control. `value` is what stands in it now; without a label the prompt is its label."""

    id: str
    name: str
    control: str
    label: Markup
    text: str
    choices: tuple[ShownChoice, ...]
    value: str


@dataclass(frozen=True)
class ShownQuestion:
    """A question with its controls. `name` is the prompt in plain words; in `pieces` a prompt's blanks are fields."""

    uid: str
    position: int
    kind: str
    name: str
    prompt: Markup
    is_phrase: bool
    note: str
    fields: tuple[ShownField, ...]
    pieces: tuple[Markup | ShownField, ...]
    flagged: bool
    answered: bool

    @property
    def keys(self) -> int:
        """How many options are chosen by the keys 1 to 9."""
        ticked = (field for field in self.fields if field.control in ("radio", "checkbox"))
        return min(sum(len(field.choices) for field in ticked), 9)


def show_item(item: Item) -> ShownQuestion:
    """A question of an attempt with the answer as saved."""
    return show_question(item.asked, item.layout, item.answer, item.position, item.flagged)


def show_question(
    asked: Asked, layout: Layout, answer: Answer | None, position: int = 0, flagged: bool = False
) -> ShownQuestion:
    """A question under its layout, its controls filled with an answer."""
    shown = rules.present(asked.question, layout)
    filled = rules.fill_form(asked.question, answer, layout)
    prompt = asked.markup(shown.prompt_md)
    fields = tuple(_field(asked, field, filled.get(field.name, [])) for field in shown.fields)
    return ShownQuestion(
        uid=layout.name,
        position=position,
        kind=shown.kind,
        name=plain_prompt(prompt),
        prompt=prompt,
        is_phrase=BLOCK.search(prompt) is None,
        note=shown.note,
        fields=fields,
        pieces=_pieces(prompt, fields),
        flagged=flagged,
        answered=rules.is_answered(answer),
    )


def given_in_words(shown: ShownQuestion) -> list[str]:
    """The words of what stands in a question's controls."""
    return [words for field in shown.fields for words in _words(field)]


def plain_prompt(prompt: Markup) -> str:
    """The prompt in plain words, blanks by their numbers."""
    return Markup(GAP.sub(r"(blank \1)", prompt)).striptags()


def letters(count: int) -> Sequence[str]:
    """A, B, C ... for options; beyond Z none."""
    return [ascii_uppercase[n] if n < len(ascii_uppercase) else "" for n in range(count)]


def _field(asked: Asked, field: Field, values: Sequence[str]) -> ShownField:
    choices = tuple(
        _choice(asked, field, choice.token, choice.text_md, letter, choice.token in values)
        for choice, letter in zip(field.choices, letters(len(field.choices)), strict=True)
    )
    label = asked.markup(field.label_md)
    value = values[0] if values else ""
    return ShownField(field.name, field.name, field.control, label, label.striptags(), choices, value)


def _choice(asked: Asked, field: Field, token: str, text_md: str, letter: str, chosen: bool) -> ShownChoice:
    label = asked.markup(text_md)
    return ShownChoice(f"{field.name}-{token}", token, label, label.striptags(), letter, chosen)


def _words(field: ShownField) -> list[str]:
    chosen = [choice.text for choice in field.choices if choice.chosen] if field.choices else [field.value]
    before = f"{field.text}: " if field.control == "select" else ""
    return [f"{before}{words}" for words in chosen if words]


def _pieces(prompt: Markup, fields: Sequence[ShownField]) -> tuple[Markup | ShownField, ...]:
    """The prompt cut at its blanks, each replaced by its field; nothing for a prompt without one."""
    parts = GAP.split(prompt)
    if len(parts) == 1:
        return ()
    return tuple(
        fields[int(part) - 1] if place % 2 and int(part) <= len(fields) else Markup(part)
        for place, part in enumerate(parts)
    )
