"""Which characters the certificate's fonts can print, read from the list that the font cutting left.

Pure but for reading `fonts/coverage.json` once.
"""

import json
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
# In order of preference; the last has the most characters and is by far the largest.
FAMILIES = (
    "Newsreader Display",
    "Noto Serif Display",
    "Noto Naskh Arabic",
    "Noto Serif Devanagari",
    "Noto Serif CJK JP",
)
# Joiners and direction marks: they shape their neighbours and have no picture of their own.
INVISIBLE = frozenset("\u200c\u200d\u200e\u200f")
BREAK = "\n"  # ends a line, and has no picture either


def printable(text: str) -> str:
    """`text` with each run of letters that cannot be printed replaced by an ellipsis; empty if none can.

    A letter and its accents count as one and must stand in one font: with an accent of another script it goes.
    """
    runs = groupby(_clusters(text), key=_prints)
    shown = "".join("".join(clusters) if prints else "…" for prints, clusters in runs)
    return shown if any(letter.isalnum() for letter in shown) or shown == text else ""


def families_for(text: str) -> list[str]:
    """The families in order of preference, those that can print the whole text first.

    So a name is set in one family where one suffices, not letter by letter in two.
    """
    letters = text.replace(" ", "")  # a space looks alike in all, and a font may lack it
    return sorted(FAMILIES, key=lambda family: not all(_covers(family, letter) for letter in letters))


def _clusters(text: str) -> Iterator[str]:
    """The letters of `text`, each with the combining marks that follow it."""
    cluster = ""
    for letter in text:
        if cluster and not unicodedata.category(letter).startswith("M"):
            yield cluster
            cluster = ""
        cluster += letter
    if cluster:
        yield cluster


def _prints(cluster: str) -> bool:
    return any(all(_covers(family, letter) for letter in cluster) for family in FAMILIES)


def _covers(family: str, letter: str) -> bool:
    starts, ends = _ranges()[family]
    place = bisect_right(starts, ord(letter)) - 1
    return letter == BREAK or letter in INVISIBLE or (place >= 0 and ord(letter) <= ends[place])


@lru_cache(maxsize=1)
def _ranges() -> dict[str, tuple[list[int], list[int]]]:
    """For each family the first and the last code points of its runs, in parallel and sorted."""
    listed = json.loads((FONTS / "coverage.json").read_text())
    return {family: ([run[0] for run in runs], [run[1] for run in runs]) for family, runs in listed.items()}
