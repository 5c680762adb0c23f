"""What becomes of each file when files come in: what they held the last time, what they hold, and what stands now.

Pure.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256 as hash_of

from publishing.entries import STARTS, Side, join, with_those_of
from publishing.merging import merge

TEXTS = (".md", ".bib", ".vtt")


class Fate(StrEnum):
    """What the files do to what stands."""

    ADDED = "added"
    CHANGED = "changed"
    MERGED = "merged"  # both changed it, in different places
    CONFLICT = "conflict"  # both changed the same place
    TAKEN_OUT = "taken out"
    KEPT = "kept"  # only the studio changed it
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Held:
    """What a file holds; `read` fetches it, where it is asked for."""

    sha256: str
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Sides:
    """One file: as the files held it when they came the last time, as it stands now, as the files hold it. None where
    it is not there."""

    base: Held | None
    ours: Held | None
    theirs: Held | None


@dataclass(frozen=True)
class Change:
    """What becomes of one file. `outcome` is what stands then, None for nothing. `choice` is whose text was chosen in a
    conflict; one without is open."""

    path: str
    fate: Fate
    sides: Sides
    outcome: Held | None
    choice: Side | None = None

    @property
    def is_open(self) -> bool:
        return self.fate is Fate.CONFLICT and self.choice is None

    @property
    def is_new_text(self) -> bool:
        """Whether something else stands there then."""
        return _hash(self.outcome) != _hash(self.sides.ours)


def held(data: bytes) -> Held:
    return Held(hash_of(data).hexdigest(), lambda: data)


def is_text(path: str) -> bool:
    return path.endswith(TEXTS)


def compare(path: str, sides: Sides, is_part: bool, choice: Side | None = None) -> Change:
    """What becomes of the file. With `is_part` the files are a part of a school's: of the bibliography and the glossary
    they hold only some entries."""
    if is_part and path in STARTS and sides.base and sides.theirs:
        whole = with_those_of(path, _text(sides.base), _text(sides.theirs))
        sides = Sides(sides.base, sides.ours, held(whole.encode()))
    fate = _fate(_hash(sides.base), _hash(sides.ours), _hash(sides.theirs))
    if fate is Fate.CONFLICT:
        return _settle(path, sides, choice)
    return Change(path, fate, sides, sides.ours if fate in (Fate.KEPT, Fate.UNCHANGED) else sides.theirs)


def _fate(base: str | None, ours: str | None, theirs: str | None) -> Fate:
    if theirs == ours:
        return Fate.UNCHANGED
    if theirs == base:
        return Fate.KEPT
    if ours != base:
        return Fate.CONFLICT
    if ours is None:
        return Fate.ADDED
    return Fate.TAKEN_OUT if theirs is None else Fate.CHANGED


def _settle(path: str, sides: Sides, choice: Side | None) -> Change:
    """A file that both changed: merged where their places differ, else as it was chosen."""
    merger = _join if path in STARTS else _merge
    merged = merger(path, sides, choice)
    if merged is None:
        outcome = sides.theirs if choice is Side.THEIRS else sides.ours
        return Change(path, Fate.CONFLICT, sides, outcome, choice)
    text, has_conflicts = merged
    fate = Fate.CONFLICT if has_conflicts else Fate.MERGED
    return Change(path, fate, sides, held(text.encode()), choice if has_conflicts else None)


def _merge(path: str, sides: Sides, _choice: Side | None) -> tuple[str, bool] | None:
    """The merged lines, None where they cannot be merged."""
    if not (is_text(path) and sides.base and sides.ours and sides.theirs):
        return None
    try:
        merged = merge(_text(sides.base), _text(sides.ours), _text(sides.theirs))
    except UnicodeDecodeError:
        return None
    return None if merged.conflicts else (merged.text, False)


def _join(path: str, sides: Sides, choice: Side | None) -> tuple[str, bool] | None:
    """The joined entries, and whether both changed the same one; what only one side changed stands in any case."""
    if sides.ours is None or sides.theirs is None:
        return None
    base = _text(sides.base) if sides.base else ""
    try:
        joined = join(path, base, _text(sides.ours), _text(sides.theirs), choice or Side.OURS)
    except UnicodeDecodeError:
        return None
    return joined.text, bool(joined.conflicts)


def _text(side: Held) -> str:
    return side.read().decode()


def _hash(side: Held | None) -> str | None:
    return None if side is None else side.sha256


def counted(changes: Mapping[Fate, int]) -> str:
    """`2 added, 1 changed, 9 unchanged`, and of the others those that there are."""
    always = (Fate.ADDED, Fate.CHANGED, Fate.UNCHANGED)
    others = [fate for fate in Fate if fate not in always and changes.get(fate)]
    return ", ".join(f"{changes.get(fate, 0)} {fate}" for fate in (*always, *others))
