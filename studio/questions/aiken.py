"""Aiken: a prompt, options as `A) text` or `A. text`, and `ANSWER: A`. Pure."""

import re
from dataclasses import dataclass, field

from core.errors import Problem
from quizzes.questions import Option, Options
from studio.questions import plain
from studio.questions.found import Findings, Found, Refusal

OPTION = re.compile(r"\s*([A-Z])[.)]\s+(.*)$")
ANSWER = re.compile(r"\s*ANSWER:\s*([A-Z])\s*$", re.IGNORECASE)
CLOSING = re.compile(r"\s*ANSWER:", re.IGNORECASE)


@dataclass
class Block:
    """What stands up to an `ANSWER:` line."""

    line: int = 0
    prompt: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)  # letter, text

    def add(self, number: int, line: str) -> None:
        self.line = self.line or number
        option = OPTION.match(line)
        if option:
            self.options.append((option[1], option[2]))
        elif self.options:
            letter, text = self.options.pop()
            self.options.append((letter, f"{text} {line.strip()}"))
        else:
            self.prompt.append(line)

    def finding(self, closing: str) -> Found | Problem:
        """The question that its last line closes, or why there is none."""
        answer = ANSWER.match(closing)
        letters = [letter for letter, _ in self.options]
        if answer is None or letters.count(answer[1].upper()) != 1:
            remedy = "End each question with one line as `ANSWER: B` that names one of its options."
            return Refusal("no line says which option is right", remedy).at(self.line)
        right = answer[1].upper()
        options = tuple(Option(plain.markdown(text), letter == right) for letter, text in self.options)
        return Found(self.line, "", "choice", plain.markdown("\n".join(self.prompt)), Options(options))


def looks_like(text: str) -> bool:
    return any(CLOSING.match(line) for line in text.split("\n"))


def read(text: str) -> Findings:
    """Every question of the text, or why it cannot be held, in order."""
    block = Block()
    after_blank = False
    for number, line in enumerate(text.split("\n"), start=1):
        if CLOSING.match(line):
            block.line = block.line or number
            yield block.finding(line)
            block = Block()
        elif line.strip():
            if after_blank and block.options and not OPTION.match(line):
                yield block.finding("")
                block = Block()
            block.add(number, line)
        after_blank = not line.strip()
    if block.line:
        yield block.finding("")
