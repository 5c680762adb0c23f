"""The bibliography and the glossary by their entries: taken apart without loss, joined three-way, and cut to what a
course needs. Pure."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from publishing.bundle import BIBLIOGRAPHY, GLOSSARY

ENTRY = re.compile(r"^@\w+\s*\{\s*([^,\s}]+)", re.MULTILINE)
TERM = re.compile(r"^([^\s:,][^,\n]*)", re.MULTILINE)
STRING = "@string"  # an abbreviation that any entry may use
Entries = dict[str, str]  # by key, in the order of the file; under "" what stands before the first


class Side(StrEnum):
    """Whose text stands where both changed it: the school's own, or that of the files."""

    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True)
class Joined:
    """The text, and the keys of the entries that both sides changed, whichever of them stands in it."""

    text: str
    conflicts: tuple[str, ...]


def entries_of(path: str, text: str) -> Entries:
    """The entries with all that follows each up to the next. An entry that stands twice goes under its first key."""
    begins = list(STARTS[path].finditer(text))
    entries = {"": text[: begins[0].start()] if begins else text}
    for number, begin in enumerate(begins):
        end = begins[number + 1].start() if number + 1 < len(begins) else len(text)
        key = begin[1].strip().lower()
        entries[key] = entries.get(key, "") + text[begin.start() : end]
    return entries


def join(path: str, base: str, ours: str, theirs: str, side: Side = Side.OURS) -> Joined:
    """Both changes of `base`, entry by entry; where both changed the same one, that of `side` stands."""
    sides = entries_of(path, base), entries_of(path, ours), entries_of(path, theirs)
    kept: Entries = {}
    conflicts = []
    for key in dict.fromkeys((*sides[1], *sides[2])):
        old, mine, other = (entries.get(key, "") for entries in sides)
        if mine.strip() == other.strip() or other.strip() == old.strip():
            kept[key] = mine
        elif mine.strip() == old.strip():
            kept[key] = other
        else:
            kept[key] = mine if side is Side.OURS else other
            conflicts.append(key)
    return Joined(_written(kept), tuple(conflicts))


def with_those_of(path: str, base: str, part: str) -> str:
    """`base` as a part of it changes it: an entry that the part does not hold is not spoken of, and stays."""
    kept = entries_of(path, base)
    part_entries = entries_of(path, part)
    return _written(kept | {key: text for key, text in part_entries.items() if key})


def cut(path: str, text: str, is_needed: Callable[[str, str], bool]) -> str:
    """The entries that are needed, by key and text, in the order of their keys."""
    found = [
        (key, entry)
        for key, entry in entries_of(path, text).items()
        if key and (entry.lower().startswith(STRING) or is_needed(key, entry))
    ]
    return "\n\n".join(entry.strip() for _, entry in sorted(found)) + "\n" * bool(found)


def loses(path: str, before: str, after: str) -> Collection[str]:
    """The keys of entries that are gone or changed."""
    left = entries_of(path, after)
    return [
        key for key, text in entries_of(path, before).items() if left.get(key, "").strip() != text.strip()
    ]


def _written(entries: Entries) -> str:
    """One text; what was put behind another entry stands apart from it."""
    text = ""
    for entry in filter(None, entries.values()):
        apart = text.strip() and not text.endswith("\n\n")
        text += ("\n" if text.endswith("\n") else "\n\n") * bool(apart) + entry
    return text


STARTS: Mapping[str, re.Pattern[str]] = {BIBLIOGRAPHY: ENTRY, GLOSSARY: TERM}
