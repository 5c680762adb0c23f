"""Terms of the glossary explained in running text, on hover and on focus, without a script."""

import re
from collections.abc import Mapping
from itertools import count
from xml.etree.ElementTree import Element

from core.markup import tree

SILENT_TAGS = tree.names("h1 h2 h3 h4 h5 h6 a code pre svg sup abbr figure summary dt button label")
SILENT_CLASSES = frozenset(("callout-title", "slot", "pull", "grade", "term"))

Terms = Mapping[str, tuple[str, str]]


def explain(root: Element, terms: Terms) -> None:
    """Each term's first occurrence under a second-level heading becomes a link with its definition."""
    if terms:
        _Explainer(terms).read(root)


class _Explainer:
    """One reading of a text: what was explained since the last heading, and the number of the next tip."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        longest_first = sorted(terms, key=len, reverse=True)
        self.pattern = re.compile(
            rf"(?<![\w-])({'|'.join(re.escape(term) for term in longest_first)})(s?)(?![\w-])", re.IGNORECASE
        )
        self.numbers = count(1)
        self.told: set[str] = set()

    def read(self, element: Element) -> None:
        """In the order of the page: an element's text, then each child and the text after it."""
        if element.tag == "h2":
            self.told.clear()
        if _is_silent(element):
            return
        place = self._mark(element, 0, element.text or "")
        for child in list(element)[place:]:
            self.read(child)
            place = list(element).index(child) + 1
            self._mark(element, place, child.tail or "")

    def _mark(self, parent: Element, place: int, text: str) -> int:
        """Set the terms of a text that stands before the child at `place`; the number of elements put in."""
        pieces = self._pieces(text)
        _set_text(parent, place, pieces[0][1] if pieces else text)
        for offset, (term, after) in enumerate(pieces[1:]):
            if term is not None:
                term.tail = after
                parent.insert(place + offset, term)
        return max(0, len(pieces) - 1)

    def _pieces(self, text: str) -> list[tuple[Element | None, str]]:
        """The text cut at its new terms: (None, what comes first), then (the term, what follows it)."""
        pieces: list[tuple[Element | None, str]] = []
        begin = 0
        for found in self.pattern.finditer(text):
            slug, definition = self._meaning(found)
            if slug in self.told:
                continue
            self.told.add(slug)
            pieces = _close(pieces, text[begin : found.start()])
            pieces.append((_term(found[0], slug, definition, next(self.numbers)), ""))
            begin = found.end()
        return _close(pieces, text[begin:]) if pieces else []

    def _meaning(self, found: re.Match[str]) -> tuple[str, str]:
        return self.terms[found[1].lower()]


def _close(pieces: list[tuple[Element | None, str]], text: str) -> list[tuple[Element | None, str]]:
    """The text up to here belongs after the last term, or before the first."""
    return [*pieces[:-1], (pieces[-1][0], text)] if pieces else [(None, text)]


def _set_text(parent: Element, place: int, text: str) -> None:
    if place:
        parent[place - 1].tail = text
    else:
        parent.text = text


def _is_silent(element: Element) -> bool:
    return element.tag in SILENT_TAGS or not SILENT_CLASSES.isdisjoint(element.get("class", "").split())


def _term(word: str, slug: str, definition: str, number: int) -> Element:
    """A link to the glossary, described by a tip that the style sheet shows on hover and on focus."""
    term = Element("span", {"class": "term"})
    tip = f"term-{slug}-{number}"
    tree.add(term, "a", word, href=f"/glossary#{slug}", aria_describedby=tip)
    tree.add(term, "span", definition, class_="term-tip", role="tooltip", id=tip)
    return term
