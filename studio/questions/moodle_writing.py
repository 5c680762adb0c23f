"""Our questions as Moodle XML. Pure."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from core.errors import Problem
from quizzes.presentation import gap
from quizzes.questions import Marking, Options, Pairs, Quantity, Question, Steps, Wordings
from studio.questions.our_text import plain_number
from studio.questions.written import MOST_RIGHT, Written, has_reasons, left, tags, weights

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
CLOZE_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "~=#{}\\"})


def write(questions: Sequence[Question]) -> Written:
    """One file with each question that Moodle's core can hold; categories are our topics."""
    quiz = Element("quiz")
    left_out: list[Problem] = []
    topic, count = "", 0
    for question in questions:
        if why := _cannot(question):
            left_out.append(left(question, why, "It is not in the file."))
            continue
        left_out += _lost(question)
        if question.topic != topic:
            topic = question.topic
            category = SubElement(SubElement(quiz, "question", type="category"), "category")
            SubElement(category, "text").text = f"$course$/top/{topic}".rstrip("/")
        _question(quiz, question)
        count += 1
    indent(quiz)
    return Written(HEAD + tostring(quiz, encoding="unicode") + "\n", count, tuple(left_out))


def _cannot(question: Question) -> str:
    if question.kind not in TYPES:
        return f"Moodle has no “{question.kind}”"
    if question.kind == "choices" and sum(option.right for option in question.parts.options) > MOST_RIGHT:  # type: ignore[union-attr]
        return f"Moodle has no weight for more than {MOST_RIGHT} right answers"
    return ""


def _lost(question: Question) -> Iterator[Problem]:
    parts = question.parts
    loses = isinstance(parts, Pairs) and has_reasons(parts)
    loses |= isinstance(parts, Steps) and any(step.why_md for step in parts.steps)
    loses |= isinstance(parts, Marking) and any(point.why_md for point in parts.points)
    if loses:
        yield left(question, "Moodle has no place for these reasons", "Put them into `why:`.")
    if isinstance(parts, Marking) and parts.rubric:
        yield left(question, "Moodle's questions have no rubric", "Set it up in Moodle.")


def _question(quiz: Element, question: Question) -> None:
    element = SubElement(quiz, "question", type=TYPES[question.kind])
    SubElement(SubElement(element, "name"), "text").text = question.id
    _text(element, "questiontext", _prompt(question))
    _text(element, "generalfeedback", question.why_md)
    SubElement(element, "defaultgrade").text = f"{float(question.points):.7f}"
    SubElement(element, "idnumber").text = question.id
    ANSWERS[question.kind](element, question.parts)
    if question.hint_md:
        _text(element, "hint", question.hint_md)
    if words := list(tags(question)):
        box = SubElement(element, "tags")
        for word in words:
            SubElement(SubElement(box, "tag"), "text").text = word


def _prompt(question: Question) -> str:
    if question.kind != "blanks" or not isinstance(question.parts, Wordings):
        return question.prompt_md
    prompt = question.prompt_md
    for number, wording in enumerate(question.parts.wordings, start=1):
        variants = "~".join(f"={variant.translate(CLOZE_SIGNS)}" for variant in wording.variants)
        prompt = prompt.replace(gap(number), f"{{1:SHORTANSWER:{variants}}}")
    return prompt


def _text(parent: Element, tag: str, text: str, **attributes: str) -> Element:
    element = SubElement(parent, tag, {"format": "markdown", **attributes})
    SubElement(element, "text").text = text
    return element


def _answer(parent: Element, text: str, fraction: str, why_md: str) -> Element:
    element = _text(parent, "answer", text, fraction=fraction)
    _text(element, "feedback", why_md)
    return element


def _choice(element: Element, parts: Options) -> None:
    SubElement(element, "single").text = "true"
    for option in parts.options:
        _answer(element, option.text_md, "100" if option.right else "0", option.why_md)


def _choices(element: Element, parts: Options) -> None:
    SubElement(element, "single").text = "false"
    right, wrong = weights(sum(option.right for option in parts.options))
    for option in parts.options:
        _answer(element, option.text_md, right if option.right else wrong, option.why_md)


def _words(element: Element, parts: Wordings) -> None:
    for wording in parts.wordings:
        for variant in wording.variants:
            _answer(element, variant.replace("*", "\\*"), "100", wording.why_md)


def _number(element: Element, parts: Quantity) -> None:
    answer = _answer(element, plain_number(parts.value), "100", parts.why_md)
    SubElement(answer, "tolerance").text = plain_number(parts.tolerance)
    if parts.unit:
        unit = SubElement(SubElement(element, "units"), "unit")
        SubElement(unit, "multiplier").text = "1"
        SubElement(unit, "unit_name").text = parts.unit


def _match(element: Element, parts: Pairs) -> None:
    for left_md, right_md in (
        *((pair.left_md, pair.right_md) for pair in parts.pairs),
        *(("", distractor.text_md) for distractor in parts.distractors),
    ):
        side = _text(element, "subquestion", left_md)
        SubElement(SubElement(side, "answer"), "text").text = right_md


def _order(element: Element, parts: Steps) -> None:
    for place, step in enumerate(parts.steps, start=1):
        _answer(element, step.text_md, str(place), "")


def _essay(element: Element, parts: Marking) -> None:
    SubElement(element, "responseformat").text = "editor"
    _looked_for(element, parts)


def _file(element: Element, parts: Marking) -> None:
    SubElement(element, "responseformat").text = "noinline"
    SubElement(element, "attachments").text = "1"
    _looked_for(element, parts)


def _looked_for(element: Element, parts: Marking) -> None:
    if parts.points:
        _text(
            element, "graderinfo", "\n".join(f"- {' '.join(point.text_md.split())}" for point in parts.points)
        )
    if parts.words:
        SubElement(element, "minwordlimit").text, SubElement(element, "maxwordlimit").text = map(
            str, parts.words
        )


def _nothing(element: Element, parts: Wordings) -> None:
    """The words of gaps stand in the text."""


TYPES = {
    "choice": "multichoice",
    "choices": "multichoice",
    "text": "shortanswer",
    "number": "numerical",
    "match": "matching",
    "order": "ordering",
    "blanks": "cloze",
    "essay": "essay",
    "file": "essay",
}
ANSWERS: dict[str, Callable[[Element, Any], None]] = {
    "choice": _choice,
    "choices": _choices,
    "text": _words,
    "number": _number,
    "match": _match,
    "order": _order,
    "blanks": _nothing,
    "essay": _essay,
    "file": _file,
}
