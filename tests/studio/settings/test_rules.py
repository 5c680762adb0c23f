"""A course's settings to and from its text: what is not changed keeps its bytes."""

import pytest

from studio.settings.rules import (
    duplicate_of,
    money_changes,
    new_problems,
    new_text,
    settings_of,
    with_settings,
)

TEXT = """\
---
# The course.
title: Skin  # as on the door
collection: Foundations
language: en
price: "49.00"
currency: EUR
prices:
  USD: "55.00"
outcomes:
  - Tell bricks
  # The second.
  - Know a wall
authors: [ada]
modules:
  - slug: wall
    title: The wall
    steps:
      - lessons/bricks
      - [hair/lessons/roots]
certificate:
  requires: [lessons/bricks]
  pass: 80
faq:
  - question: How long?
    answer: >-
      An hour.
---

Read [this](lessons/bricks.md).
"""


def test_what_the_form_shows_changes_nothing_when_it_comes_back():
    assert with_settings(TEXT, settings_of(TEXT)) == TEXT


@pytest.mark.parametrize(
    ("wished", "old", "new"),
    [
        ({"title": "Walls"}, "title: Skin  #", "title: Walls  #"),
        ({"price": "59.00"}, '"49.00"', '"59.00"'),
        ({"prices": "USD: 55.00\ngbp: 44.00"}, '"55.00"\n', '"55.00"\n  GBP: 44.00\n'),
        ({"outcomes": "Tell bricks\nKnow two walls"}, "Know a wall", "Know two walls"),
        ({"authors": ["ada", "ben"]}, "[ada]", "[ada, ben]"),
        ({"requires": ["hair"]}, "modules:\n", "requires:\n  - hair\nmodules:\n"),
        ({"collection": ""}, "collection: Foundations\n", ""),
        ({"opens": {"wall": ("7", "")}}, "    steps:\n", "    opens:\n      days: 7\n    steps:\n"),
        ({"faq": []}, "faq:\n  - question: How long?\n    answer: >-\n      An hour.\n", ""),
        ({"body": "Buy."}, "Read [this](lessons/bricks.md).", "Buy."),
        ({"certified": True, "certificate_steps": [], "pass": "80", "valid_months": "", "category": ""},
         "requires: [lessons/bricks]", "requires: all"),
        ({"certified": False}, "certificate:\n  requires: [lessons/bricks]\n  pass: 80\n", ""),
    ],
)  # fmt: skip
def test_a_value_that_differs_changes_its_own_lines(wished, old, new):
    assert with_settings(TEXT, wished) == TEXT.replace(old, new)


def test_another_price_is_known_as_one_and_the_same_is_not():
    there = settings_of(TEXT)

    assert money_changes(there, {"price": "48.00"})
    assert not money_changes(there, {"title": "Other", "price": "49.00"})


def test_only_what_the_form_made_wrong_is_named():
    wrong = with_settings(TEXT.replace("title: The wall", "title: "), {"language": "german"})

    messages = [
        one.message for one in new_problems(TEXT.replace("title: The wall", "title: "), wrong, "skin")
    ]
    assert messages == ["language: “german” cannot be read"]


def test_a_duplicate_borrows_the_steps_of_the_first():
    copy = duplicate_of(TEXT, "skin", "Skin again")

    assert "title: Skin again  # as on the door" in copy
    assert "      - skin/lessons/bricks\n      - [hair/lessons/roots]\n" in copy
    assert "requires: [skin/lessons/bricks]" in copy
    assert "(../skin/lessons/bricks.md)" in copy


def test_a_new_course_lacks_nothing_but_its_outline():
    text = new_text("Walls: a start", "Foundations", "en", "EUR", ["ada"])

    assert [one.message for one in new_problems("---\n", text, "walls")] == ["modules: is empty"]
    assert settings_of(text)["title"] == "Walls: a start"
