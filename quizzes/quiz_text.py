"""Questions as authors write them: `## id {kind attributes}`, prompt, answers, hint and why. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from core.errors import Problem
from quizzes.kinds import QUESTION_KINDS
from quizzes.kinds.kind import AnswerLine, Block
from quizzes.questions import Question

HEADING = re.compile(r"##(?!#)\s*(.*)$")
QUESTION_HEADING = re.compile(r"(\S+)\s*\{([^{}]*)\}\s*$")
ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*$")
NOTE = re.compile(r"(hint|why|answer|words):(?:\s+(.*))?$")
WHY = re.compile(r"\s*:\s+(.*)$")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
SEE = re.compile(r"[a-z0-9][a-z0-9/-]*(?:#[\w.:-]+)?$")
POINTS = re.compile(r"\d{1,3}(?:\.\d{1,3}|/\d{1,3})?$")
LONGEST_ID = 80
EVERY_KIND_NOTES = frozenset({"hint", "why"})
BLOOM = ("remember", "understand", "apply", "analyse", "analyze", "evaluate", "create")
DIFFICULTY = ("easy", "medium", "hard")


@dataclass(frozen=True)
class Section:
    """A second-level heading (without its signs) and the lines below it, up to the next one."""

    heading: str
    line: int
    lines: tuple[str, ...]
    source: str


def parse_questions(text: str, file: str, first_line: int = 1) -> tuple[list[Question], list[Problem]]:
    """The questions of a text and what is wrong with it; `first_line` is where the text begins in the file.

    A question whose heading can be read is returned even when its body has faults, so that whatever
    refers to it still finds it; a text with problems must not be published.
    """
    problems = list(fence_problems(text, file, first_line))
    questions: list[Question] = []
    for section in sections(text, first_line):
        question, faults = _parse_section(section, file)
        problems += faults
        questions += [question] if question else []
    return questions, sorted(problems + list(_repeated_ids(questions, file)))


def introduction(text: str) -> str:
    """What stands before the first second-level heading."""
    lines = text_lines(text)
    starts = _heading_indexes(lines)
    return "".join(lines[: starts[0]] if starts else lines)


def sections(text: str, first_line: int = 1) -> list[Section]:
    """The text cut at its second-level headings; introduction and sources together are the text again."""
    lines = text_lines(text)
    starts = _heading_indexes(lines)
    ends = [*starts, len(lines)][1:]
    return [_section(lines, start, end, first_line) for start, end in zip(starts, ends, strict=True)]


def text_lines(text: str) -> list[str]:
    """Lines with their ends, cut at line feeds only, as editors count them."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def in_fences(lines: Iterable[str]) -> Iterator[tuple[bool, str]]:
    """Each line, and whether it belongs to a fenced block of code."""
    fence = ""
    for line in lines:
        inside, fence = bool(fence), _fence_after(line, fence)
        yield inside or bool(fence), line


def fence_problems(text: str, file: str, first_line: int) -> Iterator[Problem]:
    """A fence that never closes would swallow all that follows."""
    since, fence = 0, ""
    for number, line in enumerate(text_lines(text), start=first_line):
        before, fence = fence, _fence_after(line, fence)
        since = number if fence and not before else since
    if fence:
        yield Problem(file, since, "this fenced block never ends", f"Close it with a line of {fence}.")


def _fence_after(line: str, fence: str) -> str:
    """The fence that is open below a line when `fence` is open above it; empty: none."""
    mark = FENCE.match(line)
    if mark is None:
        return fence
    if not fence:
        return mark[1]
    closes = mark[1].startswith(fence) and not line.strip().strip(fence[0])
    return "" if closes else fence


def _heading_indexes(lines: list[str]) -> list[int]:
    return [n for n, (fenced, line) in enumerate(in_fences(lines)) if not fenced and HEADING.match(line)]


def _section(lines: list[str], start: int, end: int, first_line: int) -> Section:
    heading = HEADING.match(lines[start].rstrip())
    below = tuple(line.rstrip() for line in lines[start + 1 : end])
    return Section(heading[1] if heading else "", first_line + start, below, "".join(lines[start:end]))


def _parse_section(section: Section, file: str) -> tuple[Question | None, list[Problem]]:
    found = QUESTION_HEADING.match(section.heading)
    name, *words = (found[2].split() or [""]) if found else [""]
    if found is None or name not in QUESTION_KINDS:
        known = ", ".join(QUESTION_KINDS)
        message = f"“{name}” is no kind of question" if name else "this heading names no kind of question"
        return None, [Problem(file, section.line, message, f"Write `## id {{kind}}` with one of: {known}.")]
    block = Block(file, section.line, name)
    check_id(block, found[1], "question")
    BodyReader(block).read(section)
    return _question(block, found[1], Attributes(block, words), section), block.problems


def check_id(block: Block, name: str, what: str) -> None:
    if not ID.fullmatch(name) or len(name) > LONGEST_ID:
        remedy = f"Use a-z, 0-9 and single hyphens, {LONGEST_ID} characters at most."
        block.fault(block.line, f"“{name[:LONGEST_ID]}” cannot be the id of a {what}", remedy)


def _question(block: Block, name: str, attributes: "Attributes", section: Section) -> Question:
    kind = QUESTION_KINDS[block.kind]
    parts = kind.parse(block)
    if not block.prompt.strip():
        block.fault(block.line, "the prompt is missing", "Write what is asked below the heading.")
    if not block.problems:
        for fault in kind.check(parts):
            block.fault(block.line, *fault)
    return Question(
        id=name,
        kind=block.kind,
        prompt_md=kind.prompt(block.prompt),
        parts=parts,
        points=attributes.points() or kind.points(parts),
        bloom=attributes.one_of("bloom", BLOOM),
        difficulty=attributes.one_of("difficulty", DIFFICULTY),
        objectives=attributes.names("objective"),
        topic="".join(attributes.names("topic")[:1]),
        see=attributes.see(),
        hint_md=block.note("hint"),
        why_md=block.note("why"),
        line=block.line,
        source=section.source,
    )


