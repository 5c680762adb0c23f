"""The lesson dialect as a python-markdown extension. Only the child process of core.markup imports this file.

It leaves neutral marks (`data-cite`, `data-slot`, `div.admonition`); core.typesetting turns them into the
house's markup after the HTML was cleaned.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.extensions.admonition import AdmonitionProcessor
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.smarty import SmartyExtension
from markdown.extensions.tables import TableExtension
from markdown.extensions.toc import TocExtension
from markdown.inlinepatterns import InlineProcessor

from core.markup.grammar import CITATION, OPINION, SLOT_LINE, TOOL, keys_of, plain_id

Found = tuple[Element | None, int | None, int | None]


class Citations(InlineProcessor):
    """`[@a; @b moderate]`"""

    def handleMatch(self, m: re.Match[str], data: str) -> Found:  # type: ignore[override]
        mark = Element("sup", {"data-cite": " ".join(keys_of(m[1]))})
        if m[2]:
            mark.set("data-certainty", m[2])
        return mark, m.start(), m.end()


class Opinions(InlineProcessor):
    """`[opinion]`"""

    def handleMatch(self, m: re.Match[str], data: str) -> Found:  # type: ignore[override]
        return Element("sup", {"data-certainty": "opinion"}), m.start(), m.end()


class InlineTools(InlineProcessor):
    """`[[tool: slug]]` within a sentence."""

    def handleMatch(self, m: re.Match[str], data: str) -> Found:  # type: ignore[override]
        mark = Element("span", {"class": "slot slot-tool", "data-slot": f"tool:{m[2]}"})
        return mark, m.start(), m.end()


class Slots(BlockProcessor):
    """`[[check: id]]`, `[[tool: slug]]` and `[[video: file]]`, each on a line of its own."""

    def test(self, parent: Element, block: str) -> bool:
        return SLOT_LINE.search(block) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:
        block = blocks.pop(0)
        for part in _parts(block):
            if isinstance(part, str):
                self.parser.parseBlocks(parent, [part])
            else:
                _add_slot(parent, part[1], part[2])


def _parts(block: str) -> Iterator[str | re.Match[str]]:
    """The slot lines of a block and the text between them, in order."""
    end = 0
    for found in SLOT_LINE.finditer(block):
        if block[end : found.start()].strip():
            yield block[end : found.start()].strip("\n")
        yield found
        end = found.end()
    if block[end:].strip():
        yield block[end:].strip("\n")


def _add_slot(parent: Element, kind: str, name: str) -> None:
    attributes = {
        "class": f"slot slot-{kind}",
        "id": f"{kind}-{plain_id(name)}",
        "data-slot": f"{kind}:{name}",
    }
    SubElement(parent, "div", attributes)


class Admonitions(AdmonitionProcessor):
    """As python-markdown has them, but a missing title stays missing: the house gives its own."""

    def get_class_and_title(self, match: re.Match[str]) -> tuple[str, str | None]:
        return " ".join(match[1].lower().split()), match[2] or None


class Dialect(Extension):
    """Citations, slots and admonitions. Code spans (190) and escapes (180) come before, links (160) after."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.inlinePatterns.register(InlineTools(TOOL, md), "tool", 178)
        md.inlinePatterns.register(Citations(CITATION, md), "citation", 177)
        md.inlinePatterns.register(Opinions(OPINION, md), "opinion", 176)
        md.parser.blockprocessors.register(Slots(md.parser), "slot", 115)
        md.parser.blockprocessors.register(Admonitions(md.parser), "admonition", 105)


@lru_cache(maxsize=1)
def _markdown() -> Markdown:
    extensions: list[Any] = [
        TableExtension(use_align_attribute=True),
        FootnoteExtension(USE_DEFINITION_ORDER=False),
        TocExtension(marker=""),
        "def_list",
        "abbr",
        "attr_list",
        "fenced_code",
        SmartyExtension(smart_dashes=False, smart_ellipses=False),
        Dialect(),
    ]
    return Markdown(extensions=extensions, output_format="html")


def to_html(text: str) -> str:
    """The text's HTML, not yet cleaned."""
    return _markdown().reset().convert(text)
