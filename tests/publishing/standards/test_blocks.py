"""Texts cut into blocks, with the line of each."""

import pytest

from publishing.standards.blocks import blocks_of, cells, inside, items, plain


def kinds(text: str) -> list[tuple[str, int]]:
    return [(block.kind, block.line) for block in blocks_of(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One line\nand another.\n\nTwo.", [("paragraph", 1), ("paragraph", 4)]),
        ("## Wall\nBelow.", [("heading", 1), ("paragraph", 2)]),
        ("- a\n- b\n\n- c\n\n    more of c\n\nEnd.", [("list", 1), ("paragraph", 8)]),
        ("1. a\n2. b", [("list", 1)]),
        ("| a | b |\n|---|---|\n| 1 | 2 |", [("table", 1)]),
        ("a | b\n--- | ---\n1 | 2", [("table", 1)]),
        ("Term\n: What it is.", [("definition", 1)]),
        ("> said", [("quote", 1)]),
        ("[[check: a-b]]\n\n[[tool: a]] helps.", [("part", 1), ("paragraph", 3)]),
        ("![a](media/a.svg)", [("figure", 1)]),
        ("[^1]: A note.\n    More of it.", [("note", 1)]),
        ("```\n## no heading\n\n- no list\n```\n\nEnd.", [("code", 1), ("paragraph", 7)]),
        ("", []),
    ],
)
def test_a_text_is_cut_into_its_blocks(text, expected):
    assert kinds(text) == expected


def test_a_callout_holds_what_is_indented():
    (callout, after) = blocks_of('!!! pearl "Own title"\n    One.\n\n    - two\n\nAfter.', 11)
    assert (callout.word, callout.text, callout.line) == ("pearl", "One.\n\n- two", 11)
    assert [(block.kind, block.line) for block in inside(callout)] == [("paragraph", 12), ("list", 14)]
    assert (after.kind, after.line) == ("paragraph", 16)


def test_items_and_cells_are_parted():
    (block,) = blocks_of("- one\n  more\n- two")
    assert list(items(block)) == ["one\n  more\n", "two"]
    assert cells(r"| a \| b | c |") == [r"a \| b", "c"]


def test_plain_words_are_those_that_are_read():
    text = "**Skin** holds [water](a.md) [@a2001; @b early] ![x](media/x.svg) [[tool: t]] back [opinion]."
    assert plain(text).split() == ["Skin", "holds", "water", "back", "."]
