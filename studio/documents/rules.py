"""What a document is once it was read, and how its headings cut it into lessons. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

MOST_DOCUMENTS = 20  # at once
LONGEST_SLUG = 60  # characters
WHOLE = 0  # the level at which nothing is cut
UNNAMED = "Untitled"
NOTE_MARK = re.compile(r"(?<!\\)\[\^(\w+)\]")


@dataclass(frozen=True)
class Loss:
    """What our Markdown cannot hold, and where in the document it stands."""

    what: str
    where: str = ""


@dataclass(frozen=True)
class Block:
    """A piece that stands between blank lines. A heading has a level (1 to 6) and its words without marks; a figure has
    the number of its picture (from 0, else -1), and perhaps the words for those who do not see it and a caption."""

    text: str
    level: int = 0
    picture: int = -1
    alt: str = ""
    caption: str = ""


@dataclass(frozen=True)
class Document:
    """A document as it was read; `notes` are the texts of its footnotes by the names that its text calls."""

    name: str
    title: str = ""
    blocks: tuple[Block, ...] = ()
    notes: dict[str, str] = field(default_factory=dict)
    losses: tuple[Loss, ...] = ()

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Document":
        """The document from what `asdict` made of it."""
        blocks = tuple(Block(**block) for block in kept["blocks"])
        losses = tuple(Loss(**loss) for loss in kept["losses"])
        return cls(kept["name"], kept["title"], blocks, kept["notes"], losses)


@dataclass(frozen=True)
class Picture:
    """A picture of a document, drawn anew: the ending of its name, and its bytes."""

    ending: str
    data: bytes

    @property
    def sha256(self) -> str:
        return sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Part:
    """What becomes one lesson."""

    title: str
    blocks: tuple[Block, ...]
    notes: dict[str, str]

    @property
    def pictures(self) -> tuple[Block, ...]:
        return tuple(block for block in self.blocks if block.picture >= 0)


def levels(documents: Iterable[Document]) -> list[int]:
    """The levels of headings that occur, the highest first."""
    return sorted({block.level for document in documents for block in document.blocks if block.level})


def usual_level(document: Document) -> int:
    """The highest level of heading that repeats: what a reader takes for the chapters. WHOLE where none does."""
    found = [block.level for block in document.blocks if block.level]
    return next((level for level in sorted(set(found)) if found.count(level) > 1), WHOLE)


def split(document: Document, level: int) -> list[Part]:
    """The document cut before each heading of this level or a higher one; a heading that nothing follows is the title
    of nothing and is left out. WHOLE gives one part."""
    cut: list[list[Block]] = [[]]
    for block in document.blocks:
        if block.level and block.level <= level:
            cut.append([])
        cut[-1].append(block)
    parts = [_part(document, blocks) for blocks in cut]
    return [part for part in parts if part.blocks]


def _part(document: Document, blocks: Sequence[Block]) -> Part:
    has_title = bool(blocks) and blocks[0].level > 0
    title = blocks[0].text if has_title else document.title or document.name
    rest = tuple(_levelled(blocks[1:] if has_title else blocks))
    called = [name for block in rest for name in NOTE_MARK.findall(block.text)]
    notes = {name: document.notes[name] for name in called if name in document.notes}
    return Part(plain(title) or UNNAMED, rest, notes)


def _levelled(blocks: Iterable[Block]) -> Iterator[Block]:
    """Headings as a lesson has them: from the second level on, and none skipped."""
    open_levels: list[int] = []
    for block in blocks:
        if block.level:
            open_levels = [level for level in open_levels if level < block.level] + [block.level]
            yield replace(block, level=min(len(open_levels) + 1, 6))
        else:
            yield block


def body(part: Part, paths: Sequence[str], alts: Sequence[str]) -> str:
    """The part as Markdown; `paths` and `alts` say of each picture of the import where it lies and what it shows."""
    pieces = [_written(block, paths, alts) for block in part.blocks]
    pieces += [f"[^{name}]: {text}" for name, text in part.notes.items()]
    return "\n\n".join(pieces) + "\n"


def _written(block: Block, paths: Sequence[str], alts: Sequence[str]) -> str:
    if block.level:
        return f"{'#' * block.level} {block.text}"
    if block.picture < 0:
        return block.text
    caption = plain(block.caption).replace('"', "”")
    words = re.sub(r"[\[\]\\]", "", plain(alts[block.picture]))
    quoted = f' "{caption}"' if caption else ""
    return f"![{words}]({paths[block.picture]}{quoted})"


def plain(text: str) -> str:
    """Words without the marks of Markdown, in one line."""
    return " ".join(re.sub(r"\\([\\`*_{}\[\]()>#+\-.!|])", r"\1", text).split())


def slug_of(title: str, taken: Iterable[str] = ()) -> str:
    """A slug from a title that none of the others has."""
    decomposed = unicodedata.normalize("NFKD", title.replace("ß", "ss")).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", decomposed.lower()).strip("-")[:LONGEST_SLUG].strip("-") or "lesson"
    others = set(taken)
    numbered = (f"{slug}-{number}" for number in range(2, len(others) + 3))
    return slug if slug not in others else next(each for each in numbered if each not in others)
