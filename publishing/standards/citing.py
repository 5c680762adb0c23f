"""Every claim has a source or is called opinion; every source of the bibliography is used. Pure."""

from collections.abc import Iterator, Sequence

from core.errors import Problem
from publishing.bundle import BIBLIOGRAPHY
from publishing.standards.blocks import Block, plain
from publishing.standards.manuscript import Manuscript

PAGES_OF_CLAIMS = ("lesson", "article")
CLAIMING = ("paragraph", "list", "table", "definition")
CLAIMING_CALLOUTS = ("pearl", "caution")
GATHERED = ("list", "table", "definition")  # cited as one, or by the paragraph above
LONGEST_LEAD = 30  # words of a sentence that ends with a colon and only leads on
KEY_POINTS = "key points"
REMEDY = "Cite a source, as [@key early], or call it [opinion]."


def claims_without_a_source(manuscript: Manuscript) -> Iterator[Problem]:
    """Paragraphs, lists, tables and claiming callouts of lessons and articles that name nothing."""
    for text in manuscript.texts:
        for block in unsourced(manuscript.blocks[text.file]) if text.kind in PAGES_OF_CLAIMS else ():
            yield Problem(text.file, block.line, f"no source: {_words(block)}", REMEDY)


def sources_without_a_claim(manuscript: Manuscript) -> Iterator[Problem]:
    """Entries of the bibliography that no text cites."""
    for key, source in manuscript.bundle.sources.items():
        if key not in manuscript.cited:
            remedy = "Cite it where its finding is told, or take it out."
            yield Problem(BIBLIOGRAPHY, source.line, f"nothing cites {key}", remedy)


def unsourced(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks that claim something and neither cite nor say that it is opinion. Stories and key points are free."""
    above: Block | None = None
    for block in told(blocks):
        held = block.kind in GATHERED and above is not None and above.kind == "paragraph" and above.is_marked
        if claims(block) and not block.is_marked and not held:
            yield block
        if block.kind not in ("figure", "part"):
            above = block


def coverage(blocks: Sequence[Block]) -> tuple[int, int]:
    """How many of the text's claims name a source or are called opinion, and how many claims there are."""
    count = sum(claims(block) for block in told(blocks))
    return count - sum(1 for _ in unsourced(blocks)), count


def claims(block: Block) -> bool:
    """Whether a block of this kind asks for a source."""
    if block.kind == "callout":
        return block.word in CLAIMING_CALLOUTS
    return block.kind in CLAIMING and not leads_on(block)


def leads_on(block: Block) -> bool:
    """A short sentence that ends with a colon says nothing by itself."""
    words = plain(block.text).split()
    return (
        block.kind == "paragraph" and len(words) <= LONGEST_LEAD and words[-1:] != [] and words[-1][-1] == ":"
    )


def told(blocks: Sequence[Block]) -> Sequence[Block]:
    """The text without its story: from the first chapter on, up to the closing story before the key points."""
    first = next((n for n, block in enumerate(blocks) if block.is_chapter), 0)
    last = key_points_at(blocks)
    return blocks[first:] if last is None else blocks[first : _closing_at(blocks, last)]


def key_points_at(blocks: Sequence[Block]) -> int | None:
    """Where the heading `## Key points` stands."""
    places = [n for n, block in enumerate(blocks) if block.is_chapter and is_key_points(block)]
    return places[-1] if places else None


def is_key_points(block: Block) -> bool:
    return block.text.lower() == KEY_POINTS


def _closing_at(blocks: Sequence[Block], last: int) -> int:
    """Where the closing story begins: paragraphs alone between the last callout or check and the key points."""
    at = last
    while at and blocks[at - 1].kind in ("paragraph", "quote"):
        at -= 1
    return at if at and blocks[at - 1].kind in ("callout", "part") else last


def _words(block: Block) -> str:
    """How it begins, so that its author finds it."""
    words = plain(block.text).replace("|", " ").split()
    begin = " ".join(words[:8])
    return f"“{begin} …”" if len(words) > 8 else f"“{begin}”"
