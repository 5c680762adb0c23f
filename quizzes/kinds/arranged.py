"""Kinds answered by arranging: order and match, both drawn as selects."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from random import Random

from quizzes.kinds.kind import AnswerLine, Block, Fault, Form, Kind, empty, twice
from quizzes.presentation import (
    Answer,
    Choice,
    EntryOutcome,
    Field,
    Layout,
    OptionOutcome,
    at,
    draw_tokens,
    numbers,
    submitted,
)
from quizzes.questions import Option, Pair, Pairs, Steps

STEP = re.compile(r"\d{1,3}[.)](?:\s+(.*))?$", re.DOTALL)
BULLET = re.compile(r"[-*](?:\s+(.*))?$", re.DOTALL)
EQUALS = re.compile(r"(?<!\\)(?:(?<=\s)|^)=(?=\s|$)")
WHOLE, HALF, NOTHING = Fraction(1), Fraction(1, 2), Fraction(0)


class OrderKind(Kind[Steps]):
    """The right place for each step. It is always shuffled: unshuffled it would show its key."""

    name = "order"

    def starts_answer(self, line: str, begun: bool) -> bool:
        return STEP.match(line) is not None

    def parse(self, block: Block) -> Steps:
        steps = [AnswerLine(_after(STEP, answer.text), answer.line, answer.why) for answer in block.answers]
        empty(block, "step", steps)
        return Steps(tuple(Option(step.text, True, step.why) for step in steps))

    def check(self, parts: Steps) -> Iterator[Fault]:
        if len(parts.steps) < 2:
            yield Fault("there are fewer than two steps", "Write them in their right order as `1. text`.")
        yield from twice("step", [step.text_md for step in parts.steps])

    def lay_out(self, parts: Steps, name: str, rng: Random, shuffle: bool) -> Layout:
        return Layout(name, rows=draw_tokens(len(parts.steps), rng, True))

    def note(self, parts: Steps) -> str:
        return f"Give each its place, 1 to {len(parts.steps)}."

    def fields(self, parts: Steps, layout: Layout) -> tuple[Field, ...]:
        places = tuple(Choice(str(n), str(n)) for n in range(1, len(parts.steps) + 1))
        rows = [(row, parts.steps[row.index]) for row in layout.rows if row.index < len(parts.steps)]
        return tuple(Field(layout.field(row), "select", step.text_md, places) for row, step in rows)

    def read(self, parts: Steps, form: Form, layout: Layout) -> Answer:
        places: dict[int, int | None] = {}
        known = {str(n): n for n in range(1, len(parts.steps) + 1)}
        for row in layout.rows:
            places[row.index] = known.get(at(submitted(form, layout.field(row)), 0) or "")
        return {"places": [places.get(n) for n in range(len(parts.steps))]}

    def fill(self, parts: Steps, answer: Answer | None, layout: Layout) -> dict[str, list[str]]:
        given = places_given(parts, answer)
        placed = {row: given[row.index] for row in layout.rows if row.index < len(given)}
        return {layout.field(row): [str(place)] if place else [] for row, place in placed.items()}

    def share(self, parts: Steps, answer: object) -> Fraction:
        given = places_given(parts, answer)
        right = list(range(1, len(parts.steps) + 1))
        if not right or sorted(place or 0 for place in given) != right:
            return NOTHING
        if given == right:
            return WHOLE
        return HALF if is_one_swap(given) else NOTHING

    def entries(self, parts: Steps, answer: object) -> list[EntryOutcome]:
        given = places_given(parts, answer)
        return [
            EntryOutcome(step.text_md, str(place or ""), str(right), place == right, step.why_md)
            for right, (step, place) in enumerate(zip(parts.steps, given, strict=True), start=1)
        ]


class MatchKind(Kind[Pairs]):
    """A right side for each left one. The right sides are always shuffled; equal ones are one choice."""

    name = "match"

    def starts_answer(self, line: str, begun: bool) -> bool:
        bullet = BULLET.match(line)
        return bullet is not None and (begun or EQUALS.search(bullet[1] or "") is not None)

    def parse(self, block: Block) -> Pairs:
        pairs, distractors = [], []
        for answer in block.answers:
            left, right = self._sides(block, answer)
            if left:
                pairs.append(Pair(left, right, answer.why))
            elif right:
                distractors.append(Option(right, False, answer.why))
        return Pairs(tuple(pairs), tuple(distractors))

    def _sides(self, block: Block, answer: AnswerLine) -> tuple[str, str]:
        left, *right = EQUALS.split(_after(BULLET, answer.text), maxsplit=1)
        if not right or not right[0].strip():
            remedy = "Write `- left = right`, or `- = distractor`."
            block.fault(answer.line, "this pair has no right side", remedy)
        return _plain(left), _plain(right[0]) if right else ""

    def check(self, parts: Pairs) -> Iterator[Fault]:
        if len(parts.pairs) < 2:
            yield Fault("there are fewer than two pairs", "Write each pair as `- left = right`.")
        yield from twice("left side", [pair.left_md for pair in parts.pairs])
        yield from twice("distractor", [option.text_md for option in parts.distractors])
        rights = {pair.right_md.casefold() for pair in parts.pairs}
        for option in parts.distractors:
            if option.text_md.casefold() in rights:
                message = f"the distractor “{option.text_md}” is right for a pair"
                yield Fault(message, "Word it apart, or delete it.")

    def lay_out(self, parts: Pairs, name: str, rng: Random, shuffle: bool) -> Layout:
        rows = draw_tokens(len(parts.pairs), rng, shuffle)
        return Layout(name, rows, draw_tokens(len(parts.rights), rng, True))

    def note(self, parts: Pairs) -> str:
        spare = " Some choices belong to none." if parts.distractors else ""
        return f"Choose what belongs to each.{spare}"

    def fields(self, parts: Pairs, layout: Layout) -> tuple[Field, ...]:
        rights = parts.rights
        shown = [pick for pick in layout.picks if pick.index < len(rights)]
        choices = tuple(Choice(pick.token, rights[pick.index]) for pick in shown)
        rows = [(row, parts.pairs[row.index]) for row in layout.rows if row.index < len(parts.pairs)]
        return tuple(Field(layout.field(row), "select", pair.left_md, choices) for row, pair in rows)

    def read(self, parts: Pairs, form: Form, layout: Layout) -> Answer:
        picked: dict[int, int | None] = {}
        for row in layout.rows:
            picked[row.index] = at(layout.indexes(submitted(form, layout.field(row))), 0)
        return {"picked": [picked.get(n) for n in range(len(parts.pairs))]}

    def fill(self, parts: Pairs, answer: Answer | None, layout: Layout) -> dict[str, list[str]]:
        given = picks_given(parts, answer)
        picked = {row: given[row.index] for row in layout.rows if row.index < len(given)}
        return {layout.field(row): [] if n is None else layout.tokens([n]) for row, n in picked.items()}

    def share(self, parts: Pairs, answer: object) -> Fraction:
        entries = self.entries(parts, answer)
        return Fraction(sum(entry.right for entry in entries), len(entries)) if entries else NOTHING

    def entries(self, parts: Pairs, answer: object) -> list[EntryOutcome]:
        rights = parts.rights
        given = ["" if n is None else rights[n] for n in picks_given(parts, answer)]
        return [
            EntryOutcome(pair.left_md, text, pair.right_md, text == pair.right_md, pair.why_md)
            for pair, text in zip(parts.pairs, given, strict=True)
        ]

    def options(self, parts: Pairs, answer: object) -> list[OptionOutcome]:
        rights = parts.rights
        chosen = {rights[n] for n in picks_given(parts, answer) if n is not None}
        return [OptionOutcome(o.text_md, False, o.text_md in chosen, o.why_md) for o in parts.distractors]


def places_given(parts: Steps, answer: object) -> list[int | None]:
    """The place, from 1, that an answer gives to each step; None where it gives none."""
    given = numbers(answer, "places", len(parts.steps) + 1)
    return [at(given, n) or None for n in range(len(parts.steps))]


def picks_given(parts: Pairs, answer: object) -> list[int | None]:
    """The number in `parts.rights` that an answer picks for each pair."""
    given = numbers(answer, "picked", len(parts.rights))
    return [at(given, n) for n in range(len(parts.pairs))]


def is_one_swap(places: Sequence[int | None]) -> bool:
    """Whether a permutation of 1..n is the right order but for two neighbours."""
    moved = [n for n, place in enumerate(places) if place != n + 1]
    return len(moved) == 2 and moved[1] - moved[0] == 1


def _after(marker: re.Pattern[str], text: str) -> str:
    found = marker.match(text)
    return (found[1] or "").strip() if found else ""


def _plain(side: str) -> str:
    return side.strip().replace("\\=", "=")
