"""How hard a text reads: SMOG, the usual measure of texts on health. Pure.

McLaughlin GH (1969), SMOG grading: a new readability formula, Journal of Reading 12, 639-646:
grade = 1.0430 * sqrt(polysyllables * 30 / sentences) + 3.1291, a polysyllable being a word of three syllables
or more. Syllables are counted by rules of spelling, for no word list is at hand. The rules err in single words (they
give people three and barrier two), which moves the grade by some tenths; the formula itself is good to 1.5 grades.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from math import sqrt

from publishing.standards.blocks import Block, inside, items, plain

WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
SENTENCE_END = re.compile(r"(?<=[.!?:])[\"”’)]*\s+")
IS_SENTENCE = re.compile(r"[A-Za-z]{2}.*[A-Za-z]", re.DOTALL)
READ = ("paragraph", "list", "quote", "definition")
MANY = 3  # syllables of a polysyllable

VOWELS = re.compile(r"[aeiouy]+")
SILENT_LE = re.compile(r"(?:le|ee)$")
SILENT_ED = re.compile(r"[^td]ed$")
PARTED = re.compile(r"(?:ia|io|ua|eo)[a-z]")
NOT_PARTED = re.compile(r"tion|sion|cial|tial|cian|cious|tious|gion|xion")


@lru_cache(maxsize=20_000)
def syllables(word: str) -> int:
    """Groups of vowels, less a silent e, more where two vowels are spoken apart; at least one."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    count = len(VOWELS.findall(letters))
    if count > 1 and letters.endswith("e") and not SILENT_LE.search(letters):
        count -= 1
    if count > 1 and SILENT_ED.search(letters):
        count -= 1
    if PARTED.search(letters) and not NOT_PARTED.search(letters):
        count += 1
    return max(count, 1)


def sentences(blocks: Iterable[Block]) -> Iterator[str]:
    """What is read as running text: no headings, tables, captions. A colon ends a sentence, and so does an item."""
    for block in blocks:
        for part in (each for each in inside(block) if each.kind in READ):
            for item in items(part):
                pieces = SENTENCE_END.split(plain(item))
                yield from (piece for piece in pieces if IS_SENTENCE.search(piece))


def smog(blocks: Iterable[Block]) -> float | None:
    """The grade, to one decimal; None without a sentence."""
    found = list(sentences(blocks))
    if not found:
        return None
    words = (word for sentence in found for word in WORD.findall(sentence))
    polysyllables = sum(syllables(word) >= MANY for word in words)
    return round(1.0430 * sqrt(polysyllables * 30 / len(found)) + 3.1291, 1)
