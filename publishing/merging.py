"""Three-way merge of texts by lines: what only one side changed is taken from it. Pure.

After diff3: the lines that base and both sides share in one order hold the texts together, and each stretch between
them is decided by itself.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

OURS, BETWEEN, THEIRS = "<<<<<<< yours", "=======", ">>>>>>> theirs"
MARK = re.compile(rf"^(?:{re.escape(OURS)}|{re.escape(THEIRS)})$", re.MULTILINE)
Lines = Sequence[str]


@dataclass(frozen=True)
class Merged:
    """The text, and in how many places both sides changed the same lines: there both stand, between marks."""

    text: str
    conflicts: int


def has_marks(text: str) -> bool:
    """Whether something is left to decide in a merged text."""
    return MARK.search(text) is not None


def merge(base: str, ours: str, theirs: str) -> Merged:
    """Both changes of `base` in one text."""
    texts = base.split("\n"), ours.split("\n"), theirs.split("\n")
    merged: list[str] = []
    conflicts = 0
    for old, mine, other in _stretches(*texts):
        if mine == other or other == old:
            merged += mine
        elif mine == old:
            merged += other
        else:
            conflicts += 1
            merged += [OURS, *mine, BETWEEN, *other, THEIRS]
    return Merged("\n".join(merged), conflicts)


def _stretches(base: Lines, ours: Lines, theirs: Lines) -> Iterator[tuple[Lines, Lines, Lines]]:
    """The texts cut alike: stretches that all three share, and those between them, in order."""
    at = (0, 0, 0)
    for place, here, there, length in _shared(base, ours, theirs):
        yield base[at[0] : place], ours[at[1] : here], theirs[at[2] : there]
        yield (base[place : place + length],) * 3
        at = place + length, here + length, there + length
    yield base[at[0] :], ours[at[1] :], theirs[at[2] :]


def _shared(base: Lines, ours: Lines, theirs: Lines) -> Iterator[tuple[int, int, int, int]]:
    """Runs of lines that stand in all three: where in each, and how many."""
    ours_of, theirs_of = _places(base, ours), _places(base, theirs)
    begin = 0
    while begin < len(base):
        if begin not in ours_of or begin not in theirs_of:
            begin += 1
            continue
        end = begin + 1
        while (
            ours_of.get(end) == ours_of[begin] + end - begin
            and theirs_of.get(end) == theirs_of[begin] + end - begin
        ):
            end += 1
        yield begin, ours_of[begin], theirs_of[begin], end - begin
        begin = end


def _places(base: Lines, side: Lines) -> dict[int, int]:
    """Where the lines of `base` that a side kept stand in it."""
    blocks = SequenceMatcher(None, base, side, autojunk=False).get_matching_blocks()
    return {block.a + n: block.b + n for block in blocks for n in range(block.size)}
