"""Moodle XML, which every Moodle exports: read with the line of each question, without entities and without files."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from core.errors import Problem
from quizzes.questions import Marking, Option, Pair, Pairs, Parts, Quantity, Steps, Wording, Wordings
from studio.questions import gift, weighing
from studio.questions.found import Findings, Found, Refusal, change, few_enough, measured
from studio.questions.our_text import true_or_false
from studio.questions.weighing import Weighted

LINE = "{line}"  # an attribute that no file can hold
MOST_POINTS = 999
LONGEST_HEAD = 4_000  # characters before the first element
CLOZE = re.compile(r"\{\d*:(SHORTANSWER_C|SHORTANSWER|SAC|SA|MWC|MW):((?:[^{}\\]|\\.)*)\}")
ANY_CLOZE = re.compile(r"\{\d*:[A-Z_]+:")
CLOZE_ITEM = re.compile(r"(?<!\\)~")
CLOZE_WEIGHT = re.compile(r"%(-?[\d.]{1,10})%")
BULLET = re.compile(r"^[-+*]\s+", re.MULTILINE)
USUAL_FEEDBACK = {
    "", "Your answer is correct.", "Your answer is partially correct.", "Your answer is incorrect.",
}  # fmt: skip
TOKEN = "BLANKNUMBER{}STANDSHERE"  # words that no markup changes


class LineBuilder(TreeBuilder):
    """Builds elements that remember their line."""

    parser: Any = None

    def start(self, tag: str, attrs: dict[Any, Any]) -> Element:
        return super().start(tag, {**attrs, LINE: str(self.parser.parser.CurrentLineNumber)})


class Node:
    """A question's element: its texts in our Markdown, and what of it cannot be held."""

    def __init__(self, element: Element) -> None:
        self.element = element
        self.line = line_of(element)
        self.changes: list[Problem] = []

    def plain(self, path: str) -> str:
        """A text as it stands."""
        return (self.element.findtext(path) or "").strip()

    def markdown(self, element: Element | None, text: str | None = None) -> str:
        """An element's text by the format that it says; pictures in it are named as not held."""
        if element is None:
            return ""
        line = line_of(element)
        for file in element.findall("file"):
            self.changes.append(gift.lost_picture(line, (file.get("name") or "embedded")[:80]))
        written = measured((element.findtext("text") or "").strip() if text is None else text)
        made, pictures = FORMATS.get(element.get("format", "html"), gift.html)(written)
        named = {each.get("name") for each in element.findall("file")}
        self.changes += [gift.lost_picture(line, each) for each in pictures if each not in named]
        return made

    def told(self, line: int, message: str, remedy: str) -> None:
        self.changes.append(change(line, message, remedy))

    def answers(self, as_words: bool = False) -> list[Weighted]:
        return [self._answer(each, as_words) for each in self.element.findall("answer")]

    def _answer(self, element: Element, as_words: bool) -> Weighted:
        text = " ".join((element.findtext("text") or "").split()) if as_words else self.markdown(element)
        weight = (
            Fraction(0)
            if self.element.get("type") == "ordering"
            else weighing.share(element.get("fraction", "0"))
        )
        return Weighted(text, weight, self.markdown(element.find("feedback")), line_of(element))


FORMATS: dict[str, Callable[[str], tuple[str, list[str]]]] = {
    "html": gift.html,
    "moodle_auto_format": gift.plain_or_html,
    "plain_text": gift.MAKERS["plain"],
    "markdown": gift.MAKERS["markdown"],
}


def looks_like(text: str) -> bool:
    return text.lstrip().startswith("<") and "<quiz" in text[:LONGEST_HEAD]


def line_of(element: Element) -> int:
    return int(element.get(LINE, "0"))


def read(text: str) -> Findings:
    """Every question of the file, or why it cannot be held. A file that is no well-formed XML is refused whole."""
    root = _parsed(text)
    if isinstance(root, Problem):
        yield root
        return
    topic = ""
    for element in root:
        if element.tag == "question" and element.get("type") == "category":
            topic = gift.topic_of(element.findtext("category/text") or "")
        elif element.tag == "question":
            yield _question(element, topic)
        else:
            yield Refusal(f"<{element.tag[:40]}> is no question", "Moodle XML holds <question>.").at(
                line_of(element)
            )


