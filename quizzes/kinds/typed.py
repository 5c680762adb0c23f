"""Kinds answered by typing a few characters: number, text, blanks."""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from random import Random

from quizzes.kinds.kind import AnswerLine, Block, Fault, Form, Kind
from quizzes.presentation import (
    Answer,
    EntryOutcome,
    Field,
    Layout,
    at,
    draw_tokens,
    gap,
    submitted,
    texts,
)
from quizzes.questions import Quantity, Wording, Wordings

LONGEST_WORDING = 500  # characters of a typed answer that are compared
LONGEST_NUMBER = 64
SHORTEST_UNIT = 3  # letters from which the beginning of a unit stands for it
LONG_FORMS = {
    "min": ("minute",),
    "sec": ("second",),
    "mol": ("mole",),
    "mmol": ("millimole",),
    "cal": ("calorie",),
    "deg": ("degree",),
}
NUMBER = r"[-+]?[0-9]{1,20}(?:[.,][0-9]{1,20})?"
KEY = re.compile(rf"=\s*({NUMBER})\s*(?:(?:±|\+-|\+/-)\s*({NUMBER})\s*)?(\D.*)?$", re.DOTALL)
TYPED = re.compile(r"([-+]?)\s*([0-9](?:[0-9., ]*[0-9])?|[.,][0-9]+)[.,]?\s*(\D?.*)$", re.DOTALL)
POINT = re.compile(r"([0-9]+|[1-9][0-9]{0,2}(?:[, ][0-9]{3})+)?(?:\.([0-9]+))?")
COMMA = re.compile(r"([0-9]+|[1-9][0-9]{0,2}(?:[. ][0-9]{3})+)?(?:,([0-9]+))?")
BLANK = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212"
QUOTES, DOUBLE_QUOTES = "\u2018\u2019\u201b\u2032", "\u201c\u201d\u201e\u2033"
SAME_SIGN = str.maketrans(
    dict.fromkeys(DASHES, "-") | dict.fromkeys(QUOTES, "'") | dict.fromkeys(DOUBLE_QUOTES, '"')
)
WHOLE, NOTHING = Fraction(1), Fraction(0)


class NumberKind(Kind[Quantity]):
    """A quantity within a tolerance; decimal point or comma, thousands grouped or not, unit optional."""

    name = "number"

    def starts_answer(self, line: str, begun: bool) -> bool:
        return line.startswith("=")

    def parse(self, block: Block) -> Quantity:
        for extra in block.answers[1:]:
            block.fault(extra.line, "a second number", "Keep one line that begins with `=`.")
        if not block.answers:
            block.fault(block.line, "the number is missing", "Write it as `= 9.4 ± 0.1 days`.")
            return Quantity(NOTHING, NOTHING, "")
        return self._quantity(block, block.answers[0])

    def _quantity(self, block: Block, answer: AnswerLine) -> Quantity:
        found = KEY.match(answer.text.replace("−", "-").strip())
        if found is None:
            block.fault(answer.line, "this is no number", "Write it as `= 9.4 ± 0.1 days`.")
            return Quantity(NOTHING, NOTHING, "")
        value, tolerance = (self._exact(block, answer.line, text or "0") for text in found.group(1, 2))
        if tolerance < 0:
            block.fault(answer.line, "the tolerance is below 0", "Write it without a sign: `± 0.1`.")
        return Quantity(value, abs(tolerance), (found[3] or "").strip(), answer.why)

    def _exact(self, block: Block, line: int, text: str) -> Fraction:
        values = readings(text)
        if len(values) != 1:
            block.fault(line, f"{text} can be read in two ways", "Write thousands without a sign: 1000.")
        return min(values, default=NOTHING)

    def check(self, parts: Quantity) -> Iterator[Fault]:
        return iter(())

    def lay_out(self, parts: Quantity, name: str, rng: Random, shuffle: bool) -> Layout:
        return Layout(name)

    def note(self, parts: Quantity) -> str:
        return f"Type a number, in {parts.unit}." if parts.unit else "Type a number."

    def fields(self, parts: Quantity, layout: Layout) -> tuple[Field, ...]:
        return (Field(layout.name, "number"),)

    def read(self, parts: Quantity, form: Form, layout: Layout) -> Answer:
        return {"text": submitted(form, layout.name)[:1]}

    def fill(self, parts: Quantity, answer: Answer | None, layout: Layout) -> dict[str, list[str]]:
        return {layout.name: texts(answer, "text")[:1]}

    def share(self, parts: Quantity, answer: object) -> Fraction:
        typed = typed_number(first_text(answer), parts.unit)
        return WHOLE if any(abs(value - parts.value) <= parts.tolerance for value in typed) else NOTHING

    def entries(self, parts: Quantity, answer: object) -> list[EntryOutcome]:
        right = self.share(parts, answer) == WHOLE
        return [EntryOutcome("", first_text(answer), quantity_words(parts), right, parts.why_md)]


