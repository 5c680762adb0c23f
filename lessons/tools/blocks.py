"""A tool's HTML as plain data for the typesetter: blocks, and in them runs of words and fields."""

from collections.abc import Callable, Iterator
from typing import Any
from xml.etree.ElementTree import Element

from core.markup import tree

Block = dict[str, Any]
Run = dict[str, Any]
HEADINGS = {"h2": 1, "h3": 2, "h4": 3}  # the title of the sheet stands above them
FIELDS = ("blank", "box", "scale")
LONGEST_LABEL = 30  # characters
SILENT = {"svg", "hr"}


def blocks_of(html: str) -> list[Block]:
    """The blocks of a text that core.markup rendered as a tool."""
    blocks = list(_blocks(tree.parse(html)))
    _close_gaps(blocks)
    return blocks


def _close_gaps(blocks: list[Block]) -> None:
    """No heading stands more than one level below the one before: a tagged PDF refuses it."""
    level = 0
    for heading in _headings(blocks):
        level = heading["level"] = min(heading["level"], level + 1)


def _headings(blocks: list[Block]) -> Iterator[Block]:
    for block in blocks:
        if block["kind"] == "heading":
            yield block
        for inside in (block.get("blocks", []), *block.get("items", [])):
            yield from _headings(inside)


def _blocks(parent: Element) -> Iterator[Block]:
    """Blocks in order; words that stand between them, as in a list's entry, make a paragraph of their own."""
    words: list[Run] = _words(parent.text)
    for child in parent:
        maker = _maker(child)
        if maker is None:
            words += _inline(child, "")
        else:
            yield from _paragraph(words)
            words = []
            yield from maker(child)
        words += _words(child.tail)
    yield from _paragraph(words)


def _maker(element: Element) -> Callable[[Element], Iterator[Block]] | None:
    """What makes blocks of this element; None for what stands within a line."""
    for name in element.get("class", "").split():
        if name in _BY_CLASS:
            return _BY_CLASS[name]
    return _BY_TAG.get(element.tag)


def _paragraph(runs: list[Run]) -> Iterator[Block]:
    if any(run["kind"] != "text" or run["text"].strip() for run in runs):
        yield {"kind": "paragraph", "runs": _trimmed(runs)}


def _trimmed(runs: list[Run]) -> list[Run]:
    """Without the space before the first word and after the last."""
    trimmed = [dict(run) for run in runs]
    if not trimmed:
        return []
    if "text" in trimmed[0]:
        trimmed[0]["text"] = trimmed[0]["text"].lstrip()
    if "text" in trimmed[-1]:
        trimmed[-1]["text"] = trimmed[-1]["text"].rstrip()
    return trimmed


def runs_of(element: Element, style: str = "") -> list[Run]:
    """The words and fields within an element."""
    runs = _words(element.text, style)
    for child in element:
        runs += [*_inline(child, style), *_words(child.tail, style)]
    return runs


def _words(text: str | None, style: str = "") -> list[Run]:
    if not text:
        return []
    edge = (" " if text[0].isspace() else ""), (" " if text[-1].isspace() else "")
    words = " ".join(text.split())
    return [{"kind": "text", "text": f"{edge[0]}{words}{edge[1]}" if words else " ", "style": style}]


def _inline(element: Element, style: str) -> list[Run]:
    kind = element.get("class", "")
    if kind in FIELDS:
        return [{"kind": kind}]
    if element.tag in SILENT or "vh" in kind.split():
        return []
    if element.tag == "br":
        return [{"kind": "break"}]
    if "grade" in kind.split():
        return [{"kind": "text", "text": f"({''.join(element.itertext())})", "style": "quiet"}]
    if element.tag == "sup":
        return [{"kind": "sup", "text": "".join(element.itertext())}]
    if element.tag == "a" and element.get("href", "").startswith(("http", "/", "mailto:")):
        return [{"kind": "link", "url": element.attrib["href"], "text": "".join(element.itertext())}]
    return runs_of(
        element, {"strong": "strong", "b": "strong", "em": "emph", "i": "emph"}.get(element.tag, style)
    )


def _heading(element: Element) -> Iterator[Block]:
    """A heading of no words is left out: a tagged PDF refuses it."""
    if "".join(element.itertext()).strip():
        yield {"kind": "heading", "level": HEADINGS[element.tag], "runs": _trimmed(runs_of(element))}


def _text(element: Element) -> Iterator[Block]:
    yield from _paragraph(runs_of(element))


def _row(element: Element) -> Iterator[Block]:
    """Labels with a line or a scale after each."""
    cells = [_trimmed(runs_of(each)) for each in element]
    kind = "scales" if element.get("class") == "scale-row" else "row"
    yield {"kind": kind, "cells": cells}


def _list(element: Element) -> Iterator[Block]:
    items = [list(_entry(item)) for item in element if item.tag == "li"]
    classes = element.get("class", "").split()
    kind = "boxes" if "boxes" in classes else "numbers" if element.tag == "ol" else "bullets"
    if kind == "boxes":
        items = [_without_box(item) for item in items]
    if items:
        yield {"kind": kind, "items": items, "columns": 2 if "two" in classes else 1}


def _entry(item: Element) -> Iterator[Block]:
    return _row(item) if item.get("class") in ("form-row", "scale-row") else _blocks(item)


def _without_box(item: list[Block]) -> list[Block]:
    """An entry without the box that it begins with, which is drawn beside it."""
    first, *others = item
    if "cells" in first:
        cells = first["cells"]
        return [first | {"cells": [_trimmed(cells[0][1:]), *cells[1:]]}, *others]
    return [first | {"runs": _trimmed(first["runs"][1:])}, *others]


def _table(element: Element) -> Iterator[Block]:
    rows = [[runs_of(cell) for cell in row] for row in element.iter("tr") if len(row)]
    if not rows:
        return
    classes = element.get("class", "").split()
    yield {
        "kind": "table",
        "columns": max(len(row) for row in rows),
        "head": rows[0],
        "rows": rows[1:],
        "is_form": "form-table" in classes,
        "is_narrow": "narrow" in classes,
        "is_labelled": _is_labelled(rows[1:]),
    }


def _is_labelled(rows: list[list[list[Run]]]) -> bool:
    """Whether the first column holds short labels, and so takes no more room than they need."""
    lengths = [sum(len(run.get("text", "")) for run in row[0]) for row in rows]
    return 0 < max(lengths, default=0) <= LONGEST_LABEL


def _lines(element: Element) -> Iterator[Block]:
    yield {"kind": "lines", "count": len(element)}


def _callout(element: Element) -> Iterator[Block]:
    title = "".join(element[0].itertext()) if len(element) else ""
    inside = Element("div")
    inside.extend(list(element)[1:])
    yield {"kind": "callout", "title": title.strip(), "blocks": list(_blocks(inside))}


def _quote(element: Element) -> Iterator[Block]:
    yield {"kind": "quote", "blocks": list(_blocks(element))}


_BY_CLASS: dict[str, Callable[[Element], Iterator[Block]]] = {
    "form-row": _row,
    "scale-row": _row,
    "lines": _lines,
    "callout": _callout,
}
_BY_TAG: dict[str, Callable[[Element], Iterator[Block]]] = {
    **dict.fromkeys(HEADINGS, _heading),
    **dict.fromkeys(("p", "pre", "dt"), _text),
    **dict.fromkeys(("ul", "ol"), _list),
    **dict.fromkeys(("div", "section", "dl", "dd", "details", "figure"), _blocks),
    "table": _table,
    "blockquote": _quote,
}
