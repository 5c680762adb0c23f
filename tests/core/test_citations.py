"""Citations of the lesson dialect: numbered, and said with their certainty."""

import pytest

from core import markup
from core.markup.rendered import Citation
from tests.core.dialect import render


def test_sources_are_numbered_by_first_appearance_and_said_with_the_certainty_of_the_claim() -> None:
    page = render("One [@b early]. Two [@a; @b moderate]. Three [@book].")

    assert page.cited == (
        Citation("b", ("early", "moderate")),
        Citation("a", ("moderate",)),
        Citation("book"),
    )
    assert (
        '<a href="#ref-1" class="cite-link" aria-label="Source 1, early certainty" id="cite-1">1</a>'
        in page.html
    )
    assert '<span class="grade early" aria-hidden="true">early</span></span>.' in page.html
    assert 'aria-label="Source 2, moderate certainty" id="cite-2">2</a>, <a href="#ref-1"' in page.html
    assert 'aria-label="Source 3" id="cite-3">3</a>' in page.html
    assert "One<span" in page.html


def test_opinion_is_a_word_without_a_source() -> None:
    page = render("I think so [opinion].")

    assert page.cited == ()
    assert 'so <span class="grade opinion"><span class="vh">certainty: </span>opinion</span>.' in page.html


@pytest.mark.parametrize(
    "text",
    [
        "[@home](http://x.example)",
        "[@home][ref]\n\n[ref]: http://x.example",
        "`[@key early]`",
        r"\[@key early]",
        "```\n[@key early]\n```",
        "    [@key early]",
        "[@Key early]",
        "[@key likely]",
        "[@a, @b]",
        "[opinion](http://x.example)",
        "`[opinion]`",
    ],
)
def test_what_only_looks_like_a_citation_is_none(text: str) -> None:
    page = render(text)

    assert page.cited == ()
    assert "grade" not in page.html


@pytest.mark.parametrize(
    "text",
    [
        "!!! pearl\n    x [@key early]",
        "a | b\n--|--\nx | y [@key early]",
        "- x [@key early]",
        "x[^1]\n\n[^1]: y [@key early]",
        "> x [@key early]",
        "Term\n: x [@key early]",
        "x [@key\nearly]",
    ],
)
def test_a_citation_is_read_wherever_text_stands(text: str) -> None:
    assert render(text).cited == (Citation("key", ("early",)),)


def test_a_citation_inside_a_list_is_numbered_where_it_stands_on_the_page() -> None:
    page = render("*one [@a]* two [@b]\n\n- three [@c]\n    - four [@d]\n- five [@e]\n")

    assert [citation.key for citation in page.cited] == ["a", "b", "c", "d", "e"]


def test_a_citation_without_a_word_says_the_design_of_its_source() -> None:
    html = markup.name_designs(render("x [@book] y [@a early]").html, {"book": "textbook", "a": "cohort"})

    assert 'aria-label="Source 1, textbook"' in html
    assert '<span class="grade design" aria-hidden="true">textbook</span>' in html
    assert "cohort" not in html
