"""GIFT, the text form of Moodle's questions, read with the line of everything in it. Pure.

After Moodle's own description: blank lines part the questions, `//` begins a comment, a backslash takes the meaning
of `~ = # { } :` away.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from core.errors import Problem
from quizzes.questions import Marking, Option, Pair, Pairs, Parts
from studio.questions import plain, weighing
from studio.questions.found import Findings, Found, Refusal, change, few_enough, measured
from studio.questions.our_text import slug, true_or_false
from studio.questions.rich_text import has_markup, to_markdown
from studio.questions.weighing import Weighted

ESCAPED = "~=#{}:\\"
STAND_INS = {sign: chr(0xFDD0 + n) for n, sign in enumerate(ESCAPED)}
LINE_BREAK = chr(0xFDD0 + len(ESCAPED))
BACK = str.maketrans({**{stand_in: sign for sign, stand_in in STAND_INS.items()}, LINE_BREAK: "\n"})
ESCAPE = re.compile(r"\\([~=#{}:\\n])")
COMMENT = re.compile(r"\s*//")
CATEGORY = re.compile(r"\s*\$CATEGORY:\s*(.*)")
NAME = re.compile(r"\s*::(.*?)::", re.DOTALL)
FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]")
ITEM = re.compile(r"[=~]")
WEIGHT = re.compile(r"\s*%([^%]{0,20})%")
TRUE_FALSE = re.compile(r"\s*(T|TRUE|F|FALSE)\s*(?:#|$)", re.IGNORECASE)
COMMENT_ID = re.compile(r"\[id:\s*([^\]]+)\]")
COMMENT_TAG = re.compile(r"\[tag:\s*([^\]]+)\]")
LONGEST_COMMENT = 500
NO_TOPIC = {"top", "course", "module", "system", "default", "", "imported"}
WORDS_LEFT_OUT = "_____"


@dataclass
class Chunk:
    """The lines of one question, comments taken out; each keeps its number."""

    lines: list[tuple[int, str]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    is_open: bool = False  # a brace has not been closed yet

    @property
    def text(self) -> str:
        return "\n".join(line for _, line in self.lines)

    def line_at(self, position: int) -> int:
        """The number of the line in which a place of the text stands."""
        return self.lines[min(self.text.count("\n", 0, position), len(self.lines) - 1)][0]


@dataclass(frozen=True)
class Item:
    """One answer between the braces: its sign, weight in percent (None: not said), text and feedback as written."""

    sign: str
    weight: str | None
    text: str
    feedback: str
    line: int


@dataclass
class Reading:
    """A question as it is being read: its chunk, its format, and what cannot be held."""

    chunk: Chunk
    usual: str = ""
    changes: list[Problem] = field(default_factory=list)

    def markdown(self, written: str, line: int) -> str:
        """A text of the question in our Markdown, by its own format or the question's."""
        named = FORMAT.match(written)
        text = unescaped(written[named.end() :] if named else written).strip()
        made, pictures = MAKERS[named[1] if named else self.usual](text)
        for picture in pictures:
            self.changes.append(lost_picture(line, picture))
        return made


def looks_like(text: str) -> bool:
    return re.search(r"(?<!\\)\{[^{}]*\}", text) is not None


def read(text: str) -> Findings:
    """Every question of the text, or why it cannot be held, in order."""
    topic = ""
    for chunk in _chunks(ESCAPE.sub(_stand_in, text)):
        named = [found[1] for _, words in chunk.lines if (found := CATEGORY.match(words))]
        topic = topic_of(unescaped(named[-1])) if named else topic
        chunk.lines = [(line, words) for line, words in chunk.lines if not CATEGORY.match(words)]
        if chunk.lines:
            yield _question(chunk, topic)


def topic_of(category: str) -> str:
    """The last part of a category's path as a topic; nothing for the groups that every course has."""
    parts = [part.strip().strip("$") for part in category.replace("//", " ").split("/")]
    last = slug(parts[-1])
    return "" if last in NO_TOPIC or last.startswith("default-for") else last


def plain_or_html(text: str) -> tuple[str, list[str]]:
    """A text that says no format: HTML where it has tags."""
    return html(text) if has_markup(text) else (plain.markdown(text), [])


def html(text: str) -> tuple[str, list[str]]:
    rich = to_markdown(text)
    return rich.text_md, rich.pictures


def lost_picture(line: int, name: str) -> Problem:
    told = "Add it to the media, with words for who cannot see it, and set it in its place."
    return change(line, f"the picture “{name}” is not held", told)


def unescaped(text: str) -> str:
    return text.translate(BACK)


