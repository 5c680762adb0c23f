"""Markdown of the public: safe whatever it holds, in time in proportion to its length."""

from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marking.public_text import render

TAGS = {
    "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "pre", "code", "strong", "em", "br", "div", "table",
    "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"class", "tabindex", "role", "aria-label", "scope"}
HOSTILE = [
    "<script>alert(1)</script>", "[a](javascript:alert(1))", "![x](https://example.org/a.png)", "<img src=x onerror=a>",
    '**<b onclick="x">**', "| <svg/onload=a> | b |\n|---|---|\n| `<i>` | \" |", "> <style>", "```\n</pre><script>\n```",
    "# <h1>", "&lt;script&gt;", "*<a href='x'>*",
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
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("text", HOSTILE)
def test_no_tag_of_an_author_survives(text: str) -> None:
    seen = Seen(render(text))

    assert seen.tags <= TAGS
    assert seen.attributes <= ATTRIBUTES
    assert not seen.open


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
@given(st.text(alphabet=st.sampled_from("ab #-*`>|\n1.<&\"'[]()!"), max_size=200))
def test_whatever_is_written_gives_whole_and_known_markup(text: str) -> None:
    seen = Seen(render(text))

    assert seen.tags <= TAGS
    assert not seen.open


@pytest.mark.parametrize("unit", ["[", "*", "**a", "`", "|", "- ", "> ", "#", "|-", "1. ", "*a *", "\n|"])
def test_long_texts_of_one_sign_are_soon_done(unit: str) -> None:
    assert render(unit * 12_000) is not None


def test_a_plan_reads_as_it_was_meant() -> None:
    html = render(
        "# Plan\n\nOne **bold** and *soft* `x`\nsecond line\n\n- a\n- b\n\n1. c\n\n| A | B |\n|---|---|\n| 1 | 2 |"
    )

    assert "<h3>Plan</h3>" in html
    assert "<p>One <strong>bold</strong> and <em>soft</em> <code>x</code><br>second line</p>" in html
    assert "<ul><li>a</li><li>b</li></ul>" in html
    assert "<ol><li>c</li></ol>" in html
    assert '<th scope="col">A</th>' in html
    assert "<td>2</td>" in html
