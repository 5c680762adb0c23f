"""HTML of an import as our Markdown: cleaned by an allow-list, then written anew. No tag of it is kept."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

import nh3

from core.markup import tree
from studio.questions import plain
from studio.questions.found import Refusal

MOST_TAGS = 1_000  # of one text: a parser's work grows with the square of what is open at once
DEEPEST = 60
TAGS = tree.names(
    "a b blockquote br caption code dd div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol p pre s span strong sub sup "
    "table tbody td tfoot th thead tr u ul"
)
BLOCKS = tree.names("blockquote dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre table ul")
MARKUP = re.compile(
    r"</?(?:a|b|br|code|div|em|i|img|li|ol|p|pre|span|strong|sub|sup|table|ul)\b[^<>]*>", re.IGNORECASE
)
LOW = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
HIGH = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")


@dataclass
class RichText:
    """Our Markdown of a text, and the pictures in it that could not be held, by their names."""

    text_md: str = ""
    pictures: list[str] = field(default_factory=list)


def has_markup(text: str) -> bool:
    """Whether a text that says no format of its own is HTML."""
    return MARKUP.search(text) is not None


def to_markdown(html: str) -> RichText:
    """The text with its paragraphs, lists, tables, links and emphasis. Raises Refusal for one beyond all measure."""
    if html.count("<") > MOST_TAGS:
        raise Refusal(
            "this text has too much markup", f"Keep it below {MOST_TAGS} tags, or paste it as text."
        )
    attributes = {"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}}
    schemes = {"http", "https", "mailto", "data"}
    clean = nh3.clean(html, tags=TAGS, attributes=attributes, url_schemes=schemes, link_rel=None)
    writer = Writer()
    text_md = "\n\n".join(writer.blocks(tree.parse(clean), 0))
    return RichText(text_md, writer.pictures)


class Writer:
    """Writes elements as Markdown and remembers the pictures that it met."""

    def __init__(self) -> None:
        self.pictures: list[str] = []

    def blocks(self, parent: Element, depth: int) -> list[str]:
        """Each block below an element as lines; what stands between blocks is a paragraph."""
        if depth > DEEPEST:
            return [plain.markdown("".join(parent.itertext()))]
        done, run = [], [plain.inline(parent.text or "")]
        for child in parent:
            if child.tag in BLOCKS:
                done += [_paragraph("".join(run)), *self._block(child, depth + 1)]
                run = []
            else:
                run.append(self._inline(child, depth + 1))
            run.append(plain.inline(child.tail or ""))
        return [block for block in (*done, _paragraph("".join(run))) if block]

    def _block(self, element: Element, depth: int) -> list[str]:
        write = BLOCK_WRITERS.get(element.tag, Writer.blocks)
        return write(self, element, depth)

    def list_block(self, element: Element, depth: int) -> list[str]:
        """A list; its items are marked `+`, which is no answer in any kind of question."""
        items = [child for child in element if child.tag == "li"]
        numbered = element.tag == "ol"
        marks = [f"{n}. " if numbered else "+ " for n in range(1, len(items) + 1)]
        texts = ["\n\n".join(self.blocks(item, depth)) for item in items]
        indented = [text.replace("\n", "\n    ").replace("\n    \n", "\n\n") for text in texts]
        return ["\n".join(mark + text for mark, text in zip(marks, indented, strict=True))]

    def quote(self, element: Element, depth: int) -> list[str]:
        text = "\n\n".join(self.blocks(element, depth))
        return ["\n".join(f"> {line}".rstrip() for line in text.split("\n"))]

    def code(self, element: Element, depth: int) -> list[str]:
        text = "".join(element.itertext()).strip("\n")
        return [f"~~~\n{text.replace('~~~', '~ ~ ~')}\n~~~"]

    def heading(self, element: Element, depth: int) -> list[str]:
        """A heading would begin a question, so it is a paragraph in bold."""
        text = self._inside(element, depth)
        return [f"**{text}**"] if text else []

    def rule(self, element: Element, depth: int) -> list[str]:
        return []

    def table(self, element: Element, depth: int) -> list[str]:
        rows = [
            [self._inside(cell, depth) for cell in row if cell.tag in ("td", "th")]
            for row in element.iter("tr")
        ]
        width = max((len(row) for row in rows), default=0)
        if not width:
            return []
        head, *body = [[*row, *[""] * (width - len(row))] for row in rows]
        return ["\n".join(_row(cells) for cells in (head, ["---"] * width, *body))]

    def _inside(self, element: Element, depth: int) -> str:
        """What an element holds, in one line."""
        return " ".join(" ".join(self.blocks(element, depth)).split())

    def _inline(self, element: Element, depth: int) -> str:
        if element.tag == "br":
            return "\n\n"
        if element.tag == "img":
            return self._picture(element)
        inside = self._inside(element, depth)
        before, after = " " * _opens_with_space(element), " " * _ends_with_space(element)
        write = INLINE_WRITERS.get(element.tag)
        return f"{before}{write(inside, element) if write and inside else inside}{after}"

    def _picture(self, element: Element) -> str:
        source = element.get("src", "")
        name = (
            "embedded" if source.startswith("data:") else source.rpartition("/")[2][:80] or "without a name"
        )
        self.pictures.append(name)
        return f"({plain.inline('picture: ' + (element.get('alt') or name))})"


def _link(text: str, element: Element) -> str:
    address = element.get("href", "")
    is_plain = address.startswith(("http:", "https:", "mailto:")) and not re.search(r"[\s()<>]", address)
    return f"[{text}]({address})" if is_plain else text


def _code(text: str, element: Element) -> str:
    inside = "".join(element.itertext()).strip()
    return text if "`" in inside or not inside else f"`{inside}`"


def _script(table: dict[int, int], sign: str) -> Callable[[str, Element], str]:
    """Raised and lowered figures have letters of their own; words are marked by a sign."""

    def write(text: str, element: Element) -> str:
        inside = "".join(element.itertext()).strip()
        return inside.translate(table) if all(ord(each) in table for each in inside) else f"{sign}({text})"

    return write


INLINE_WRITERS: dict[str, Callable[[str, Element], str]] = {
    "b": lambda text, _: f"**{text}**",
    "strong": lambda text, _: f"**{text}**",
    "em": lambda text, _: f"*{text}*",
    "i": lambda text, _: f"*{text}*",
    "a": _link,
    "code": _code,
    "sub": _script(LOW, "\\_"),
    "sup": _script(HIGH, "^"),
}
BLOCK_WRITERS: dict[str, Callable[[Writer, Element, int], list[str]]] = {
    "ul": Writer.list_block,
    "ol": Writer.list_block,
    "blockquote": Writer.quote,
    "pre": Writer.code,
    "hr": Writer.rule,
    "table": Writer.table,
    **{f"h{level}": Writer.heading for level in range(1, 7)},
}


def _paragraph(run: str) -> str:
    """Inline Markdown with its spaces drawn together; a break in it begins a paragraph."""
    parts = [" ".join(part.split()) for part in run.split("\n\n")]
    return "\n\n".join(plain.line_start(part) for part in parts if part)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _opens_with_space(element: Element) -> bool:
    return (element.text or "")[:1].isspace()


def _ends_with_space(element: Element) -> bool:
    last = (element[-1].tail if len(element) else element.text) or ""
    return last[-1:].isspace()
