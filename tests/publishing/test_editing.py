"""Front matter changed in place: what was asked for is there, and nothing else has changed."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from publishing.texts.course_text import KEYS
from publishing.texts.editing import (
    body_of,
    insert,
    move,
    remove,
    remove_item,
    set_body,
    set_value,
    values_of,
)
from publishing.texts.splicing import ORDER

COURSE = """\
---
# What the course is called.
title: Skin Basics   # as on the door
price: "49.00"
level: 'Introductory'
outcomes:
  - Tell bricks from mortar

  # The one that sells.
  - Know a wall   # when one sees it
  - Say so
authors: [ada-wall, "ben"]
modules:
  - slug: the-wall
    title: The wall
    steps:
      - lessons/the-barrier
      - [lessons/a-closer-look]
  # In the second week.
  - slug: in-practice
    title: In practice
    steps:
    - quizzes/a-letter
certificate: {requires: all, pass: 80}
faq:
  - question: How long?
    answer: >-
      One afternoon.
      Begin.

# The end.
---

Sales.
"""


def _lines_changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that only one of the two has, in order, past what both begin and end with."""
    old, new = before.splitlines(), after.splitlines()
    while old and new and old[0] == new[0]:
        old, new = old[1:], new[1:]
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    return old, new


@pytest.mark.parametrize(
    ("keys", "value", "old", "new"),
    [
        (("title",), "Skin", ["title: Skin Basics   # as on the door"], ["title: Skin   # as on the door"]),
        (("title",), "A: b", ["title: Skin Basics   # as on the door"], ['title: "A: b"   # as on the door']),
        (("price",), "50.00", ['price: "49.00"'], ['price: "50.00"']),
        (("level",), "It's", ["level: 'Introductory'"], ["level: 'It''s'"]),
        (("subtitle",), "New", [], ["subtitle: New"]),
        (("outcomes", 1), "Walls", ["  - Know a wall   # when one sees it"], ["  - Walls   # when one sees it"]),
        (("outcomes",), ["Tell bricks from mortar", "Say so"], ["  - Know a wall   # when one sees it"], []),
        (("authors",), ["ada-wall", "cy"], ['authors: [ada-wall, "ben"]'], ['authors: [ada-wall, "cy"]']),
        (("authors",), ["ben"], ['authors: [ada-wall, "ben"]'], ['authors: ["ben"]']),
        (("modules", 1, "title"), "Now", ["    title: In practice"], ["    title: Now"]),
        (("modules", 1, "opens", "days"), "7", [], ["    opens:", "      days: 7"]),
        (("certificate", "valid_months"), "24", ["certificate: {requires: all, pass: 80}"],
         ["certificate: {requires: all, pass: 80, valid_months: 24}"]),
        (("faq", 0, "answer"), "Two.\n\nDays.", ["    answer: >-", "      One afternoon.", "      Begin."],
         ["    answer: |-", "      Two.", "", "      Days."]),
        (("not_for",), ["Anyone"], [], ["not_for:", "  - Anyone"]),
    ],
)  # fmt: skip
def test_only_the_lines_of_the_value_change(keys, value, old, new):
    edited = set_value(COURSE, keys, value)

    assert _lines_changed(COURSE, edited) == (old, new)


def test_what_is_there_already_leaves_the_text_as_it_is():
    assert set_value(COURSE, ("certificate",), {"pass": "80", "requires": "all"}) == COURSE


def test_a_new_key_goes_to_its_place_in_the_format():
    edited = set_value(COURSE, ("collection",), "Foundations")

    assert list(values_of(edited))[:3] == ["title", "collection", "price"]


@pytest.mark.parametrize(("index", "to"), [(0, 1), (1, 0)])
def test_a_moved_entry_takes_the_comment_above_it_along(index, to):
    edited = move(COURSE, ("modules",), index, to)

    assert "    - quizzes/a-letter\n  - slug: the-wall" in edited
    assert "modules:\n  # In the second week.\n  - slug: in-practice" in edited
    assert sorted(edited) == sorted(COURSE)


