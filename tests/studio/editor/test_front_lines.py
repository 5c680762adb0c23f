"""The form over a lesson's front matter: what it changes, and that all else keeps its bytes."""

from dataclasses import replace

import pytest

from core.errors import InvalidInput
from publishing.texts.front_matter import read_front_matter
from studio.editor.front_lines import facts_in, read_objectives, split, with_facts

HEAD = """---
# of the first module
title: Bricks   # short
summary: >-
  What a wall
  is made of.

practice_minutes: 3
objectives:
  name-bricks: Name the bricks
  # the hard one
  count: "Count: all of them"
preview: true
reviewed: 2026-11-01
---

"""
BODY = "Skin has a barrier.\n\n---\n\nAnd so on.\n"


def changed(head: str = HEAD, **texts: str) -> str:
    facts = facts_in(head)
    assert facts is not None
    return with_facts(head, replace(facts, texts={**facts.texts, **texts}))


def plain(head: str, key: str) -> object:
    front, problems = read_front_matter(head.encode() + b"Body.\n", "lesson.md")
    assert problems == []
    return front.values[key].plain() if key in front.values else None


def test_a_text_is_its_front_matter_and_its_body() -> None:
    assert split(HEAD + BODY) == (HEAD, BODY)
    assert split("No front matter.\n") == ("", "No front matter.\n")
    assert split("\ufeff---\ntitle: A\n---\nB") == ("\ufeff---\ntitle: A\n---\n", "B")


def test_what_is_not_changed_keeps_its_bytes() -> None:
    assert changed() == HEAD


@pytest.mark.parametrize(
    ("texts", "before", "after"),
    [
        ({"title": "Walls"}, "title: Bricks   # short", "title: Walls   # short"),
        ({"title": "Walls: a story"}, "title: Bricks   #", 'title: "Walls: a story"   #'),
        ({"title": "# 1"}, "title: Bricks   #", 'title: "# 1"   #'),
        ({"summary": "All."}, "summary: >-\n  What a wall\n  is made of.\n", "summary: All.\n"),
        ({"practice_minutes": ""}, "practice_minutes: 3\n", ""),
        ({"reviewed": "2026-12-01"}, "reviewed: 2026-11-01", "reviewed: 2026-12-01"),
        ({"summary": ""}, "summary: >-\n  What a wall\n  is made of.\n", ""),
    ],
)
def test_a_value_changes_alone(texts: dict[str, str], before: str, after: str) -> None:
    assert changed(**texts) == HEAD.replace(before, after)


def test_a_value_that_was_not_there_stands_last() -> None:
    head = "---\ntitle: A\nsummary:\n---\n"
    assert (
        changed(head, summary="S", reviewed="2026-11-01")
        == "---\ntitle: A\nsummary: S\nreviewed: 2026-11-01\n---\n"
    )


def test_preview_is_a_yes_or_no_line() -> None:
    facts = facts_in(HEAD)
    assert facts is not None
    assert facts.is_preview
    assert with_facts(HEAD, replace(facts, is_preview=False)) == HEAD.replace("preview: true\n", "")


@pytest.mark.parametrize(
    ("objectives", "before", "after"),
    [
        ((("name-bricks", "Name all"), ("count", "Count: all of them")), "Name the bricks", "Name all"),
        ((("name-bricks", "Name the bricks"), ("count", "Count")), '"Count: all of them"', "Count"),
        ((("count", "Count"),), HEAD[HEAD.index("  name-b") : HEAD.index("preview")], "  count: Count\n"),
        ((), HEAD[HEAD.index("objectives") : HEAD.index("preview")], ""),
    ],
)
def test_objectives_change_where_their_ids_stand(
    objectives: tuple[tuple[str, str], ...], before: str, after: str
) -> None:
    facts = facts_in(HEAD)
    assert facts is not None
    assert with_facts(HEAD, replace(facts, objectives=objectives)) == HEAD.replace(before, after)


@pytest.mark.parametrize(
    "text", ["yes", "- a", "a: b", "'", '"q"', "&x", "{a}", "[b]", "%", "@k", "a #b", "null", "é“”"]
)
def test_any_text_reads_back(text: str) -> None:
    head = changed(title=text, summary=text)
    assert (plain(head, "title"), plain(head, "summary")) == (text, text)


def test_objectives_are_lines_of_id_and_text() -> None:
    assert read_objectives("one: A b\n\n two :  C: d \n") == (("one", "A b"), ("two", "C: d"))
    with pytest.raises(InvalidInput, match="without"):
        read_objectives("one: A\nwithout an id")


@pytest.mark.parametrize("head", ["", "---\ntitle: [a\n---\n", "---\n- a\n---\n"])
def test_front_matter_that_cannot_be_read_is_no_form(head: str) -> None:
    assert facts_in(head) is None
