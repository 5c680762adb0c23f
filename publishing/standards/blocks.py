"""A text of the dialect cut into its blocks: paragraphs, lists, tables, callouts, figures, headings. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.markup.grammar import CITATION, OPINION
from core.markup.proofreading import IMAGE

FENCE = re.compile(r"(`{3,}|~{3,})")
HEADING = re.compile(r"#{2,6}\s+(.*?)\s*#*$")
CALLOUT = re.compile(r"!!! ?([\w-]+)")
ITEM = re.compile(r"(?:[-*+]|\d+[.)])\s+")
DEFINITION = re.compile(r":\s+\S")
RULE_ROW = re.compile(r"[|:\s-]*-[|:\s-]*$")
INDENT = "    "
HOLDERS = ("callout", "list", "definition", "note")  # an indented line goes on with these
STARTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("heading", re.compile(r"#{1,6}\s")),
    ("callout", CALLOUT),
    ("list", ITEM),
    ("quote", re.compile(r">")),
    ("figure", re.compile(r"!\[")),
    ("part", re.compile(r"\[\[[^\]]*\]\]\s*$")),  # a question or a film on a line of its own
    ("note", re.compile(r"\[\^[^\]]+\]:|\*\[[^\]]+\]:")),
    ("comment", re.compile(r"<!--")),
    ("rule", re.compile(r"(?:-{3,}|\*{3,}|_{3,})\s*$")),
)
MARK = re.compile(f"{CITATION}|{OPINION}")
SLOT = re.compile(r"\[\[[^\]]*\]\]")
LINK = re.compile(r"(?<!!)\[([^\[\]]*)\]\([^)]*\)")
SIGNS = re.compile(r"[*_`]|\{:?[ ]*\.[^}]*\}")


@dataclass(frozen=True)
class Block:
    """One block and the line of the file on which it begins.

    `word` is the callout's word, or a heading's signs; `text` of a callout is without its first line and indentation.
    """

    kind: str
    text: str
    line: int
    word: str = ""

    @property
    def is_chapter(self) -> bool:
        """A heading of level 2."""
        return self.word == "##"

    @property
    def is_marked(self) -> bool:
        """Whether it cites a source or is called opinion."""
        return MARK.search(self.text) is not None

    def images(self) -> Iterator[re.Match[str]]:
        """Each figure with its groups alt, path and caption."""
        return IMAGE.finditer(self.text)


def blocks_of(text: str, first_line: int = 1) -> tuple[Block, ...]:
    """The blocks in order; `first_line` is where the text begins in its file."""
    splitter = _Splitter()
    for number, line in enumerate(text.split("\n"), first_line):
        splitter.read(number, line)
    return tuple(_block(kind, lines, at) for kind, lines, at in splitter.found)


def inside(block: Block) -> tuple[Block, ...]:
    """The blocks of a callout's text; of any other block, itself."""
    return blocks_of(block.text, block.line + 1) if block.kind == "callout" else (block,)


def plain(text: str) -> str:
    """The words as a reader reads them: no marks, slots, pictures, addresses of links or signs."""
    for pattern, into in ((MARK, ""), (IMAGE, ""), (SLOT, ""), (LINK, r"\1"), (SIGNS, "")):
        text = pattern.sub(into, text)
    return text


class _Splitter:
    """Goes line by line. A blank line closes a block; lists and callouts go on where what follows is theirs."""

    def __init__(self) -> None:
        self.found: list[tuple[str, list[str], int]] = []
        self.is_open = False
        self.fence = ""

    def read(self, number: int, line: str) -> None:
        if self.fence:
            self._read_code(line)
        elif not line.strip():
            self.is_open = False
        elif self._goes_on(line):
            self._append(number, line)
        else:
            self._begin(number, line)

    def _read_code(self, line: str) -> None:
        self.found[-1][1].append(line)
        self.fence = "" if line.strip() == self.fence else self.fence

    def _goes_on(self, line: str) -> bool:
        kind = self.found[-1][0] if self.found else ""
        if line.startswith(INDENT) and kind in HOLDERS:
            return True
        if kind == "list" and ITEM.match(line):
            return True
        return self.is_open and kind not in ("heading", "part", "rule") and not self._breaks(line)

    def _breaks(self, line: str) -> bool:
        return bool(HEADING.match(line) or CALLOUT.match(line) or FENCE.match(line))

    def _append(self, number: int, line: str) -> None:
        _, lines, first = self.found[-1]
        lines += [""] * (number - first - len(lines)) + [line]
        self.is_open = True

    def _begin(self, number: int, line: str) -> None:
        fence = FENCE.match(line)
        self.fence = fence[1] if fence else ""
        kinds = (kind for kind, pattern in STARTS if pattern.match(line))
        self.found.append(("code" if fence else next(kinds, "paragraph"), [line], number))
        self.is_open = not fence


def _block(kind: str, lines: list[str], line: int) -> Block:
    if kind == "heading":
        signs, _, words = lines[0].partition(" ")
        return Block(kind, words.strip().rstrip("#").strip(), line, signs)
    if kind == "callout":
        found = CALLOUT.match(lines[0])
        body = "\n".join(each.removeprefix(INDENT) for each in lines[1:])
        return Block(kind, body, line, found[1].lower() if found else "")
    return Block(_shape(kind, lines), "\n".join(lines), line)


def _shape(kind: str, lines: list[str]) -> str:
    """A paragraph's second line tells whether it is a table or a definition."""
    second = lines[1] if kind == "paragraph" and len(lines) > 1 else ""
    if "|" in lines[0] and RULE_ROW.match(second):
        return "table"
    return "definition" if DEFINITION.match(second) else kind


def cells(row: str) -> list[str]:
    """The cells of a table's row."""
    parts = re.split(r"(?<!\\)\|", row.strip().removeprefix("|").removesuffix("|"))
    return [part.strip() for part in parts]


def items(block: Block) -> Iterable[str]:
    """The items of a list, each with the lines that belong to it; of any other block, its whole text."""
    if block.kind != "list":
        return (block.text,)
    return [item for item in re.split(r"^\s*(?:[-*+]|\d+[.)])\s+", block.text, flags=re.MULTILINE) if item]
