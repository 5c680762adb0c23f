"""Fields to fill in by hand in the text of a practice tool: lines, boxes, scales, and tables with empty cells.

They are written so that they read well as plain Markdown (docs/content-format.md, "Tools") and are drawn by the
page's styles and by the printed sheet. Nothing typed is meant: what clients write stays on their paper.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from core.markup import tree

SCALE = " ".join(str(number) for number in range(11))
FIELD = re.compile(rf"(?P<blank>_{{4,}})|(?P<box>\[ \])|(?P<scale>(?<!\S){SCALE}(?!\S))")
NAMES = {"blank": "line to fill in", "box": "box to tick", "scale": "scale from 0 to 10"}
MANY_COLUMNS = 6  # from here on a form's cells hold a number or a tick, below it words
FEW, SHORT = 4, 70  # entries of a list, and characters of one
BLOCKS = ("p", "ul", "ol", "div", "blockquote")


def set_fields(root: Element) -> None:
    """Draw the fields of a tool. Tables are in their boxes already."""
    for element in list(root.iter()):
        if element.tag not in ("code", "pre"):
            _set_in(element)
    for element in list(root.iter()):
        _set_row(element)
        if element.tag == "ul":
            _set_boxes(element)
        elif element.tag == "table":
            _set_form_table(element)
    _set_lines(root)


def _set_in(element: Element) -> None:
    """Fields instead of the marks in the element's own words."""
    element.text, content = _cut(element.text or "")
    for child in list(element):
        child.tail, following = _cut(child.tail or "")
        content += [child, *following]
    element[:] = content


def _cut(words: str) -> tuple[str, list[Element]]:
    """The words before the first field, and the fields, each with the words after it."""
    found = list(FIELD.finditer(words))
    starts = [each.start() for each in found] + [len(words)]
    fields = [_field(str(each.lastgroup)) for each in found]
    for field, each, end in zip(fields, found, starts[1:], strict=True):
        field.tail = words[each.end() : end]
    return words[: starts[0]], fields


def _field(kind: str) -> Element:
    field = Element("span", {"class": kind, "role": "img", "aria-label": NAMES[kind]})
    if kind == "scale":
        for number in range(11):
            tree.add(field, "span", str(number))
    return field


def _set_row(element: Element) -> None:
    """Words with a line after them, and words with a scale after them, keep together across the page."""
    kinds = {child.get("class") for child in element}
    is_line = element.tag in ("p", "li") and all(child.tag not in BLOCKS for child in element)
    if not is_line or not kinds & {"blank", "scale"}:
        return
    segments = list(_segments(element))
    element.text, element[:] = None, segments
    element.set("class", "form-row" if "blank" in kinds else "scale-row")


def _segments(element: Element) -> Iterator[Element]:
    """The content of a row cut after each line and each scale."""
    segment = Element("span", {"class": "field"})
    segment.text = (element.text or "").lstrip()
    for child in list(element):
        tail, child.tail = child.tail or "", None
        segment.append(child)
        if child.get("class") in ("blank", "scale"):
            yield segment
            segment = Element("span", {"class": "field"})
            segment.text = tail.lstrip()
        else:
            child.tail = tail
    if segment.text or len(segment):
        yield segment


def _set_boxes(items: Element) -> None:
    """A list whose every entry begins with a box needs no bullets; a long one of short entries has two columns."""
    if all(_begins_with_box(item) for item in items):
        is_short = all(len("".join(item.itertext())) < SHORT for item in items)
        items.set("class", "boxes two" if is_short and len(items) > FEW else "boxes")


def _begins_with_box(item: Element) -> bool:
    first = item[0] if len(item) else None
    if (item.text or "").strip() or first is None:
        return False
    return first.get("class") == "box" or (first.tag in ("p", "span") and _begins_with_box(first))


def _set_form_table(table: Element) -> None:
    """A table with empty cells is a form: its rows are named, and its cells leave room for a pen."""
    rows = [row for body in table.iter("tbody") for row in body]
    cells = [cell for row in rows for cell in row]
    if not any(not len(cell) and not (cell.text or "").strip() for cell in cells):
        return
    is_narrow = max(len(row) for row in rows) >= MANY_COLUMNS
    table.set("class", "form-table narrow" if is_narrow else "form-table")
    for row in rows:
        if len(row[0]) or (row[0].text or "").strip():
            row[0].tag = "th"
            row[0].set("scope", "row")


def _set_lines(root: Element) -> None:
    """Rules that follow each other are lines to write on."""
    for parent in list(root.iter()):
        run: list[Element] = []
        for child in [*parent, None]:
            if child is not None and child.tag == "hr":
                run.append(child)
            elif run:
                _join(parent, run)
                run = []


def _join(parent: Element, rules: list[Element]) -> None:
    count = len(rules)
    label = "line to write on" if count == 1 else f"{count} lines to write on"
    lines = Element("div", {"class": "lines", "role": "img", "aria-label": label})
    for _ in rules:
        tree.add(lines, "span")
    lines.tail = rules[-1].tail
    place = list(parent).index(rules[0])
    parent[place : place + count] = [lines]
