"""Our own text, as another file of questions holds it. Pure."""

import re
from dataclasses import replace

from quizzes.questions import Question
from quizzes.quiz_text import parse_questions, sections
from studio.questions.found import Findings, Found, Refusal, few_enough, measured

HEADING = re.compile(r"^## \S+ \{[^{}]*\}", re.MULTILINE)
BULLET = re.compile(r"^(?:[-*=]|\d+[.)])\s", re.MULTILINE)
FRONT = re.compile(r"\A---\n.*?^---\n", re.DOTALL | re.MULTILINE)


def looks_like(text: str) -> bool:
    return HEADING.search(text) is not None


def read(text: str) -> Findings:
    """Every question of the text, each by itself, so that one with a fault keeps none of the others out."""
    body, first_line = _body(text)
    for section in sections(body, first_line):
        try:
            few_enough(len(BULLET.findall(measured(section.source))))
        except Refusal as refusal:
            yield refusal.at(section.line)
            continue
        questions, problems = parse_questions(section.source, "")
        if problems:
            yield replace(problems[0], line=section.line + problems[0].line - 1)
            continue
        for question in questions:
            yield Found(
                section.line,
                question.id,
                question.kind,
                _prompt(section.source) if question.kind == "blanks" else question.prompt_md,
                question.parts,
                question.why_md,
                question.hint_md,
                question.points,
                {
                    "bloom": question.bloom,
                    "difficulty": question.difficulty,
                    "objective": ",".join(question.objectives),
                    "topic": question.topic,
                    "see": question.see,
                },
            )
    if not sections(body):
        yield Refusal("this text has no question", "Begin each with `## id {kind}`.").at(1)


def questions_in(text: str) -> list[Question]:
    """The questions of a file of ours that can be read; of a case or an assignment none."""
    found = [parse_questions(section.source, "", section.line) for section in sections(*_body(text))]
    return [question for questions, problems in found if not problems for question in questions]


def _body(text: str) -> tuple[str, int]:
    """What follows the front matter, and the line where it begins."""
    front = FRONT.match(text)
    return (text[front.end() :], front[0].count("\n") + 1) if front else (text, 1)


def _prompt(source: str) -> str:
    """The prompt of a question with blanks as it was written, answers and all."""
    lines = source.split("\n")[1:]
    notes = [n for n, line in enumerate(lines) if re.match(r"(hint|why):(\s|$)", line)]
    return "\n".join(lines[: notes[0] if notes else len(lines)]).strip("\n")