def _parsed(text: str) -> Element | Problem:
    builder = LineBuilder()
    parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    builder.parser = parser
    try:
        parser.feed(text)
        root: Element = parser.close()
    except ParseError as error:
        return Refusal("this is no well-formed XML", f"Export it again; the parser says: {error}.").at(
            error.position[0]
        )
    except (DefusedXmlException, ValueError):
        remedy = "Export it from Moodle again; a file of questions needs none."
        return Refusal("entities and document types are not taken in", remedy).at(
            parser.parser.CurrentLineNumber
        )
    if root.tag != "quiz":
        return Refusal("this is no Moodle XML", "Its first element is <quiz>.").at(1)
    return root


def _question(element: Element, topic: str) -> Found | Problem:
    node = Node(element)
    try:
        return _understood(node, topic)
    except Refusal as refusal:
        return refusal.at(node.line)


def _understood(node: Node, topic: str) -> Found:
    kind = node.element.get("type", "")
    if kind not in READERS:
        raise Refusal(f"Moodle's “{kind[:40]}” has no kind here", "Write it anew as one of our kinds.")
    few_enough(sum(child.tag in ("answer", "subquestion") for child in node.element))
    held, prompt_md, parts = READERS[kind](node)
    found = Found(node.line, node.plain("idnumber") or node.plain("name/text"), held, prompt_md, parts)
    found.why_md = node.markdown(node.element.find("generalfeedback"))
    found.hint_md = "\n\n".join(filter(None, (node.markdown(hint) for hint in node.element.findall("hint"))))
    found.points = _points(node)
    tags = [each.text or "" for each in node.element.findall("tags/tag/text")]
    found.attributes = {"topic": topic} | gift.known_tags(tags, node.line, node.changes)
    _other_feedback(node)
    found.changes = node.changes
    return found


def _points(node: Node) -> Fraction | None:
    said = node.plain("defaultgrade")
    if not said:
        return None
    points = weighing.number(said).limit_denominator(MOST_POINTS)
    if 0 < points <= MOST_POINTS:
        return points
    node.told(
        node.line, f"{said[:20]} points are not held", "A question earns more than 0 and less than 1000."
    )
    return None


def _other_feedback(node: Node) -> None:
    for name in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
        element = node.element.find(name)
        if element is not None and node.markdown(element) not in USUAL_FEEDBACK:
            node.told(line_of(element), f"the {name} is not held", "Put it into `why:`.")


def _prompt(node: Node) -> str:
    return node.markdown(node.element.find("questiontext"))


def _choice(node: Node) -> tuple[str, str, Parts]:
    answers = node.answers()
    if node.plain("single") in ("", "true", "1"):
        return "choice", _prompt(node), weighing.single(answers, node.changes)
    return "choices", _prompt(node), weighing.several(answers, node.line, node.changes)


def _true_or_false(node: Node) -> tuple[str, str, Parts]:
    said = {answer.text.casefold(): answer for answer in node.answers(as_words=True)}
    if set(said) != {"true", "false"} or sorted(each.weight for each in said.values()) != [0, 1]:
        raise Refusal("the verdict is missing", "One of true and false has the fraction 100.")
    is_true = said["true"].weight == 1
    return "choice", _prompt(node), true_or_false(is_true, said["true"].why_md, said["false"].why_md)


def _words(node: Node) -> tuple[str, str, Parts]:
    return "text", _prompt(node), weighing.wordings(node.answers(as_words=True), node.changes)


def _number(node: Node) -> tuple[str, str, Parts]:
    found = []
    for element, answer in zip(node.element.findall("answer"), node.answers(as_words=True), strict=True):
        if answer.text == "*":
            node.told(answer.line, "the feedback for every other number is not held", "Put it into `why:`.")
        else:
            tolerance = weighing.number(element.findtext("tolerance") or "0")
            found.append((answer, weighing.number(answer.text), tolerance))
    parts: Quantity = weighing.quantity(found, _unit(node), node.changes)
    return "number", _prompt(node), parts


