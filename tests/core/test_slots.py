"""Callouts of the lesson dialect, and the slots that a reader's own parts are put into."""

import re

import pytest
from markupsafe import Markup

from core import markup
from core.markup.rendered import Slot
from tests.core.dialect import render


@pytest.mark.parametrize(
    ("word", "title"),
    [
        ("pearl", "Clinical pearl"),
        ("caution", "Know your line"),
        ("practice", "In the treatment room"),
        ("unknown", "What is not known"),
        ("say", "Words to use"),
    ],
)
def test_an_admonition_is_an_aside_named_by_its_title(word: str, title: str) -> None:
    html = render(f"!!! {word}\n    Text.").html

    assert f'<aside class="callout {word}" role="note" aria-labelledby="callout-1">' in html
    assert re.search(rf'<p class="callout-title" id="callout-1"><svg class="icon".*</svg>{title}</p>', html)


def test_an_admonition_may_have_a_title_of_its_own() -> None:
    page = render('!!! say "Words for *Tuesday*"\n    Text.')

    assert "</svg><span>Words for <em>Tuesday</em></span></p>" in page.html
    assert page.text == "Words for Tuesday\nText."


def test_the_house_s_own_titles_are_not_text_of_the_lesson() -> None:
    assert render("!!! pearl\n    Ask first.").text == "Ask first."


def test_a_reflection_is_a_slot_that_holds_its_prompt() -> None:
    page = render("!!! reflect first-client\n    What did *you* see?")

    assert '<div class="slot slot-reflect" data-slot="reflect:first-client"' in page.html
    assert page.reflections[0].id == "first-client"
    assert page.reflections[0].prompt_html == "<p>What did <em>you</em> see?</p>"


def test_a_text_is_cut_at_its_slots() -> None:
    page = render(
        "A [[tool: map]] b.\n\n!!! practice\n    c\n\n    [[check: q-1]]\n\n    d\n\n"
        "!!! reflect one\n    e\n\n[[video: media/f.mp4]]"
    )

    parts = markup.split_slots(page.html)

    assert [(part.kind, part.name, part.inline) for part in parts if isinstance(part, Slot)] == [
        ("tool", "map", True),
        ("check", "q-1", False),
        ("reflect", "one", False),
        ("video", "media/f.mp4", False),
    ]
    assert parts[0] == Markup("<p>A ")
    assert (
        next(part for part in parts if isinstance(part, Slot) and part.kind == "reflect").html == "<p>e</p>"
    )
    stored = markup.to_parts(page.html)
    assert [part if isinstance(part, str) else part["kind"] for part in stored][:2] == ["<p>A ", "tool"]
    assert (page.checks, page.tools, page.videos) == (("q-1",), ("map",), ("media/f.mp4",))


def test_parts_between_slots_lose_nothing() -> None:
    page = render("A & b\n\n[[check: q]]\n\n<b>c</b> &lt;d&gt;")

    first, slot, last = markup.split_slots(page.html)

    assert (first.strip(), last.strip()) == ("<p>A &amp; b</p>", "<p><b>c</b> &lt;d&gt;</p>")
    assert isinstance(first, Markup)
    assert isinstance(slot, Slot)


@pytest.mark.parametrize(
    "text", ["`[[check: q]]`", "```\n[[check: q]]\n```", "[[other: q]]", "    [[check: q]]"]
)
def test_what_only_looks_like_a_slot_is_none(text: str) -> None:
    assert render(text).checks == ()


def test_slots_on_neighbouring_lines_stand_in_order_with_the_text_around_them() -> None:
    page = render("Before\n[[check: a]]\n[[check: b]]\nafter")

    assert page.checks == ("a", "b")
    assert page.html.startswith("<p>Before</p>")
    assert page.html.endswith("<p>after</p>")
