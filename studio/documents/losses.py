"""What a Word document holds that our Markdown does not, with the place of each. Pure.

Found in the XML itself: the library that reads the text passes over most of it in silence.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from studio.documents.rules import Loss

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STRICT_WORD = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
SHOWN_WORDS = 8
EQUATION = "An equation is left out. Write it as text, or as a picture."
KINDS: dict[str, str] = {
    f"{MATH}oMath": EQUATION,
    f"{WORD}txbxContent": "A text box: its words stand in the text, the box is gone.",
    f"{WORD}commentReference": "A comment is left out.",
    f"{WORD}ins": "A tracked change is taken as accepted: what was added stands in the text.",
    f"{WORD}del": "A tracked change is taken as accepted: what was struck out is left out.",
    f"{WORD}moveFrom": "A tracked change is taken as accepted: what was moved stands in its new place.",
    f"{WORD}object": "An embedded object is left out. Bring it as a picture.",
    f"{WORD}gridSpan": "Merged cells: their words stand in the first cell, the others are empty.",
    f"{WORD}vMerge": "Merged cells: their words stand in the first cell, the others are empty.",
    f"{WORD}strike": "Words that are struck through stand as plain words.",
    f"{WORD}highlight": "A highlight is left out.",
    f"{WORD}altChunk": "A document within the document is left out. Bring it by itself.",
    f"{WORD}ruby": "Small words above a line are left out.",
    f"{WORD}headerReference": "Headers and footers are left out.",
    f"{WORD}footerReference": "Headers and footers are left out.",
    CHART: "A chart is left out. Bring it as a picture.",
    DIAGRAM: "A diagram (SmartArt) is left out. Bring it as a picture.",
}
TABLE, PARAGRAPH, TEXT = f"{WORD}tbl", f"{WORD}p", f"{WORD}t"


@dataclass
class _Place:
    """Where the walk has come: the last heading, and the paragraph's first words."""

    heading: str = ""
    words: str = ""

    def __str__(self) -> str:
        near = f"in “{self.words}”" if self.words else ""
        below = f"below “{self.heading}”" if self.heading else "at the beginning"
        return f"{below}, {near}" if near else below


def losses_in(document: bytes, headings: frozenset[str]) -> list[Loss]:
    """Each loss of the document's main part once for each place. `headings` are the ids of styles of headings."""
    root = fromstring(document.replace(STRICT_WORD[1:-1].encode(), WORD[1:-1].encode()), forbid_dtd=True)
    return list(dict.fromkeys(_walk(root, _Place(), headings)))


def _walk(root: Element, place: _Place, headings: frozenset[str]) -> Iterator[Loss]:
    """In the order of the page, without recursion: a document may be nested deeply on purpose."""
    waiting = [(root, False)]
    while waiting:
        element, in_table = waiting.pop()
        if element.tag == f"{COMPATIBLE}Fallback":  # the same once more, for older readers
            continue
        if element.tag == PARAGRAPH and not in_table or element.tag == TABLE:
            _go_on(place, element, headings)
        if element.tag in KINDS and _is_on(element):
            yield Loss(KINDS[element.tag], str(place))
        if element.tag == TABLE and in_table:
            yield Loss("A table within a table: its words stand in the cell.", str(place))
        inside = in_table or element.tag == TABLE
        waiting += [(child, inside) for child in reversed(element)]


def _go_on(place: _Place, paragraph: Element, headings: frozenset[str]) -> None:
    """Remember the paragraph, or the table, that the walk has come to."""
    words = "".join(text.text or "" for text in paragraph.iter(TEXT)).split()
    place.words = " ".join(words[:SHOWN_WORDS]) + ("…" if len(words) > SHOWN_WORDS else "")
    style = paragraph.find(f"{WORD}pPr/{WORD}pStyle")
    if style is not None and style.get(f"{WORD}val") in headings:
        place.heading, place.words = place.words, ""


def _is_on(element: Element) -> bool:
    """Word writes some properties with the value that turns them off."""
    return element.get(f"{WORD}val") not in ("0", "false", "none", "off")


def heading_styles(styles: bytes) -> frozenset[str]:
    """The ids of the styles that are headings, by their names, which Word keeps in English in all its languages."""
    found = fromstring(styles, forbid_dtd=True).iter(f"{WORD}style")
    names = {style.get(f"{WORD}styleId", ""): style.find(f"{WORD}name") for style in found}
    return frozenset(
        key
        for key, name in names.items()
        if name is not None and name.get(f"{WORD}val", "").lower().startswith(("heading", "title"))
    )
