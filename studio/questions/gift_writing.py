"""Our questions as GIFT. Pure."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from core.errors import Problem
from quizzes.questions import Marking, Options, Pairs, Quantity, Question, Wordings
from studio.questions.our_text import plain_number
from studio.questions.written import MOST_RIGHT, Written, has_reasons, has_usual_points, left, tags, weights

SIGNS = re.compile(r"[~=#{}:\\]")


def write(questions: Sequence[Question]) -> Written:
    """One file with each question that GIFT can hold; categories are our topics."""
    blocks: list[str] = []
    left_out: list[Problem] = []
    topic, count = "", 0
    for question in questions:
        if why := _cannot(question):
            left_out.append(left(question, why, "It is not in the file; Moodle XML may hold it."))
            continue
        left_out += _lost(question)
        if question.topic != topic:
            topic = question.topic
            blocks.append(f"$CATEGORY: $course$/top/{topic}".rstrip("/"))
        blocks.append(_question(question))
        count += 1
    return Written("\n\n".join(blocks) + "\n", count, tuple(left_out))


def escaped(text: str) -> str:
    """The text with every sign of GIFT's own made plain, in one line."""
    return SIGNS.sub(r"\\\g<0>", text).replace("\n", "\\n")


def _cannot(question: Question) -> str:
    """Why a question has no place in GIFT; empty where it has."""
    if question.kind not in ANSWERS:
        return f"GIFT has no “{question.kind}”"
    if question.kind == "choices" and sum(option.right for option in question.parts.options) > MOST_RIGHT:  # type: ignore[union-attr]
        return f"GIFT has no weight for more than {MOST_RIGHT} right answers"
    return ""


def _lost(question: Question) -> Iterator[Problem]:
    parts = question.parts
    lost = {
        "the hint": question.hint_md,
        "the points": not has_usual_points(question),
        "the unit": isinstance(parts, Quantity) and parts.unit,
        "what to look for": isinstance(parts, Marking) and (parts.points or parts.rubric or parts.words),
        "the reasons of pairs": isinstance(parts, Pairs) and has_reasons(parts),
    }
    for what, is_there in lost.items():
        if is_there:
            yield left(question, f"GIFT has no place for {what}", "Moodle XML may hold it.")


def _question(question: Question) -> str:
    lines = [f"// [tag:{tag}]" for tag in tags(question)]
    why = f"####{escaped(question.why_md)}" if question.why_md else ""
    answers = "".join(ANSWERS[question.kind](question.parts))
    prompt = f"::{escaped(question.id)}::[markdown]{escaped(question.prompt_md)}"
    return "\n".join([*lines, f"{prompt} {{{answers}{why}}}"])


def _why(why_md: str) -> str:
    return f"#{escaped(why_md)}" if why_md else ""


def _choice(parts: Options) -> Iterator[str]:
    for option in parts.options:
        yield f"\n{'=' if option.right else '~'}{escaped(option.text_md)}{_why(option.why_md)}"
    yield "\n"


def _choices(parts: Options) -> Iterator[str]:
    right, wrong = weights(sum(option.right for option in parts.options))
    for option in parts.options:
        yield f"\n~%{right if option.right else wrong}%{escaped(option.text_md)}{_why(option.why_md)}"
    yield "\n"


def _match(parts: Pairs) -> Iterator[str]:
    for pair in parts.pairs:
        yield f"\n={_side(pair.left_md)} -> {_side(pair.right_md)}"
    for distractor in parts.distractors:
        yield f"\n= -> {_side(distractor.text_md)}"
    yield "\n"


def _side(text_md: str) -> str:
    return escaped(text_md.replace("->", "→"))


def _number(parts: Quantity) -> Iterator[str]:
    spread = f":{plain_number(parts.tolerance)}" if parts.tolerance else ""
    yield f"#={plain_number(parts.value)}{spread}{_why(parts.why_md)}"


def _text(parts: Wordings) -> Iterator[str]:
    for wording in parts.wordings:
        for variant in wording.variants:
            yield f"\n={escaped(variant.replace('*', chr(92) + '*'))}{_why(wording.why_md)}"
    yield "\n"


def _essay(parts: Marking) -> Iterator[str]:
    return iter(())


ANSWERS: dict[str, Callable[[Any], Iterator[str]]] = {
    "choice": _choice,
    "choices": _choices,
    "match": _match,
    "number": _number,
    "text": _text,
    "essay": _essay,
}
