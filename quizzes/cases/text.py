"""Cases as authors write them: scenes, and choices with what they score, move, need and teach. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from core.errors import Problem
from quizzes.cases.case import Case, Choice, Move, Need, Scene
from quizzes.cases.paths import path_problems
from quizzes.kinds.kind import Block
from quizzes.quiz_settings import QuizSettings
from quizzes.quiz_text import WHY, Section, check_id, fence_problems, in_fences, introduction, sections

HEADING = re.compile(r"(\S+)\s*(?:\{([^{}]*)\})?\s*$")
CHOICE = re.compile(r"[-*] \[(.*)\]\(#([^()\s]*)\)\s*(?:\{([^{}]*)\})?\s*$")
LOOSE_CHOICE = re.compile(r"[-*] \[.*\]\(#")
SCORE = re.compile(r"[+-]?\d{1,4}")
MOVE = re.compile(r"([a-z_]+)([+-]\d{1,4})")
NEED = re.compile(r"([a-z_]+)(>=|<=|>|<|=)(\d{1,4})")
MARKS = "`+10`, `trust+10`, `needs trust>=50,itch<60`, `refer`, `unsafe`, `critical`"
EMPTY_CASE = "Write each scene as `## id` with its text and choices."


@dataclass
class Draft:
    """A choice while it is read."""

    text: str
    target: str
    line: int
    score: int = 0
    moves: list[Move] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    why: list[str] = field(default_factory=list)

    def choice(self) -> Choice:
        return Choice(
            text_md=self.text,
            target=self.target,
            score=self.score,
            moves=tuple(self.moves),
            needs=tuple(self.needs),
            unsafe="unsafe" in self.flags,
            critical="critical" in self.flags,
            why_md="\n".join(self.why).strip(),
            line=self.line,
            refer="refer" in self.flags,
        )


def parse_case(text: str, file: str, first_line: int, settings: QuizSettings) -> tuple[Case, list[Problem]]:
    """The case and what is wrong with it: unknown targets, dead ends, needs never met, no way to pass."""
    block = Block(file, first_line, "case")
    block.problems += fence_problems(text, file, first_line)
    scenes = tuple(SceneReader(block, section).read() for section in sections(text, first_line))
    case = Case(introduction(text), scenes, settings.start, settings.pass_mark, settings.state, text)
    if not scenes:
        block.fault(first_line, "the case has no scene", EMPTY_CASE)
    block.problems += _repeated_scenes(case, file)
    block.problems += _unknown_names(case, file)
    if not block.problems:
        block.problems += path_problems(case, file)
    return case, sorted(block.problems)


def _repeated_scenes(case: Case, file: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for scene in case.scenes:
        if first.setdefault(scene.id, scene.line) != scene.line:
            message = f"the scene “{scene.id}” already stands in line {first[scene.id]}"
            yield Problem(file, scene.line, message, "Choose another id.")


def _unknown_names(case: Case, file: str) -> Iterator[Problem]:
    """Targets that are no scene, states that the front matter does not start."""
    scenes, states = {scene.id for scene in case.scenes}, {name for name, _ in case.state}
    for choice in (choice for scene in case.scenes for choice in scene.choices):
        if choice.target not in scenes:
            remedy = f"Write a scene `## {choice.target}`, or name one that exists."
            yield Problem(file, choice.line, f"there is no scene “{choice.target}”", remedy)
        named = [move.name for move in choice.moves] + [need.name for need in choice.needs]
        for name in dict.fromkeys(name for name in named if name not in states):
            remedy = f"Start it in the front matter: `state: {{{name}: 50}}`."
            yield Problem(file, choice.line, f"there is no state “{name}”", remedy)


class SceneReader:
    """Reads one scene: its heading, its text, its choices with their rationales."""

    def __init__(self, block: Block, section: Section) -> None:
        self.block, self.section = block, section
        self.text: list[str] = []
        self.drafts: list[Draft] = []

    def read(self) -> Scene:
        name, end = self._heading()
        for number, (fenced, line) in enumerate(in_fences(self.section.lines), start=self.section.line + 1):
            self._line(number, line, fenced)
        choices = tuple(draft.choice() for draft in self.drafts)
        return Scene(name, "\n".join(self.text).strip(), end, choices, self.section.line)

    def _heading(self) -> tuple[str, bool]:
        found = HEADING.match(self.section.heading)
        name, mark = (found[1], (found[2] or "").strip()) if found else (self.section.heading, "")
        where = Block(self.block.file, self.section.line, "case", problems=self.block.problems)
        check_id(where, name, "scene")
        if mark not in ("", "end"):
            where.fault(where.line, f"a scene cannot be {{{mark}}}", "Write `## id` or `## id {end}`.")
        return name, mark == "end"

    def _line(self, number: int, line: str, fenced: bool) -> None:
        choice = None if fenced else CHOICE.match(line)
        if choice:
            self._choice(number, *choice.groups(""))
        elif not fenced and self.drafts and (why := WHY.match(line)):
            self.drafts[-1].why.append(why[1])
        elif self.drafts:
            self._below_choices(number, line)
        else:
            self.text.append(line)
        if not choice and not fenced and LOOSE_CHOICE.match(line):
            remedy = "Write it in one line as `- [text](#scene) {+10}`."
            self.block.fault(number, "this choice cannot be read", remedy)

    def _below_choices(self, number: int, line: str) -> None:
        if line.strip() and not line.startswith((" ", "\t")):
            remedy = "Move it above the choices, or indent it below `: …`."
            self.block.fault(number, "this text belongs to no choice", remedy)
        elif line.strip():
            self.drafts[-1].why.append(line.strip())

    def _choice(self, number: int, text: str, target: str, marks: str) -> None:
        draft = Draft(text.strip(), target, number)
        if not draft.text:
            self.block.fault(number, "this choice has no text", "Write what the learner does or says.")
        Marks(self.block, draft).read(marks.replace("−", "-").split())
        self.drafts.append(draft)


class Marks:
    """Reads what stands in the braces behind a choice."""

    def __init__(self, block: Block, draft: Draft) -> None:
        self.block, self.draft = block, draft
        self.scored = False
        self.readers: tuple[tuple[re.Pattern[str], Any], ...] = (
            (SCORE, self._score),
            (MOVE, self._move),
            (re.compile("unsafe|critical|refer"), self._flag),
        )

    def read(self, words: list[str]) -> None:
        rest = iter(words)
        for word in rest:
            if word == "needs":
                self._needs(next(rest, ""))
            else:
                self._mark(word)
        if self.draft.flags >= {"refer", "unsafe"}:
            remedy = "Keep `refer` for choices that bring the client to help."
            self.block.fault(self.draft.line, "an unsafe choice is no referral", remedy)

    def _mark(self, word: str) -> None:
        for pattern, reader in self.readers:
            if found := pattern.fullmatch(word):
                reader(found)
                return
        self.block.fault(self.draft.line, f"“{word}” means nothing behind a choice", f"Known are {MARKS}.")

    def _score(self, found: re.Match[str]) -> None:
        if self.scored:
            self.block.fault(self.draft.line, "a second score", "Keep one number.")
        self.scored, self.draft.score = True, int(found[0])

    def _move(self, found: re.Match[str]) -> None:
        self.draft.moves.append(Move(found[1], int(found[2])))

    def _flag(self, found: re.Match[str]) -> None:
        self.draft.flags.add(found[0])

    def _needs(self, conditions: str) -> None:
        for condition in conditions.split(","):
            found = NEED.fullmatch(condition)
            if found:
                self.draft.needs.append(Need(found[1], found[2], int(found[3])))
            else:
                remedy = "Write `needs trust>=50,itch<60` without spaces around the signs."
                self.block.fault(self.draft.line, f"“{condition}” is no need", remedy)
