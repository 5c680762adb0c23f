"""Where the texts of a case cite: rendered HTML cut at its citations. Pure."""

import re
from dataclasses import dataclass
from functools import lru_cache
from xml.etree.ElementTree import Element

from core.markup import tree
from core.markup.proofreading import mentions


@dataclass(frozen=True)
class Mark:
    """A place where a text cites; `certainty` is empty where the author gave no word."""

    keys: tuple[str, ...]
    certainty: str


@lru_cache(maxsize=4000)
def pieces(text_md: str, html: str) -> tuple[str | Mark, ...]:
    """The HTML of a text, cut at its citations."""
    if 'class="cited"' not in html:
        return (html,)
    # The markup numbers sources as the text mentions them first.
    keys = list(dict.fromkeys(found.name for found in mentions(text_md) if found.kind == "cite"))
    root, marks = tree.parse(html), list[Mark]()
    for parent, child in tree.parents(root):
        if tree.has_class(child, "cited"):
            tree.replace(parent, child, tree.comment(f"mark {len(marks)}"))
            marks.append(_mark(child, keys))
    cut = enumerate(re.split(r"<!--mark (\d+)-->", tree.inner(root)))
    return tuple(marks[int(part)] if place % 2 else part for place, part in cut)


def _mark(cited: Element, keys: list[str]) -> Mark:
    numbers = [int(link.text or 0) for link in cited.iter("a")]
    words = [span.text or "" for span in cited.iter("span") if tree.has_class(span, "grade")]
    return Mark(tuple(keys[n - 1] for n in numbers if 0 < n <= len(keys)), "".join(words[:1]))


def quiet(text_md: str, html: str) -> str:
    """A text without its marks, for a page that lists no sources."""
    return "".join(part for part in pieces(text_md, html) if isinstance(part, str))
