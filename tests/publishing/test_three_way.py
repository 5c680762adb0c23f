"""What becomes of a file that files, the studio or both have changed since the files came the last time."""

import pytest

from publishing.bundle import BIBLIOGRAPHY, GLOSSARY
from publishing.entries import Side, cut, entries_of, join, loses, with_those_of
from publishing.three_way import Fate, Sides, compare, counted, held

A, B, C = "one\ntwo\nthree\nfour\n", "ONE\ntwo\nthree\nfour\n", "one\ntwo\nthree\nFOUR\n"
D = "uno\ntwo\nthree\nfour\n"
X = "@book{x,\n  year = {1}\n}\n\n"
X2 = X.replace("1", "2")
X3 = X.replace("1", "3")
Y = "@book{y,\n  year = {1}\n}\n\n"
Z = "@book{z,\n  year = {1}\n}\n"


def sides(*texts: str | None) -> Sides:
    return Sides(*(None if text is None else held(text.encode()) for text in texts))


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "fate", "outcome"),
    [
        (None, None, A, Fate.ADDED, A),
        (A, A, A, Fate.UNCHANGED, A),
        (None, A, A, Fate.UNCHANGED, A),
        (A, B, B, Fate.UNCHANGED, B),
        (A, A, B, Fate.CHANGED, B),
        (A, B, A, Fate.KEPT, B),
        (None, A, None, Fate.KEPT, A),
        (A, None, A, Fate.KEPT, None),
        (A, A, None, Fate.TAKEN_OUT, None),
        (A, None, None, Fate.UNCHANGED, None),
        (A, B, C, Fate.MERGED, "ONE\ntwo\nthree\nFOUR\n"),
        (A, B, D, Fate.CONFLICT, B),
        (A, B, None, Fate.CONFLICT, B),
        (A, None, B, Fate.CONFLICT, None),
        (None, A, B, Fate.CONFLICT, A),
    ],
)
def test_what_only_one_side_changed_is_taken_from_it(
    base: str | None, ours: str | None, theirs: str | None, fate: Fate, outcome: str | None
) -> None:
    change = compare("articles/a.md", sides(base, ours, theirs), is_part=False)
    assert change.fate is fate
    assert (change.outcome.read().decode() if change.outcome else None) == outcome
    assert change.is_open is (fate is Fate.CONFLICT)


@pytest.mark.parametrize(("choice", "outcome"), [(Side.OURS, B), (Side.THEIRS, D)])
def test_a_conflict_is_settled_by_a_choice(choice: Side, outcome: str) -> None:
    change = compare("articles/a.md", sides(A, B, D), is_part=False, choice=choice)
    assert not change.is_open
    assert change.outcome
    assert change.outcome.read().decode() == outcome
    assert change.is_new_text is (choice is Side.THEIRS)


def test_what_is_no_text_is_never_merged() -> None:
    assert compare("media/a.svg", sides(A, B, C), is_part=False).fate is Fate.CONFLICT
    broken = Sides(held(b"\xff"), held(b"\xfe"), held(b"a"))
    assert compare("articles/a.md", broken, is_part=False).fate is Fate.CONFLICT


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "text", "conflicts"),
    [
        (X, X + Y, X + Z, X + Y + Z, ()),
        ("", X, Y, X + Y, ()),
        (X + Y, X + Y, X, X, ()),
        (X + Y, X, X + Y, X, ()),
        (X, X2, X + Y, X2 + Y, ()),
        (X, X + Y, X2, X2 + Y, ()),
        (X, X2, X3 + Y, X2 + Y, ("x",)),
        ("", X, X2, X, ("x",)),
        (Z, Z, Z + "\n" + Y, Z + "\n" + Y, ()),
    ],
)
def test_sources_are_joined_one_by_one(
    base: str, ours: str, theirs: str, text: str, conflicts: tuple[str, ...]
) -> None:
    joined = join(BIBLIOGRAPHY, base, ours, theirs)
    assert (joined.text, joined.conflicts) == (text, conflicts)


def test_in_a_conflict_of_sources_the_others_stand_whatever_is_chosen() -> None:
    change = compare(BIBLIOGRAPHY, sides(X, X2 + Y, X3 + Z), is_part=False, choice=Side.THEIRS)
    assert change.outcome
    assert change.outcome.read().decode() == X3 + Y + Z


def test_a_part_takes_no_source_away() -> None:
    part = compare(BIBLIOGRAPHY, sides(X + Y, X + Y, Y), is_part=True)
    whole = compare(BIBLIOGRAPHY, sides(X + Y, X + Y, Y), is_part=False)
    assert (part.fate, whole.fate) == (Fate.UNCHANGED, Fate.CHANGED)
    assert with_those_of(BIBLIOGRAPHY, X + Y, X2 + Z) == X2 + Y + Z


GLOSS = "Barrier, skin barrier\n: What holds.\n  And more.\n\nβ-endorphin\n: A messenger.\n"


def test_entries_are_taken_apart_without_loss() -> None:
    for path, text in ((BIBLIOGRAPHY, "% mine\n" + X + Y + Z), (GLOSSARY, GLOSS)):
        assert "".join(entries_of(path, text).values()) == text
    assert list(entries_of(GLOSSARY, GLOSS)) == ["", "barrier", "β-endorphin"]


def test_a_cut_is_the_same_whatever_stood_around_it() -> None:
    def needed(key: str, _: str) -> bool:
        return key in "xz"

    cut_once = cut(BIBLIOGRAPHY, Z + "\n" + X + Y, needed)
    assert cut_once == X + Z == cut(BIBLIOGRAPHY, cut_once, needed)
    assert cut(BIBLIOGRAPHY, Y, needed) == ""


def test_what_a_join_takes_away_is_named() -> None:
    assert loses(BIBLIOGRAPHY, X + Y, X2 + Z) == ["x", "y"]
    assert loses(BIBLIOGRAPHY, X + Z, X + Y + Z) == []


def test_the_counts_name_what_is_rare_only_where_there_is_some() -> None:
    assert counted({Fate.ADDED: 2}) == "2 added, 0 changed, 0 unchanged"
    assert counted({Fate.CHANGED: 1, Fate.KEPT: 3}) == "0 added, 1 changed, 0 unchanged, 3 kept"
