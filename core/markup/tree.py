"""Clean HTML as a tree and back: the grafting table of core.markup. It cleans nothing itself."""

from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser
from typing import cast
from xml.etree.ElementTree import Comment, Element, SubElement, TreeBuilder, tostring


def names(text: str) -> set[str]:
    """A set of names from a line of them."""
    return set(text.split())


VOID = names("area base br col embed hr img input link meta source track wbr")

# The parser hears lower-case names; a drawing's own must leave as they came.
DRAWING_NAMES = {
    name.lower(): name
    for name in names(
        "clipPath linearGradient radialGradient textPath clipPathUnits gradientTransform gradientUnits "
        "lengthAdjust markerHeight markerUnits markerWidth maskContentUnits maskUnits pathLength "
        "patternContentUnits patternTransform patternUnits preserveAspectRatio refX refY spreadMethod "
        "startOffset textLength viewBox"
    )
}


class _Planter(HTMLParser):
    """Builds the tree; an end tag that closes nothing is passed over."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.builder = TreeBuilder()
        self.open = ["div"]
        self.builder.start("div", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.builder.start(
            DRAWING_NAMES.get(tag, tag), {DRAWING_NAMES.get(key, key): value or "" for key, value in attrs}
        )
        if tag in VOID:
            self.builder.end(tag)
        else:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open[1:]:
            while self._end_last() != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.builder.data(data)

    def root(self) -> Element:
        self.close()
        while self.open:
            self._end_last()
        return self.builder.close()

    def _end_last(self) -> str:
        name = self.open.pop()
        self.builder.end(name)
        return name


def parse(html: str) -> Element:
    """The fragment's elements under a nameless `div`."""
    planter = _Planter()
    planter.feed(str(html))  # a Markup would escape what is joined to it
    return planter.root()


def inner(element: Element) -> str:
    """The HTML inside an element."""
    return escape(element.text or "", quote=False) + "".join(outer(child) for child in element)


def outer(element: Element) -> str:
    """The HTML of an element together with the text after it."""
    return tostring(element, encoding="unicode", method="html")


def parents(root: Element) -> Iterator[tuple[Element, Element]]:
    """Every (parent, child) in the order of the page, listed before the caller changes anything."""
    yield from list(_parents(root))


def _parents(parent: Element) -> Iterator[tuple[Element, Element]]:
    for child in parent:
        yield parent, child
        yield from _parents(child)


def has_class(element: Element, name: str) -> bool:
    return name in element.get("class", "").split()


def comment(text: str) -> Element:
    """A mark that cleaned HTML cannot hold, since cleaning takes all comments out."""
    return cast(Element, Comment(text))


def replace(parent: Element, child: Element, *others: Element) -> None:
    """Put others in the child's place; the text after the child follows the last of them."""
    place = list(parent).index(child)
    others[-1].tail, child.tail = child.tail, None
    parent[place : place + 1] = others


def wrap(parent: Element, child: Element, box: Element) -> None:
    """Put the child into a box that stands in its place."""
    replace(parent, child, box)
    box.append(child)


def add(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    """A new last child; `class_` and `aria_label` are written `class` and `aria-label`."""
    named = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    child = SubElement(parent, tag, named)
    child.text = text
    return child
