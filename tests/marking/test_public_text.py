"""Markdown of the public: safe whatever it holds, in time in proportion to its length."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marking.public_text import render

TAGS = {
    "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "pre", "code", "strong", "em", "br", "div", "table",
    "thead", "tbody", "tr", "th", "td", "hr",
}  # fmt: skip
ATTRIBUTES = {"class", "tabindex", "role", "aria-label", "scope", "start"}
VOID = {"br", "hr"}
HOSTILE = [
    "<script>alert(1)</script>", "[a](javascript:alert(1))", "![x](https://example.org/a.png)", "<img src=x onerror=a>",
    '**<b onclick="x">**', "| <svg/onload=a> | b |\n|---|---|\n| `<i>` | \" |", "> <style>", "```\n</pre><script>\n```",
    "# <h1>", "&lt;script&gt;", "*<a href='x'>*", "<https://example.org>", "[a]\n\n[a]: javascript:alert(1)",
    "| a |\n|:-:|\n| b |", '```" onload="a\nx\n```', "![a][b]\n\n[b]: x", "<!-- -->", "<![CDATA[a]]>", "<?php ?>",
]  # fmt: skip


class Seen(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("text", HOSTILE)
def test_no_tag_of_an_author_survives(text: str) -> None:
    seen = Seen(render(text))

    assert seen.tags <= TAGS
    assert seen.attributes <= ATTRIBUTES
    assert not seen.open


@given(st.text(alphabet=st.sampled_from("ab #-*`>|\n1.<&\"'[]()!"), max_size=200))
def test_whatever_is_written_gives_whole_and_known_markup(text: str) -> None:
    seen = Seen(render(text))

    assert seen.tags <= TAGS
    assert seen.attributes <= ATTRIBUTES
    assert not seen.open


UNITS = [
    "[",
    "*",
    "**a",
    "`",
    "|",
    "- ",
    "> ",
    "#",
    "|-",
    "1. ",
    "*a *",
    "\n|",
    "a**b_",
    "- a\n  ",
    "![",
    "<",
    "a|b\n-|\n",
]


@pytest.mark.parametrize("unit", UNITS)
def test_long_texts_of_one_sign_are_soon_done(unit: str) -> None:
    assert render(unit * 12_000) is not None


def test_a_short_text_does_not_become_a_huge_table() -> None:
    """Missing cells are written, so that 26,000 rows of a wide table would be 65,000 cells."""
    wide = "|" + "a|" * 200 + "\n|" + "-|" * 200 + "\n"

    assert "<table>" in render(wide + "|\n" * 20)
    assert "<table>" not in render(wide + "|\n" * 20_000)


def test_a_plan_reads_as_it_was_meant() -> None:
    html = render(
        "# Plan\n\nOne **bold** and *soft* `x`\nsecond line\n\n- a\n- b\n\n1. c\n\n| A | B |\n|---|---|\n| 1 | 2 |"
    )

    assert "<h3>Plan</h3>" in html
    assert "<p>One <strong>bold</strong> and <em>soft</em> <code>x</code><br>\nsecond line</p>" in html
    assert "<ul>\n<li>a</li>\n<li>b</li>\n</ul>" in html
    assert "<ol>\n<li>c</li>\n</ol>" in html
    assert '<th scope="col">A</th>' in html
    assert "<td>2</td>" in html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("    indented", "<p>indented</p>\n"), ("A line\n---", "<p>A line</p>\n<hr>\n"),
        ("see [x](https://example.org)", "<p>see [x](https://example.org)</p>\n"),
        ("5 &lt; 6 &amp; 7", "<p>5 &amp;lt; 6 &amp;amp; 7</p>\n"), ("```py\na < b\n```", "<pre>a &lt; b\n</pre>\n"),
        ("####### seven", "<p>####### seven</p>\n"), ("###### six", "<h6>six</h6>\n"), ("", ""), (" \n", ""),
    ],
)  # fmt: skip
def test_what_nobody_means_in_plain_text_stays_as_it_was_typed(text: str, shown: str) -> None:
    assert render(text) == shown