class TextKind(Kind[Wordings]):
    """A few words; every listed way to write them is right, and nothing else is."""

    name = "text"

    def starts_answer(self, line: str, begun: bool) -> bool:
        return line.startswith("=")

    def parse(self, block: Block) -> Wordings:
        wordings = [wording_in(block, answer.line, answer.text[1:], answer.why) for answer in block.answers]
        return Wordings(tuple(wordings))

    def check(self, parts: Wordings) -> Iterator[Fault]:
        if not parts.wordings:
            yield Fault("the answer is missing", "Write it as `= substance P | SP`.")

    def lay_out(self, parts: Wordings, name: str, rng: Random, shuffle: bool) -> Layout:
        return Layout(name)

    def note(self, parts: Wordings) -> str:
        return "Type your answer."

    def fields(self, parts: Wordings, layout: Layout) -> tuple[Field, ...]:
        return (Field(layout.name, "line"),)

    def read(self, parts: Wordings, form: Form, layout: Layout) -> Answer:
        return {"text": submitted(form, layout.name)[:1]}

    def fill(self, parts: Wordings, answer: Answer | None, layout: Layout) -> dict[str, list[str]]:
        return {layout.name: texts(answer, "text")[:1]}

    def share(self, parts: Wordings, answer: object) -> Fraction:
        return WHOLE if any(says(wording, first_text(answer)) for wording in parts.wordings) else NOTHING

    def entries(self, parts: Wordings, answer: object) -> list[EntryOutcome]:
        given = first_text(answer)
        said = [wording for wording in parts.wordings if says(wording, given)]
        told = said or list(parts.wordings)
        key = " / ".join(wording.variants[0] for wording in parts.wordings if wording.variants)
        return [EntryOutcome("", given, key, bool(said), "\n\n".join(w.why_md for w in told if w.why_md))]


class BlanksKind(Kind[Wordings]):
    """Words left out of the prompt, each written `{{so|or so}}` by the author."""

    name = "blanks"

    def starts_answer(self, line: str, begun: bool) -> bool:
        return False

    def prompt(self, written_md: str) -> str:
        count = iter(range(1, written_md.count("{{") + 1))
        return BLANK.sub(lambda _: gap(next(count)), written_md)

    def parse(self, block: Block) -> Wordings:
        blanks = BLANK.finditer(block.prompt)
        wordings = [wording_in(block, self._line(block, blank), blank[1], "") for blank in blanks]
        return Wordings(tuple(wordings))

    def _line(self, block: Block, blank: re.Match[str]) -> int:
        """The prompt is all that follows the heading, so its lines count on from there."""
        return block.prompt_line + block.prompt.count("\n", 0, blank.start())

    def check(self, parts: Wordings) -> Iterator[Fault]:
        if not parts.wordings:
            yield Fault("no blank stands in the text", "Write each as `{{answer}}` or `{{answer|variant}}`.")

    def lay_out(self, parts: Wordings, name: str, rng: Random, shuffle: bool) -> Layout:
        return Layout(name, rows=draw_tokens(len(parts.wordings), rng, False))

    def note(self, parts: Wordings) -> str:
        return "Fill in each blank."

    def fields(self, parts: Wordings, layout: Layout) -> tuple[Field, ...]:
        return tuple(Field(layout.field(row), "line", f"Blank {row.index + 1}") for row in layout.rows)

    def read(self, parts: Wordings, form: Form, layout: Layout) -> Answer:
        typed = {row.index: at(submitted(form, layout.field(row)), 0) or "" for row in layout.rows}
        return {"texts": [typed.get(n, "") for n in range(len(parts.wordings))]}

    def fill(self, parts: Wordings, answer: Answer | None, layout: Layout) -> dict[str, list[str]]:
        typed = texts(answer, "texts")
        return {layout.field(row): [at(typed, row.index) or ""] for row in layout.rows}

    def share(self, parts: Wordings, answer: object) -> Fraction:
        entries = self.entries(parts, answer)
        return Fraction(sum(entry.right for entry in entries), len(entries)) if entries else NOTHING

    def entries(self, parts: Wordings, answer: object) -> list[EntryOutcome]:
        typed = texts(answer, "texts")
        given = [at(typed, n) or "" for n in range(len(parts.wordings))]
        return [
            EntryOutcome(f"Blank {n}", text, " / ".join(words.variants[:1]), says(words, text), words.why_md)
            for n, (words, text) in enumerate(zip(parts.wordings, given, strict=True), start=1)
        ]


