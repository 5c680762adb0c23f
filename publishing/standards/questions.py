"""Each question says why, on what ground, how deep it goes and where to read again. Pure."""

from collections.abc import Callable, Iterator

from core.errors import Problem
from publishing.standards.blocks import MARK, plain
from publishing.standards.manuscript import Manuscript
from quizzes.questions import Marking, Option, Options, Pair, Pairs, Quantity, Steps, Wording, Wordings

ATTRIBUTES = ("bloom", "topic", "objectives", "see")
WRITTEN_AS = {"objectives": "objective"}
Reasoned = list[tuple[str, str]]  # what is answered, and the reason for it

REASONED: dict[type, Callable[..., Reasoned]] = {
    Options: lambda parts: [_option(each) for each in parts.options],
    Steps: lambda parts: [_option(each) for each in parts.steps],
    Pairs: lambda parts: [*map(_pair, parts.pairs), *map(_option, parts.distractors)],
    Quantity: lambda parts: [("the number", parts.why_md)],
    Wordings: lambda parts: [_wording(each) for each in parts.wordings],
    Marking: lambda parts: [],  # its marking points are the key, and a person gives the reasons
}


def _option(option: Option) -> tuple[str, str]:
    return option.text_md, option.why_md


def _pair(pair: Pair) -> tuple[str, str]:
    return pair.left_md, pair.why_md


def _wording(wording: Wording) -> tuple[str, str]:
    return " | ".join(wording.variants), wording.why_md


def answers_without_a_reason(manuscript: Manuscript) -> Iterator[Problem]:
    """Options to tick need a reason each; elsewhere one `why:` may stand for all."""
    for question, file in manuscript.questions:
        one_for_all = question.why_md and not isinstance(question.parts, Options)
        for answer, why in () if one_for_all else REASONED[type(question.parts)](question.parts):
            if not why.strip():
                message = f"{question.id}: no reason for “{_short(answer)}”"
                yield Problem(file, question.line, message, "Write it below as `  : …`.")


def questions_without_a_source(manuscript: Manuscript) -> Iterator[Problem]:
    for question, file in manuscript.questions:
        if not MARK.search("\n".join(question.markdown())):
            remedy = "Cite a source behind the prompt or in a reason, or write [opinion]."
            yield Problem(file, question.line, f"{question.id}: no source", remedy)


def questions_without_attributes(manuscript: Manuscript) -> Iterator[Problem]:
    for question, file in manuscript.questions:
        missing = [WRITTEN_AS.get(name, name) for name in ATTRIBUTES if not getattr(question, name)]
        if missing:
            remedy = f"Write {' '.join(f'{name}=…' for name in missing)} into its heading."
            yield Problem(file, question.line, f"{question.id}: no {', '.join(missing)}", remedy)


def questions_never_asked(manuscript: Manuscript) -> Iterator[Problem]:
    """Questions that a machine could mark and nothing asks; written ones may wait for a tutor."""
    for question, file in manuscript.questions:
        if question.id not in manuscript.asked and not isinstance(question.parts, Marking):
            remedy = "Draw it in a quiz, set it into a lesson as a check, or take it out."
            yield Problem(file, question.line, f"{question.id}: nothing asks it", remedy)


def _short(text: str) -> str:
    words = " ".join(plain(text).split())
    return words if len(words) <= 40 else f"{words[:39]}…"
