"""Figures have words for those who do not see them. Pure."""

from collections.abc import Iterator

from core.errors import Problem
from core.markup.proofreading import IMAGE
from publishing.standards.manuscript import Manuscript

SHORTEST_ALT = 20  # characters


def thin_alternatives(manuscript: Manuscript) -> Iterator[Problem]:
    """Alternative texts that are too short to say anything, or only say the caption again."""
    for text in manuscript.texts:
        for image in IMAGE.finditer(text.body):
            if wrong := _wrong(image["alt"], image["caption"].strip().strip('"')):
                line = text.line + text.body.count("\n", 0, image.start())
                remedy = "Say in the brackets what a reader would see."
                yield Problem(text.file, line, f"{image['path']}: {wrong}", remedy)


def _wrong(alt: str, caption: str) -> str:
    words = " ".join(alt.split())
    if len(words) < SHORTEST_ALT:
        return f"the alternative text has {len(words)} characters"
    is_caption = words.rstrip(".").casefold() == caption.rstrip(".").casefold()
    return "the alternative text is the caption" if is_caption else ""
