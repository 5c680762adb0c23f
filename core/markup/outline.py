"""The plain text of a typeset lesson, its sections, and the minutes of each stopping place."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from core.markup import tree
from core.markup.grammar import CALLOUTS
from core.markup.rendered import Heading, Section, reading_minutes

BLOCKS = tree.names(
    "p div li dt dd td th tr h1 h2 h3 h4 h5 h6 pre figure figcaption blockquote aside section table"
)
HOUSE_TITLES = frozenset(callout.title for callout in CALLOUTS.values())


def plain_text(*elements: Element) -> str:
    """The words a reader reads, a line for each block; no numbers of sources, no titles of our own."""
    words = "".join(part for element in elements for part in _parts(element))
    lines = (" ".join(line.split()) for line in words.split("\n"))
    return re.sub(r" ([,.;:!?])", r"\1", "\n".join(line for line in lines if line))


def _parts(element: Element) -> Iterator[str]:
    """Author's newlines are spaces; ours part the blocks."""
    if _is_apparatus(element):
        return
    border = "\n" if element.tag in BLOCKS or element.tag == "br" else ""
    yield border + _flat(element.text)
    for child in element:
        if not (element.tag == "figcaption" and child.tag == "b"):
            yield from _parts(child)
        yield _flat(child.tail)
    yield border


def _flat(text: str | None) -> str:
    return (text or "").replace("\n", " ")


def _is_apparatus(element: Element) -> bool:
    if element.tag == "svg" or element.get("role") in ("doc-noteref", "doc-backlink"):
        return True
    if element.get("aria-hidden") == "true":  # A pull quote: its words stand in the text.
        return True
    if tree.has_class(element, "cited") or tree.has_class(element, "grade"):
        return True
    return tree.has_class(element, "callout-title") and "".join(element.itertext()).strip() in HOUSE_TITLES


def sections(root: Element) -> tuple[Section, ...]:
    """The text before the first second-level heading, if any, then each of them with what follows."""
    found = []
    for heading, body in _parted(root, ("h2",)):
        text = plain_text(*body)
        if heading is not None or text:
            found.append(Section(_id(heading), _title(heading), text, len(text.split())))
    return tuple(found)


def outline(root: Element) -> tuple[Heading, ...]:
    """Second-level headings with words and minutes of their sections, third-level ones without minutes."""
    chapters = {_id(heading): body for heading, body in _parted(root, ("h2",))}
    return tuple(
        _heading(heading, chapters.get(_id(heading), body))
        for heading, body in _parted(root, ("h2", "h3"))
        if heading is not None
    )


def _heading(heading: Element, body: list[Element]) -> Heading:
    level, words = int(heading.tag[1]), len(plain_text(*body).split())
    minutes = _minutes(words, body) if level == 2 else 0
    return Heading(_id(heading), _title(heading), level, words, minutes)


def _minutes(words: int, body: list[Element]) -> int:
    checks = figures = 0
    for element in (part for top in body for part in top.iter()):
        checks += element.get("data-slot", "").startswith("check:")
        figures += "data-figure" in element.attrib
    return reading_minutes(words, checks, figures)


def _parted(root: Element, levels: tuple[str, ...]) -> Iterator[tuple[Element | None, list[Element]]]:
    """(heading or None, the elements up to the next heading of these levels)"""
    heading, body = None, list[Element]()
    for child in root:
        if child.tag in levels:
            yield heading, body
            heading, body = child, []
        else:
            body.append(child)
    yield heading, body


def _id(heading: Element | None) -> str:
    return "" if heading is None else heading.get("id", "")


def _title(heading: Element | None) -> str:
    return "" if heading is None else plain_text(heading)