MAKERS: dict[str, Callable[[str], tuple[str, list[str]]]] = {
    "": plain_or_html,
    "moodle": plain_or_html,
    "html": html,
    "plain": lambda text: (plain.markdown(text), []),
    "markdown": lambda text: (text, []),
}


def _stand_in(found: re.Match[str]) -> str:
    return STAND_INS.get(found[1], LINE_BREAK)


def _chunks(text: str) -> list[Chunk]:
    """Questions cut at blank lines; a brace that is open goes on where the next chunk closes it first."""
    chunks: list[Chunk] = []
    for chunk in _blocks(text):
        if chunks and chunks[-1].is_open and _closes(chunk.text):
            chunks[-1].lines += [(chunk.lines[0][0] - 1, ""), *chunk.lines]
            chunks[-1].is_open = chunk.is_open
        else:
            chunks.append(chunk)
    return chunks


def _closes(text: str) -> bool:
    close, opening = text.find("}"), text.find("{")
    return close >= 0 and (opening < 0 or close < opening)


def _blocks(text: str) -> Iterator[Chunk]:
    chunk = Chunk()
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if COMMENT.match(line):
            chunk.comments.append(line[:LONGEST_COMMENT])
        elif line.strip():
            chunk.lines.append((number, line))
        elif chunk.lines:
            chunk.is_open = chunk.text.rfind("{") > chunk.text.rfind("}")
            yield chunk
            chunk = Chunk()


def _question(chunk: Chunk, topic: str) -> Found | Problem:
    try:
        return _understood(chunk, topic)
    except Refusal as refusal:
        return refusal.at(chunk.lines[0][0])


def _understood(chunk: Chunk, topic: str) -> Found:
    text, reading = measured(chunk.text), Reading(chunk)
    opening, closing = text.find("{"), text.find("}")
    if opening < 0 or closing < opening:
        raise _no_answers(opening, closing)
    name = NAME.match(text[:opening])
    prompt, after = text[name.end() if name else 0 : opening], text[closing + 1 :].strip()
    if "{" in after:
        raise Refusal(
            "a second pair of braces", "Write one question to each; GIFT has one blank in a question."
        )
    if named := FORMAT.match(prompt):
        reading.usual, prompt = named[1], prompt[named.end() :]
    asked = f"{prompt.rstrip()} {WORDS_LEFT_OUT} {after}" if after else prompt
    line = chunk.lines[0][0]
    prompt_md = reading.markdown(asked, line)
    body, _, general = text[opening + 1 : closing].partition("####")
    kind, parts = _answers(body, opening + 1, reading)
    found = Found(line, _name(chunk, name), kind, prompt_md, parts, reading.markdown(general, line))
    found.attributes = {"topic": topic} | _tags(chunk, reading)
    found.changes = reading.changes
    return found


def _no_answers(opening: int, closing: int) -> Refusal:
    if opening < 0 and closing < 0:
        return Refusal(
            "this text asks nothing", "A question has its answers in braces, and { } for an essay."
        )
    return Refusal(
        "a brace stands alone", "Close what is open, or write \\{ and \\} for the signs themselves."
    )


def _name(chunk: Chunk, name: re.Match[str] | None) -> str:
    ids = [found[1] for comment in chunk.comments for found in COMMENT_ID.finditer(comment)]
    return ids[-1] if ids else unescaped(name[1]).strip() if name else ""


def _tags(chunk: Chunk, reading: Reading) -> dict[str, str]:
    tags = [found[1] for comment in chunk.comments for found in COMMENT_TAG.finditer(comment)]
    return known_tags(tags, chunk.lines[0][0], reading.changes)


def known_tags(tags: list[str], line: int, changes: list[Problem]) -> dict[str, str]:
    """Tags such as `bloom:apply` as attributes; the others are named as not held."""
    known: dict[str, str] = {}
    for tag in tags:
        key, sign, value = unescaped(tag).strip().partition(":")
        if (
            sign
            and key in ("bloom", "difficulty", "objective", "see")
            and value
            and not re.search(r"[\s{}]", value)
        ):
            known[key] = f"{known[key]},{value}" if key == "objective" and key in known else value
        else:
            changes.append(
                change(line, f"the tag “{tag.strip()[:60]}” is not held", "A category becomes the topic.")
            )
    return known


def _answers(body: str, start: int, reading: Reading) -> tuple[str, Parts]:
    if not body.strip():
        return "essay", Marking()
    if body.strip().startswith("#"):
        return "number", _numbers(body, start, reading)
    if TRUE_FALSE.match(body):
        return "choice", _true_or_false(body, start, reading)
    items = list(_items(body, start, reading.chunk))
    if any(item.sign == "~" for item in items):
        return _ticks(items, reading)
    if any("->" in item.text for item in items):
        return "match", _pairs(items, reading)
    return "text", weighing.wordings([_word(item, reading) for item in items], reading.changes)