def folded(text: str) -> str:
    """What is compared of words: no case, no spaces more than one, one Unicode form, one dash, one quote."""
    composed = unicodedata.normalize("NFKC", text[:LONGEST_WORDING])
    same = unicodedata.normalize("NFKC", composed.casefold()).translate(SAME_SIGN)
    return " ".join(same.split())


def says(wording: Wording, text: str) -> bool:
    """Whether a text is one of the variants; an empty one never is."""
    said = folded(text)
    return said != "" and said in {folded(variant) for variant in wording.variants}


def readings(text: str) -> frozenset[Fraction]:
    """The numbers that a text without unit may mean: `1,000` is 1 and 1000, `9,4` is 9.4, `x` is none."""
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-").strip()
    found = [pattern.fullmatch(digits) for pattern in (POINT, COMMA)]
    return frozenset(sign * _value(match) for match in found if match and digits)


def _value(match: re.Match[str]) -> Fraction:
    whole = re.sub(r"\D", "", match[1] or "0")
    return Fraction(f"{whole}.{match[2] or '0'}")


def typed_number(text: str, unit: str) -> frozenset[Fraction]:
    """What a learner's number may mean; nothing where its unit is another one or more digits follow."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST_NUMBER]).translate(SAME_SIGN)
    found = TYPED.match(" ".join(plain.split()))
    if found is None or not unit_fits(found[3], unit):
        return frozenset()
    return readings(found[1] + found[2])


def unit_fits(given: str, unit: str) -> bool:
    """No unit always fits; where the author names none, words fit but no digits; else it is the author's.

    `day` and `days`, `min` and `minutes` are one unit; `m` and `mm` are two, and `kcal` and `kcal/day`.
    """
    if not given or not unit:
        return not any(char.isdigit() for char in given)
    said, known = _unit_key(given), _unit_key(unit)
    if said == known:
        return True
    if min(len(said), len(known)) < SHORTEST_UNIT:
        return False
    return _is_begun(said, known) or _is_longer(said, known)


def _is_begun(said: str, known: str) -> bool:
    """Whether only letters are missing from the author's unit: what follows a sign is another quantity."""
    return known.startswith(said) and known[len(said) :].isalpha()


def _is_longer(said: str, known: str) -> bool:
    """Whether the author's unit was given in the plural or written out."""
    return said in (f"{known}s", f"{known}es") or said.removesuffix("s") in LONG_FORMS.get(known, ())


def _unit_key(unit: str) -> str:
    return folded(unit).replace(" ", "").replace(".", "")


def quantity_words(parts: Quantity) -> str:
    """The key as it is told: `9.4 ± 0.1 days`."""
    spread = f" ± {_decimal(parts.tolerance)}" if parts.tolerance else ""
    return f"{_decimal(parts.value)}{spread} {parts.unit}".strip()


def _decimal(value: Fraction) -> str:
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"


def first_text(answer: object) -> str:
    typed = texts(answer, "text")
    return typed[0] if typed else ""


def wording_in(block: Block, line: int, text: str, why: str) -> Wording:
    variants = tuple(variant.strip() for variant in text.split("|"))
    if not all(folded(variant) for variant in variants):
        block.fault(line, "an accepted answer is empty", "Write words beside each `|`, or drop the sign.")
    return Wording(tuple(variant for variant in variants if variant), why)
