"""Two changes of one text in one text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publishing.merging import has_marks, merge

BASE = "# Skin\n\nA wall.\n\nIt breathes.\n"
texts = st.lists(st.sampled_from("abcd"), max_size=8).map("\n".join)


@pytest.mark.parametrize(
    ("ours", "theirs", "merged"),
    [
        (BASE, BASE, BASE),
        (BASE.replace("wall", "living wall"), BASE, BASE.replace("wall", "living wall")),
        (BASE, BASE + "More.\n", BASE + "More.\n"),
        (BASE.replace("# Skin", "# The skin"), BASE + "More.\n", BASE.replace("# Skin", "# The skin") + "More.\n"),
        (BASE.replace("A wall.\n\n", ""), BASE + "More.\n", BASE.replace("A wall.\n\n", "") + "More.\n"),
        (BASE + "Both.\n", BASE + "Both.\n", BASE + "Both.\n"),
    ],
    ids=["nothing", "one side", "the other", "both, apart", "one takes out", "both the same"],
)  # fmt: skip
def test_what_only_one_side_changed_is_taken_from_it(ours: str, theirs: str, merged: str) -> None:
    found = merge(BASE, ours, theirs)

    assert (found.text, found.conflicts) == (merged, 0)
    assert not has_marks(found.text)


def test_where_both_changed_the_same_lines_both_stand_between_marks() -> None:
    found = merge(BASE, BASE.replace("A wall.", "A fence."), BASE.replace("A wall.", "A hedge."))

    assert found.conflicts == 1
    assert "<<<<<<< yours\nA fence.\n=======\nA hedge.\n>>>>>>> theirs" in found.text
    assert has_marks(found.text)


@given(texts, texts)
def test_a_side_that_changed_nothing_leaves_the_other_as_it_is(base: str, side: str) -> None:
    assert merge(base, side, base).text == side
    assert merge(base, base, side).text == side
    assert merge(base, side, side).text == side


@given(texts, texts, texts)
def test_every_line_of_both_sides_is_in_the_merged_text_or_was_taken_out_by_the_other(
    base: str, ours: str, theirs: str
) -> None:
    merged = merge(base, ours, theirs).text.split("\n")
    for side in (ours, theirs):
        assert set(side.split("\n")) - set(base.split("\n")) <= set(merged)