def _repeated_ids(questions: list[Question], file: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for question in questions:
        if first.setdefault(question.id, question.line) != question.line:
            message = f"“{question.id}” is already the id of the question in line {first[question.id]}"
            remedy = "An id is unique in the whole bundle: choose another."
            yield Problem(file, question.line, message, remedy)


class Attributes:
    """The `name=value` words of a question's heading."""

    KNOWN = ("points", "bloom", "difficulty", "objective", "topic", "see")

    def __init__(self, block: Block, words: list[str]) -> None:
        self.block = block
        self.values: dict[str, str] = {}
        for word in words:
            self._take(*word.partition("="))

    def _take(self, name: str, sign: str, value: str) -> None:
        if name not in self.KNOWN:
            self._fault(f"“{name}” is no attribute", f"Known are {', '.join(self.KNOWN)}.")
        elif not sign or not value:
            self._fault(f"“{name}” has no value", f"Write `{name}=…` without spaces.")
        elif name in self.values:
            self._fault(f"“{name}” stands twice", "Keep one; several objectives are `objective=a,b`.")
        else:
            self.values[name] = value

    def _fault(self, message: str, remedy: str) -> None:
        self.block.fault(self.block.line, message, remedy)

    def points(self) -> Fraction | None:
        value = self.values.get("points")
        if value is None:
            return None
        points = _fraction(value)
        if points is None or points <= 0:
            self._fault(f"“{value}” is no number of points", "Write a number above 0, as 1, 0.5 or 1/2.")
            return None
        return points

    def one_of(self, name: str, words: tuple[str, ...]) -> str:
        value = self.values.get(name, "")
        if value and value not in words:
            self._fault(f"“{value}” is no value of {name}", f"Known are {', '.join(words)}.")
        return {"analyze": "analyse"}.get(value, value)

    def names(self, attribute: str) -> tuple[str, ...]:
        names = [name for name in self.values.get(attribute, "").split(",") if name]
        for name in names:
            if not ID.fullmatch(name):
                self._fault(f"“{name}” cannot be an id", "Use a-z, 0-9 and single hyphens.")
        if attribute == "topic" and len(names) > 1:
            self._fault("a question has one topic", "Keep one.")
        return tuple(dict.fromkeys(names))

    def see(self) -> str:
        value = self.values.get("see", "")
        if value and not SEE.fullmatch(value):
            self._fault(f"“{value}” names no place", "Write `see=lesson#heading`.")
        return value


def _fraction(text: str) -> Fraction | None:
    try:
        return Fraction(text) if POINTS.fullmatch(text) else None
    except ZeroDivisionError:
        return None


class BodyReader:
    """Sorts a block's lines into prompt, answer lines, rationales and notes."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.kind = QUESTION_KINDS[block.kind]
        self.prompt: list[str] = []
        self.append: Callable[[str], None] = self.prompt.append
        self.after_blank = False
        self.closed = False  # the prompt has ended

    def read(self, section: Section) -> None:
        for number, (fenced, line) in enumerate(in_fences(section.lines), start=section.line + 1):
            self._line(number, line, fenced)
            self.after_blank = not line.strip()
        lead = next((n for n, line in enumerate(self.prompt) if line.strip()), 0)
        self.block.prompt = "\n".join(self.prompt[lead:]).rstrip()
        self.block.prompt_line = section.line + 1 + lead
        for part in (*self.block.answers, *self.block.notes.values()):
            part.text, part.why = part.text.strip(), part.why.strip()

    def _line(self, number: int, line: str, fenced: bool) -> None:
        note = None if fenced else NOTE.match(line)
        if note:
            self._begin_note(number, note[1], note[2] or "")
        elif not fenced and self.kind.starts_answer(line, bool(self.block.answers)):
            self._begin_answer(number, line)
        elif not fenced and self.block.answers and (why := WHY.match(line)):
            self._begin_why(number, why[1])
        else:
            self._go_on(number, line)

    def _begin_note(self, number: int, name: str, text: str) -> None:
        if name not in EVERY_KIND_NOTES | self.kind.notes:
            remedy = "Delete the line, or begin it with another word."
            self.block.fault(number, f"`{name}:` has no meaning in {{{self.kind.name}}}", remedy)
        if name in self.block.notes:
            self.block.fault(number, f"`{name}:` stands twice", "Keep one of the two.")
        self._begin(self.block.notes.setdefault(name, AnswerLine(text.strip(), number)), "text")

    def _begin_answer(self, number: int, line: str) -> None:
        self.block.answers.append(AnswerLine(line, number))
        self._begin(self.block.answers[-1], "text")

    def _begin_why(self, number: int, text: str) -> None:
        answer = self.block.answers[-1]
        if answer.why:
            self.block.fault(number, "a second rationale", "Keep one `: …` below each answer.")
        answer.why = text.strip()
        self._begin(answer, "why")

    def _begin(self, target: AnswerLine, part: str) -> None:
        def append(line: str) -> None:
            setattr(target, part, f"{getattr(target, part)}\n{line.strip()}")

        self.closed, self.append = True, append

    def _go_on(self, number: int, line: str) -> None:
        if self.closed and self.after_blank and line.strip() and not line.startswith((" ", "\t")):
            remedy = "Move it up into the prompt, or into `why:`; indent it to go on with an answer."
            self.block.fault(number, "this text belongs to no answer", remedy)
            return
        self.append(line)
