"""The words of a paragraph as our Markdown: escapes, emphasis, links, marks of footnotes. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from xml.etree.ElementTree import Element

from studio.documents.rules import Block, Loss

ESCAPED = re.compile(r"[\\`*\[\]<{]|(?<![^\W_])_|_(?![^\W_])")
ENTITY = re.compile(r"&(?=#?\w+;)")
LINE_START = re.compile(r"^(?:(#{1,6}|[-+>|]|!!!)|(\d+)([.)])(?=\s|$)|([:=~]))", re.MULTILINE)
NOTE = re.compile(r"#_?(foot|end|ft|ed)(?:note-|n)(\d+)")
NOTE_BACK = re.compile(r"#_?(?:foot|end|ft|ed)(?:note-|n)ref-?\d+")
WEB = re.compile(r"(?:https?://|mailto:)\S+")
BREAK = "\x1e"  # a break within a paragraph, until it is known where the paragraph stands
INNER_LINK = "A link to another place of the document stands as plain words."
STRUCK = "Words that are struck through stand as plain words."
MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*"}
RAISED = ("sup", "sub")
TakePicture = Callable[[str], int]


@dataclass
class Words:
    """Writes what stands within a line; pictures that it meets wait in `figures` until the line is over."""

    take_picture: TakePicture
    losses: list[Loss] = field(default_factory=list)
    figures: list[Block] = field(default_factory=list)

    def inside(self, element: Element, around: str = "") -> str:
        """All that stands in an element; `around` holds the marks that are open already."""
        parts = [escape(element.text or "")]
        for child in element:
            parts += [self.written(child, around), escape(child.tail or "")]
        return "".join(parts)

    def written(self, element: Element, around: str = "") -> str:
        """One element in a line."""
        write = self._writers.get(str(element.tag), self.inside)
        return write(element, around)

    @property
    def _writers(self) -> dict[str, Callable[[Element, str], str]]:
        marked = {tag: partial(self._marked, mark) for tag, mark in MARKS.items()}
        raised = dict.fromkeys(RAISED, self._raised)
        struck = dict.fromkeys(("s", "del", "strike"), self._struck)
        single: dict[str, Callable[[Element, str], str]] = {
            "a": self._link, "img": self._picture, "br": _line_break, "code": _code,
        }  # fmt: skip
        return {**marked, **raised, **struck, **single}

    def _marked(self, mark: str, element: Element, around: str) -> str:
        """Bold or italic words; the spaces at their ends stand outside of the marks."""
        is_open = f" {mark} " in around
        text = self.inside(element, around if is_open else f"{around} {mark} ")
        words = text.strip(f" \n{BREAK}")
        if is_open or not words:
            return text
        begin = text.index(words)
        return f"{text[:begin]}{mark}{words}{mark}{text[begin + len(words) :]}"

    def _raised(self, element: Element, around: str) -> str:
        text = self.inside(element, around)
        return (
            text if NOTE_CALL.fullmatch(text.strip()) or not text.strip() else _in_tag(str(element.tag), text)
        )

    def _struck(self, element: Element, around: str) -> str:
        self.losses.append(Loss(STRUCK, f"in “{plain_words(element)}”"))
        return self.inside(element, around)

    def _link(self, element: Element, around: str) -> str:
        address = element.get("href", "")
        note = NOTE.fullmatch(address[address.find("#") :]) if "#" in address else None
        if note:
            return f"[^{note_name(note)}]"
        if NOTE_BACK.fullmatch(address):
            return ""
        text = self.inside(element, around)
        if WEB.fullmatch(address) and text.strip():
            return f"[{text.strip()}]({address.replace('(', '%28').replace(')', '%29')})"
        if address.startswith("#"):
            self.losses.append(Loss(INNER_LINK, f"in “{plain_words(element)}”"))
        return text

    def _picture(self, element: Element, around: str) -> str:
        number = self.take_picture(element.get("src", ""))
        if number >= 0:
            self.figures.append(Block("", picture=number, alt=" ".join(element.get("alt", "").split())))
        return ""


NOTE_CALL = re.compile(r"(?:\[\^\w+\])+")


def note_name(found: re.Match[str]) -> str:
    """Endnotes are counted apart from footnotes in Word; here all are footnotes."""
    return f"{'e' if found[1] in ('end', 'ed') else ''}{found[2]}"


def plain_words(element: Element) -> str:
    words = "".join(element.itertext()).split()
    return " ".join(words[:8])


def escape(text: str) -> str:
    """Words in which nothing means more than itself; space of any length is one space."""
    text = re.sub(r"[\s\x00-\x1f]+", " ", text)
    text = ENTITY.sub("&amp;", text)
    return ESCAPED.sub(lambda found: "&lt;" if found[0] == "<" else f"\\{found[0]}", text)


def as_paragraph(text: str) -> str:
    """A line of words as a paragraph: breaks are lines that end in two spaces, no line begins like something else."""
    lines = [line.strip() for line in text.strip(f" {BREAK}").split(BREAK)]
    return "  \n".join(LINE_START.sub(_harmless, line) for line in lines if line)


def as_line(text: str, between: str = " ") -> str:
    """The same in one line, for headings and cells."""
    return between.join(part.strip() for part in text.strip(f" {BREAK}").split(BREAK) if part.strip())


def _harmless(found: re.Match[str]) -> str:
    if found[4]:
        return f"&#{ord(found[4])};"
    return f"{found[2]}\\{found[3]}" if found[2] else f"\\{found[0]}"


def _line_break(_: Element, __: str) -> str:
    return BREAK


def _in_tag(tag: str, text: str) -> str:
    return f"<{tag}>{text.strip()}</{tag}>"


def _code(element: Element, _: str) -> str:
    text = " ".join("".join(element.itertext()).split())
    return f"`{text}`" if text and "`" not in text else escape(text)
