"""The outline in the text of a course: each edit changes its lines and no other."""

import pytest

from core.errors import InvalidInput, NotFound
from studio.outline.rules import (
    Step,
    add_module,
    add_step,
    drop_module,
    drop_step,
    modules_of,
    place_step,
    rename_module,
    set_required,
    shift_module,
    shift_step,
    slug_of,
)

TEXT = """\
---
title: Skin
modules:
  - slug: wall
    title: The wall
    steps:
      - lessons/bricks
      - [lessons/mortar]  # for the curious
  # In the second week.
  - slug: practice
    title: In practice
    steps:
      - quizzes/wall-quiz
      - hair/lessons/roots
  - slug: later
    title: Later
    steps: []
certificate: {requires: all}
---

Sales.
"""


def _shape(text: str) -> list[tuple[str, str]]:
    """Modules with the slugs of their steps; an optional one in brackets."""
    return [
        (held.slug, " ".join(step.slug if step.required else f"[{step.slug}]" for step in held.steps))
        for held in modules_of(text, "skin")
    ]


WALL, PRACTICE, LATER = ("wall", "bricks [mortar]"), ("practice", "wall-quiz roots"), ("later", "")


@pytest.mark.parametrize(
    ("edit", "shape"),
    [
        (lambda text: text, [WALL, PRACTICE, LATER]),
        (lambda text: add_module(text, "The wall"), [WALL, PRACTICE, LATER, ("the-wall", "")]),
        (lambda text: shift_module(text, "wall", 1), [PRACTICE, WALL, LATER]),
        (lambda text: shift_module(text, "wall", -1), [WALL, PRACTICE, LATER]),
        (lambda text: drop_module(text, "later"), [WALL, PRACTICE]),
        (lambda text: add_step(text, "skin", Step("skin/lessons/new", True), "later"),
         [WALL, PRACTICE, ("later", "new")]),
        (lambda text: drop_step(text, "skin", "skin/lessons/bricks"), [("wall", "[mortar]"), PRACTICE, LATER]),
        (lambda text: shift_step(text, "skin", "skin/lessons/bricks", 1),
         [("wall", "[mortar] bricks"), PRACTICE, LATER]),
        (lambda text: shift_step(text, "skin", "skin/lessons/mortar", 1),
         [("wall", "bricks"), ("practice", "[mortar] wall-quiz roots"), LATER]),
        (lambda text: shift_step(text, "skin", "skin/quizzes/wall-quiz", -1),
         [("wall", "bricks [mortar] wall-quiz"), ("practice", "roots"), LATER]),
        (lambda text: shift_step(text, "skin", "skin/lessons/bricks", -1), [WALL, PRACTICE, LATER]),
        (lambda text: place_step(text, "skin", "hair/lessons/roots", "later", 9),
         [WALL, ("practice", "wall-quiz"), ("later", "roots")]),
        (lambda text: set_required(text, "skin", "hair/lessons/roots", False),
         [WALL, ("practice", "wall-quiz [roots]"), LATER]),
        (lambda text: set_required(text, "skin", "skin/lessons/mortar", True),
         [("wall", "bricks mortar"), PRACTICE, LATER]),
    ],
)  # fmt: skip
def test_an_edit_changes_the_outline_and_keeps_comments_and_body(edit, shape):
    edited = edit(TEXT)

    assert _shape(edited) == shape
    assert "  # In the second week.\n  - slug: practice\n" in edited
    assert edited.endswith("certificate: {requires: all}\n---\n\nSales.\n")


def test_a_module_keeps_its_slug_when_its_title_changes():
    edited = rename_module(TEXT, "wall", "The wall: a first look")

    assert edited == TEXT.replace("title: The wall", 'title: "The wall: a first look"')


@pytest.mark.parametrize(
    ("edit", "error"),
    [
        (lambda: drop_module(TEXT, "wall"), InvalidInput),
        (lambda: add_step(TEXT, "skin", Step("skin/quizzes/bricks", True), "later"), InvalidInput),
        (lambda: rename_module(TEXT, "cellar", "Cellar"), NotFound),
        (lambda: drop_step(TEXT, "skin", "skin/lessons/roots"), NotFound),
    ],
)
def test_what_cannot_be_done_is_refused(edit, error):
    with pytest.raises(error):
        edit()


@pytest.mark.parametrize(
    ("title", "taken", "slug"),
    [
        ("The Wall", (), "the-wall"),
        ("Größe & Maß", (), "grosse-mass"),
        ("Don't pick", (), "dont-pick"),
        ("皮膚", (), "lesson"),
        ("The wall", ("the-wall", "the-wall-2"), "the-wall-3"),
    ],
)
def test_a_title_gives_a_slug_that_no_other_has(title, taken, slug):
    assert slug_of(title, taken, "lesson") == slug