def _unit(node: Node) -> str:
    """The unit in which the number stands; the others are named as not held."""
    units = node.element.findall("units/unit")
    own = [unit for unit in units if weighing.number(unit.findtext("multiplier") or "1") == 1]
    for unit in units:
        if unit not in own[:1]:
            name = (unit.findtext("unit_name") or "").strip()[:40]
            node.told(line_of(unit), f"the unit “{name}” is not held", "A number has one unit here.")
    return (own[0].findtext("unit_name") or "").strip() if own else ""


def _match(node: Node) -> tuple[str, str, Parts]:
    pairs, distractors = [], []
    for element in node.element.findall("subquestion"):
        left = node.markdown(element)
        made = FORMATS["markdown" if element.get("format") == "markdown" else "moodle_auto_format"]
        right, _ = made((element.findtext("answer/text") or "").strip())
        if left:
            pairs.append(Pair(left, right))
        else:
            distractors.append(Option(right, False))
    return "match", _prompt(node), Pairs(tuple(pairs), tuple(distractors))


def _order(node: Node) -> tuple[str, str, Parts]:
    return "order", _prompt(node), Steps(tuple(Option(answer.text, True) for answer in node.answers()))


def _essay(node: Node) -> tuple[str, str, Parts]:
    wants_file = node.plain("responseformat") == "noinline"
    looked_for = node.markdown(node.element.find("graderinfo"))
    points = [BULLET.sub("", line).strip() for line in looked_for.split("\n")]
    marking = Marking(tuple(Option(point, True) for point in points if point), words=_word_range(node))
    template = node.element.find("responsetemplate")
    if template is not None and node.markdown(template):
        node.told(line_of(template), "the template of the answer is not held", "Put it into the prompt.")
    return ("file" if wants_file else "essay"), _prompt(node), marking


def _word_range(node: Node) -> tuple[int, int] | None:
    least, most = node.plain("minwordlimit"), node.plain("maxwordlimit")
    if not (least.isdecimal() and most.isdecimal()) or len(least + most) > 12:
        return None
    return (int(least), int(most)) if 0 < int(least) <= int(most) else None


def _cloze(node: Node) -> tuple[str, str, Parts]:
    """Gaps filled with words; each is set aside while the text around it is made Markdown."""
    element = node.element.find("questiontext")
    written = node.plain("questiontext/text")
    gaps = list(CLOZE.finditer(written))
    if not gaps or len(gaps) != len(ANY_CLOZE.findall(written)):
        raise Refusal(
            "not every gap of it is filled with words", "Gaps of words are held; part the others off."
        )
    wordings = [_gap(node, gap[2]) for gap in gaps]
    numbers = iter(range(len(gaps)))
    prompt_md = node.markdown(element, CLOZE.sub(lambda _: TOKEN.format(next(numbers)), written))
    for number, wording in enumerate(wordings):
        prompt_md = prompt_md.replace(TOKEN.format(number), f"{{{{{'|'.join(wording.variants)}}}}}")
    return "blanks", prompt_md, Wordings(tuple(wordings))


def _gap(node: Node, written: str) -> Wording:
    answers = [_gap_answer(node, each) for each in CLOZE_ITEM.split(written) if each]
    if any(answer.why_md for answer in answers):
        node.told(node.line, "the feedback of a gap is not held", "Put it into `why:`.")
    words = weighing.wordings(answers, node.changes)
    return Wording(tuple(variant for wording in words.wordings for variant in wording.variants))


def _gap_answer(node: Node, written: str) -> Weighted:
    text, _, feedback = re.sub(r"\\([~=#{}\\])", r"\1", written).partition("#")
    percent = CLOZE_WEIGHT.match(text)
    weight = weighing.share(percent[1]) if percent else Fraction(text.startswith("="))
    shown = text[percent.end() :] if percent else text.removeprefix("=")
    return Weighted(" ".join(shown.split()), weight, feedback, node.line)


READERS: dict[str, Callable[[Node], tuple[str, str, Parts]]] = {
    "multichoice": _choice,
    "truefalse": _true_or_false,
    "shortanswer": _words,
    "numerical": _number,
    "matching": _match,
    "ordering": _order,
    "essay": _essay,
    "cloze": _cloze,
}