def test_an_entry_that_is_put_in_stands_above_the_comment_of_the_next():
    edited = insert(COURSE, ("modules",), 1, {"slug": "between", "title": "Between", "steps": []})

    new = ["  - slug: between", "    title: Between", "    steps: []"]
    assert _lines_changed(COURSE, edited) == ([], new)


def test_an_optional_step_is_written_in_brackets():
    edited = set_value(COURSE, ("modules", 0, "steps", 0), ["lessons/the-barrier"])

    assert "      - [lessons/the-barrier]\n      - [lessons/a-closer-look]\n" in edited


def test_taking_out_leaves_an_empty_list_and_a_mapping_its_other_keys():
    emptied = remove_item(COURSE, ("modules", 1, "steps"), 0)
    shorter = remove(emptied, ("modules", 1, "slug"))

    assert "    steps: []\n" in emptied
    assert "  - title: In practice\n    steps: []\n" in shorter


def test_the_body_and_the_front_matter_change_apart():
    edited = set_body(COURSE, "\nOther words.\n")

    assert body_of(edited) == "\nOther words.\n"
    assert edited[: edited.index("\nOther")] == COURSE[: COURSE.index("\nSales")]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("No front matter", ("title",)),
        ("---\ntitle: [a\n---\n", ("title",)),
        ("---\na: &x b\nc: *x\n---\n", ("title",)),
        ("---\ntitle: a\n---\n", ("title", "b")),
        ("---\nauthors: [a]\n---\n", ("authors", 3)),
    ],
)
def test_what_cannot_be_changed_is_refused_with_a_sentence(text, keys):
    with pytest.raises(InvalidInput):
        set_value(text, keys, "b")


def test_every_key_of_a_course_has_its_place():
    assert set(KEYS) <= set(ORDER[""])


MARKS = st.sampled_from("\n :-#'\"[]{},&*!|>%@`?\\")
LETTERS = st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufffe\uffff\ufeff")
WORDS = st.text(LETTERS | MARKS, max_size=150).map(str.strip)
NAMES = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
PLAINS = st.recursive(
    WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)
FRONTS = st.dictionaries(
    st.sampled_from(("title", "outcomes", "modules", "faq", "level")), PLAINS, max_size=4
)


@st.composite
def texts(draw):
    """A file as some hand may have written it."""
    values = draw(FRONTS)
    flow = draw(st.sampled_from((None, True, False)))
    front = yaml.safe_dump(
        values,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=flow,
        width=draw(st.sampled_from((40, 200))),
    )
    written = f"---\n{front if values else ''}---\n\nBody: [a\n"
    bom = draw(st.sampled_from(("", "\ufeff")))
    return bom + written.replace("\n", draw(st.sampled_from(("\n", "\r\n")))), values


@settings(max_examples=25, deadline=None)
@given(texts(), st.sampled_from(("title", "outcomes", "modules", "faq", "level")), PLAINS)
def test_any_value_reads_back_and_every_other_key_keeps_its_bytes(written, key, value):
    text, _ = written
    before = values_of(text)

    edited = set_value(text, (key,), value)

    assert values_of(edited) == before | {key: values_of(edited)[key]}
    assert values_of(edited)[key] == value
    assert body_of(edited) == body_of(text)
    if key not in before:
        assert remove(edited, (key,)) == text


@settings(max_examples=20, deadline=None)
@given(texts(), st.lists(WORDS, min_size=1, max_size=4), st.data())
def test_any_entry_is_put_in_moved_and_taken_out_again(written, entries, data):
    text = set_value(written[0], ("outcomes",), entries)
    index, to = (data.draw(st.integers(0, len(entries))) for _ in range(2))

    longer = insert(text, ("outcomes",), index, "new one")
    moved = move(longer, ("outcomes",), index, to)

    assert values_of(moved)["outcomes"] == [*entries[:to], "new one", *entries[to:]]
    assert move(moved, ("outcomes",), to, index) == longer
    assert remove_item(longer, ("outcomes",), index) == text
