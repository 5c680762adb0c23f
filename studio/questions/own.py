"""Our own text, as another file of questions holds it. Pure."""

import re
from dataclasses import replace

from quizzes.quiz_text import parse_questions, sections
from studio.questions.found import Findings, Found, Refusal, few_enough, measured

HEADING = re.compile(r"^## \S+ \{[^{}]*\}", re.MULTILINE)
BULLET = re.compile(r"^(?:[-*=]|\d+[.)])\s", re.MULTILINE)
FRONT = re.compile(r"\A---\n.*?^---\n", re.DOTALL | re.MULTILINE)


def looks_like(text: str) -> bool:
    return HEADING.search(text) is not None


def read(text: str) -> Findings:
    """Every question of the text, each by itself, so that one with a fault keeps none of the others out."""
    front = FRONT.match(text)
    body, before = (text[front.end() :], front[0].count("\n")) if front else (text, 0)
    for section in sections(body, before + 1):
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
    if front is None and not sections(body):
        yield Refusal("this text has no question", "Begin each with `## id {kind}`.").at(1)


def _prompt(source: str) -> str:
    """The prompt of a question with blanks as it was written, answers and all."""
    lines = source.split("\n")[1:]
    notes = [n for n, line in enumerate(lines) if re.match(r"(hint|why):(\s|$)", line)]
    return "\n".join(lines[: notes[0] if notes else len(lines)]).strip("\n")
