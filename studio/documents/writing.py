"""A cleaned tree as the blocks of our Markdown (docs/content-format.md), and what of it cannot be held. Pure."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from textwrap import indent
from xml.etree.ElementTree import Element

from studio.documents.inline import (
    TakePicture,
    Words,
    as_line,
    as_paragraph,
    escape,
    note_name,
    plain_words,
)
from studio.documents.rules import Block, Document, Loss

NOTE_ITEM = re.compile(r"_?(foot|end|ft|ed)(?:note-|n)(\d+)")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
CAPTIONS = ("caption", "MsoCaption")
TITLE = "document-title"
STEP = "    "
MOVED = "A picture within a list, a table or a quotation stands below it."
HEADLESS = "A table without a row of heads: its first row was taken as one."
MERGED = "Merged cells: their words stand in the first cell, the others are empty."
NESTED = "A table within a table: its words stand in the cell."
APART = "<!-- -->"  # between two lists that would be read as one


class Writer:
    """Reads one tree into one document."""

    def __init__(self, take_picture: TakePicture, knows_losses: bool = False) -> None:
        """`knows_losses`: what a document cannot keep was found in its own format already."""
        self._words = Words(take_picture)
        self._knows_losses = knows_losses
        self._title = ""
        self._notes: dict[str, str] = {}
        self._writers: dict[str, Callable[[Element], Iterator[Block]]] = {
            **dict.fromkeys(HEADINGS, self._heading),
            "p": self._paragraph, "dt": self._paragraph, "figcaption": self._caption, "ul": self._list,
            "ol": self._list, "table": self._table, "blockquote": self._quotation, "pre": self._code,
            "dd": self._paragraph, "hr": self._rule,
        }  # fmt: skip

    def document(self, root: Element, name: str) -> Document:
        """The whole tree."""
        blocks = tuple(_kept_apart(_captioned(self._walk(root))))
        losses = tuple(dict.fromkeys(self._words.losses))
        return Document(name, self._title, blocks, self._notes, losses)

    def _walk(self, element: Element) -> Iterator[Block]:
        """Blocks in a box of any kind; words that stand in it bare are paragraphs between them."""
        line = escape(element.text or "")
        for child in element:
            if not self._holds_blocks(child):
                line += self._words.written(child) + escape(child.tail or "")
                continue
            yield from self._end_of_line(line)
            yield from self._block(child)
            line = escape(child.tail or "")
        yield from self._end_of_line(line)

    def _holds_blocks(self, element: Element) -> bool:
        return any(inner.tag in self._writers or inner.tag == "div" for inner in element.iter())

    def _block(self, element: Element) -> Iterator[Block]:
        note = NOTE_ITEM.fullmatch(element.get("id", "")) if element.tag in ("div", "li") else None
        if note:
            self._notes[note_name(note)] = self._note(element)
            return
        yield from self._writers.get(str(element.tag), self._walk)(element)

    def _end_of_line(self, line: str) -> Iterator[Block]:
        text = as_paragraph(line)
        if text:
            yield Block(text)
        yield from self._taken_figures()

    def _taken_figures(self) -> Iterator[Block]:
        figures, self._words.figures = self._words.figures, []
        yield from figures

    def _heading(self, element: Element) -> Iterator[Block]:
        words = as_line(self._words.inside(element, around=" **  * "))
        if words:
            yield Block(words, level=int(str(element.tag)[1]))
        yield from self._taken_figures()

    def _paragraph(self, element: Element) -> Iterator[Block]:
        if TITLE in element.get("class", "") and not self._title:
            self._title = as_line(self._words.inside(element))
        elif self._holds_blocks_below(element):
            yield from self._walk(element)
        elif set(element.get("class", "").split()) & set(CAPTIONS):
            yield from self._caption(element)
        else:
            yield from self._end_of_line(self._words.inside(element))

    def _holds_blocks_below(self, element: Element) -> bool:
        return any(self._holds_blocks(child) for child in element)

    def _caption(self, element: Element) -> Iterator[Block]:
        """A caption belongs to the figure before it, which may not be there."""
        yield Block(as_paragraph(self._words.inside(element)), caption=as_line(self._words.inside(element)))

    def _list(self, element: Element) -> Iterator[Block]:
        items = [item for item in element if item.tag == "li"]
        notes = [item for item in items if NOTE_ITEM.fullmatch(item.get("id", ""))]
        for note in notes:
            list(self._block(note))
        text = self._items(element)
        if text and len(notes) < len(items):
            yield Block(text)
        yield from self._moved_figures(element)

    def _items(self, element: Element) -> str:
        is_numbered = element.tag == "ol"
        written: list[str] = []
        start = int(element.get("start", "1")) if element.get("start", "1").isdigit() else 1
        for child in element:
            if child.tag in ("ul", "ol") and written:  # nested without an item, as browsers let it be
                written.append(indent(self._items(child), STEP))
            elif child.tag == "li" and (text := self._inner(child, "\n")):
                mark = f"{start + len(written)}." if is_numbered else "-"
                written.append(f"{mark} {indent(text, STEP).lstrip()}")
        return "\n".join(written)

    def _inner(self, element: Element, between: str = "\n\n") -> str:
        """The blocks within an item, a note or a quotation as one text; lists follow their words without a gap."""
        figures = list(self._words.figures)
        self._words.figures = []
        text = ""
        for block in self._walk(element):
            if block.picture >= 0:
                figures.append(block)
                continue
            piece = f"**{block.text}**" if block.level else block.text
            gap = between if re.match(r"(?:-|\d+\.) ", piece) else "\n\n"
            text += f"{gap}{piece}" if text else piece
        self._words.figures = figures
        return text

    def _note(self, element: Element) -> str:
        return indent(self._inner(element).strip(), STEP).strip()

    def _quotation(self, element: Element) -> Iterator[Block]:
        text = self._inner(element)
        if text:
            yield Block(indent(text, "> ", lambda _: True))
        yield from self._moved_figures(element)

    def _moved_figures(self, element: Element) -> Iterator[Block]:
        if self._words.figures:
            self._words.losses.append(Loss(MOVED, f"in “{plain_words(element)}”"))
        yield from self._taken_figures()

    def _table(self, element: Element) -> Iterator[Block]:
        self._note_table(element)
        _flatten_inner_tables(element)
        rows = self._rows(element)
        if rows:
            width = max(len(row) for row in rows)
            head, *others = [row + [""] * (width - len(row)) for row in rows]
            yield Block("\n".join(_line_of(row) for row in [head, ["---"] * width, *others]))
        yield from self._moved_figures(element)

    def _rows(self, table: Element) -> list[list[str]]:
        """Every row with a cell for each column; a merged one is followed by empty ones."""
        rows: list[list[str]] = []
        below: dict[int, int] = {}  # column -> rows that a cell above still covers
        for row in _own(table, "tr"):
            cells: list[str] = []
            for cell in _own(row, "td", "th"):
                _skip_covered(cells, below)
                span, depth = _whole(cell, "colspan"), _whole(cell, "rowspan")
                below.update({len(cells) + place: depth - 1 for place in range(span) if depth > 1})
                cells += [self._cell(cell)] + [""] * (span - 1)
            _skip_covered(cells, below)
            rows.append(cells)
        return [row for row in rows if any(row)]

    def _cell(self, cell: Element) -> str:
        pieces = [piece for piece in self._inner(cell).replace("  \n", "\n").split("\n") if piece.strip()]
        return re.sub(r"(?<!\\)\|", r"\\|", as_line("<br>".join(piece.strip() for piece in pieces)))

    def _note_table(self, table: Element) -> None:
        cells = [cell for tag in ("td", "th") for cell in table.iter(tag)]
        where = f"in the table that begins “{plain_words(table)}”"
        if not any(True for _ in table.iter("th")):
            self._words.losses.append(Loss(HEADLESS, where))
        if not self._knows_losses and any(
            _whole(cell, "colspan") + _whole(cell, "rowspan") > 2 for cell in cells
        ):
            self._words.losses.append(Loss(MERGED, where))
        if not self._knows_losses and sum(1 for _ in table.iter("table")) > 1:
            self._words.losses.append(Loss(NESTED, where))

    def _code(self, element: Element) -> Iterator[Block]:
        lines = "".join(element.itertext()).strip("\n")
        fence = "~~~~" if "```" in lines else "```"
        if lines.strip():
            yield Block(f"{fence}\n{lines}\n{fence}")

    def _rule(self, _: Element) -> Iterator[Block]:
        yield Block("* * *")


def _captioned(blocks: Iterator[Block]) -> Iterator[Block]:
    """A caption goes to the figure before it; one without a figure is a paragraph."""
    figure: Block | None = None
    for block in blocks:
        is_caption = block.caption != "" and block.picture < 0
        if is_caption and figure is not None:
            yield replace(figure, caption=block.caption)
            figure = None
            continue
        if figure is not None:
            yield figure
        figure = block if block.picture >= 0 else None
        if figure is None and block.text:
            yield replace(block, caption="")
    if figure is not None:
        yield figure


def _kept_apart(blocks: Iterator[Block]) -> Iterator[Block]:
    """Two lists in a row would be read as one."""
    last = ""
    for block in blocks:
        if _is_list(last) and _is_list(block.text):
            yield Block(APART)
        last = block.text
        yield block


def _is_list(text: str) -> bool:
    return re.match(r"(?:-|\d+\.) ", text) is not None


def _own(element: Element, *tags: str) -> Iterator[Element]:
    """Rows of a table, or cells of a row, that are not those of a table within."""
    for child in element:
        if child.tag in tags:
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from _own(child, *tags)


def _flatten_inner_tables(table: Element) -> None:
    """The words of a table within a table stand in its cell, piece by piece."""
    for inner in [each for each in table.iter("table") if each is not table]:
        for part in inner.iter():
            part.tag = (
                "div" if part.tag in ("table", "thead", "tbody", "tfoot", "tr", "td", "th") else part.tag
            )


def _skip_covered(cells: list[str], below: dict[int, int]) -> None:
    while below.get(len(cells), 0) > 0:
        below[len(cells)] -= 1
        cells.append("")


def _whole(cell: Element, name: str) -> int:
    """How many columns or rows a cell covers: 1 to 100."""
    written = cell.get(name, "1")
    return max(1, min(int(written), 100)) if written.isdecimal() else 1


def _line_of(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
