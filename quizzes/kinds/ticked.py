"""Kinds answered by ticking options: choice, choices, truefalse."""

import re
from collections.abc import Iterator
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
    draw_tokens,
    numbers,
    submitted,
    texts,
)
from quizzes.questions import Option, Options

BOX = re.compile(r"[-*] \[([ xX])\](?:\s+(.*))?$", re.DOTALL)
WHOLE, NOTHING = Fraction(1), Fraction(0)
VERDICTS = {"true": True, "false": False}
VERDICT_CHOICES = (Choice("true", "True"), Choice("false", "False"))


class Ticked(Kind[Options]):
    """What the three have in common. `most_right`: how many options may be right, None: any number."""

    control = "radio"
    guessable = True

    def starts_answer(self, line: str, begun: bool) -> bool:
        return BOX.match(line) is not None

    def parse(self, block: Block) -> Options:
        boxes = [BOX.match(answer.text) for answer in block.answers]
        lines = [
            AnswerLine((box[2] or "").strip(), answer.line, answer.why)
            for box, answer in zip(boxes, block.answers, strict=True)
            if box
        ]
        empty(block, "option", lines)
        marks = [box[1] != " " for box in boxes if box]
        marked = zip(lines, marks, strict=True)
        return Options(tuple(Option(line.text, mark, line.why) for line, mark in marked))

    def check(self, parts: Options) -> Iterator[Fault]:
        if len(parts.options) < 2:
            yield Fault(
                "there are fewer than two options", "Write each as `- [ ] text`, the right one `- [x]`."
            )
        yield from twice("option", [option.text_md for option in parts.options])
        yield from self.check_right(sum(option.right for option in parts.options), len(parts.options))

    def check_right(self, right: int, of: int) -> Iterator[Fault]:
        if right != 1:
            yield Fault(f"{right} options are marked right, one must be", "Mark one with [x] and no other.")

    def lay_out(self, parts: Options, name: str, rng: Random, shuffle: bool) -> Layout:
        return Layout(name, picks=draw_tokens(len(parts.options), rng, shuffle))

    def fields(self, parts: Options, layout: Layout) -> tuple[Field, ...]:
        shown = [pick for pick in layout.picks if pick.index < len(parts.options)]
        choices = tuple(Choice(pick.token, parts.options[pick.index].text_md) for pick in shown)
        return (Field(layout.name, self.control, choices=choices),)

    def read(self, parts: Options, form: Form, layout: Layout) -> Answer:
        return {"ticked": sorted(set(layout.indexes(submitted(form, layout.name))))}

    def fill(self, parts: Options, answer: Answer | None, layout: Layout) -> dict[str, list[str]]:
        return {layout.name: layout.tokens(sorted(ticked(parts, answer)))}

    def share(self, parts: Options, answer: object) -> Fraction:
        return WHOLE if all_right(parts, answer) else NOTHING

    def options(self, parts: Options, answer: object) -> list[OptionOutcome]:
        chosen = ticked(parts, answer)
        return [OptionOutcome(o.text_md, o.right, n in chosen, o.why_md) for n, o in enumerate(parts.options)]


class ChoiceKind(Ticked):
    name = "choice"

    def note(self, parts: Options) -> str:
        return "Choose one."


class ChoicesKind(Ticked):
    name = "choices"
    control = "checkbox"

    def check_right(self, right: int, of: int) -> Iterator[Fault]:
        if not right:
            yield Fault("no option is marked right", "Mark every right option with [x].")

    def note(self, parts: Options) -> str:
        return "Tick all that apply."

    def share(self, parts: Options, answer: object) -> Fraction:
        right = {n for n, option in enumerate(parts.options) if option.right}
        chosen = ticked(parts, answer)
        gained = len(chosen & right) - len(chosen - right)
        return Fraction(max(gained, 0), len(right)) if right else NOTHING


class TrueFalseKind(Ticked):
    """A statement: its verdict and the one right reason for it, both or nothing."""

    name = "truefalse"
    notes = frozenset({"answer"})

    def parse(self, block: Block) -> Options:
        verdict = VERDICTS.get(block.note("answer").strip().casefold())
        if verdict is None:
            line = block.notes["answer"].line if "answer" in block.notes else block.line
            remedy = "Write `answer: true` or `answer: false` after the prompt."
            block.fault(line, "the verdict is missing", remedy)
        return Options(super().parse(block).options, verdict)

    def note(self, parts: Options) -> str:
        return "Choose true or false, and the reason."

    def fields(self, parts: Options, layout: Layout) -> tuple[Field, ...]:
        verdict = Field(verdict_name(layout), "radio", "True or false?", VERDICT_CHOICES)
        return (verdict, Field(layout.name, "radio", "Because", super().fields(parts, layout)[0].choices))

    def read(self, parts: Options, form: Form, layout: Layout) -> Answer:
        said = [value for value in submitted(form, verdict_name(layout)) if value in VERDICTS]
        return {"verdict": said[:1], **super().read(parts, form, layout)}

    def fill(self, parts: Options, answer: Answer | None, layout: Layout) -> dict[str, list[str]]:
        return {verdict_name(layout): texts(answer, "verdict")[:1], **super().fill(parts, answer, layout)}

    def share(self, parts: Options, answer: object) -> Fraction:
        said = verdict_said(answer)
        agreed = said is not None and said == parts.verdict
        return WHOLE if agreed and all_right(parts, answer) else NOTHING

    def entries(self, parts: Options, answer: object) -> list[EntryOutcome]:
        said = verdict_said(answer)
        given = "" if said is None else str(said)
        return [EntryOutcome("True or false?", given, str(parts.verdict), said == parts.verdict, "")]


def ticked(parts: Options, answer: object) -> set[int]:
    """The numbers of the options that an answer ticks."""
    return {number for number in numbers(answer, "ticked", len(parts.options)) if number is not None}


def all_right(parts: Options, answer: object) -> bool:
    """The right options are ticked, and no other."""
    right = {n for n, option in enumerate(parts.options) if option.right}
    return bool(right) and ticked(parts, answer) == right


def verdict_said(answer: object) -> bool | None:
    said = texts(answer, "verdict")
    return VERDICTS.get(said[0]) if len(said) == 1 else None


def verdict_name(layout: Layout) -> str:
    return f"{layout.name}-verdict"