def _items(body: str, start: int, chunk: Chunk) -> Iterator[Item]:
    """The answers, each from its sign to the next one."""
    starts = [found.start() for found in ITEM.finditer(body)]
    few_enough(len(starts))
    before = body[: starts[0]] if starts else body
    if before.strip():
        raise Refusal(
            f"“{unescaped(before).strip()[:40]}” is marked neither right nor wrong",
            "Begin each answer with = or ~.",
        )
    for begin, end in zip(starts, [*starts[1:], len(body)], strict=True):
        text, _, feedback = body[begin + 1 : end].partition("#")
        weight = WEIGHT.match(text)
        shown = text[weight.end() :] if weight else text
        yield Item(body[begin], weight[1] if weight else None, shown, feedback, chunk.line_at(start + begin))


def _ticks(items: list[Item], reading: Reading) -> tuple[str, Parts]:
    answers = [_weighted(item, reading, reading.markdown(item.text, item.line)) for item in items]
    if any(item.sign == "=" for item in items):
        return "choice", weighing.single(answers, reading.changes)
    if sorted({answer.weight for answer in answers}) == [0, 1] and sum(each.weight for each in answers) == 1:
        return "choice", weighing.single(answers, reading.changes)
    return "choices", weighing.several(answers, items[0].line, reading.changes)


def _weighted(item: Item, reading: Reading, text: str) -> Weighted:
    said = weighing.share(item.weight) if item.weight is not None else Fraction(item.sign == "=")
    return Weighted(text, said, reading.markdown(item.feedback, item.line), item.line)


def _word(item: Item, reading: Reading) -> Weighted:
    named = FORMAT.match(item.text)
    text = unescaped(item.text[named.end() :] if named else item.text)
    return _weighted(item, reading, " ".join(text.split()))


def _pairs(items: list[Item], reading: Reading) -> Pairs:
    pairs, distractors = [], []
    for item in items:
        left, arrow, right = item.text.partition("->")
        if not arrow:
            raise Refusal("this pair has no right side", "Write it as `=left -> right`.", item.line)
        if item.feedback.strip():
            reading.changes.append(
                change(item.line, "a feedback of a pair is not held", "Put it into `why:`.")
            )
        left_md, right_md = (plain.side(reading.markdown(each, item.line)) for each in (left, right))
        left_md, right_md = left_md.replace(r"\=", "="), right_md.replace(r"\=", "=")
        if left_md:
            pairs.append(Pair(left_md, right_md))
        else:
            distractors.append(Option(right_md, False))
    return Pairs(tuple(pairs), tuple(distractors))


def _true_or_false(body: str, start: int, reading: Reading) -> Parts:
    verdict, *feedback = body.split("#")
    is_true = verdict.strip().upper() in ("T", "TRUE")
    line = reading.chunk.line_at(start)
    wrong, right = (reading.markdown(text, line) for text in (*feedback, "", "")[:2])
    return true_or_false(is_true, right if is_true else wrong, wrong if is_true else right)


def _numbers(body: str, start: int, reading: Reading) -> Parts:
    text = body.strip()[1:]
    first = start + body.index("#") + 1
    items = (
        list(_items(text, first, reading.chunk)) if re.match(r"\s*=", text) else [_only(text, first, reading)]
    )
    found = []
    for item in items:
        if item.text.strip() in ("", "*") or item.sign == "~":
            told = "Say in `why:` what else there is to say."
            reading.changes.append(change(item.line, "the feedback for every other number is not held", told))
        else:
            found.append(
                (_weighted(item, reading, unescaped(item.text).strip()), *_range(unescaped(item.text)))
            )
    return weighing.quantity(found, "", reading.changes)


def _only(text: str, start: int, reading: Reading) -> Item:
    """A number that stands alone: `{#3:2~#feedback for the others}`."""
    key, _, others = text.partition("~")
    line = reading.chunk.line_at(start)
    if others.strip():
        told = "Say in `why:` what else there is to say."
        reading.changes.append(change(line, "the feedback for every other number is not held", told))
    shown, _, feedback = key.partition("#")
    return Item("=", None, shown, feedback, line)


def _range(text: str) -> tuple[Fraction, Fraction]:
    """Value and tolerance of `3:2` and of `1..5`."""
    if ".." in text:
        low, high = (weighing.number(part) for part in text.split("..", 1))
        return (low + high) / 2, (high - low) / 2
    value, _, tolerance = text.partition(":")
    return weighing.number(value), weighing.number(tolerance or "0")
