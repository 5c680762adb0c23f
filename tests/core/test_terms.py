"""Terms of the glossary, explained where a text names them."""

import pytest

from core import markup
from tests.core.dialect import DRAWING, render

TERMS = {"mast cell": ("mast-cell", 'A cell that "stores" histamine'), "itch": ("itch", "An urge & more")}


def test_a_term_is_explained_once_in_each_section() -> None:
    page = render("Mast cells and a mast cell.\n\n## Mast cell\n\nThe mast cell and itch, itch.")

    html = markup.mark_terms(page.html, TERMS)

    assert html.count('role="tooltip"') == 3
    assert (
        '<span class="term"><a href="/glossary#mast-cell" aria-describedby="term-mast-cell-1">Mast cells</a>'
        '<span class="term-tip" role="tooltip" id="term-mast-cell-1">'
        'A cell that "stores" histamine</span></span>'
        " and a mast cell."
    ) in html
    assert '<h2 id="mast-cell">Mast cell</h2>' in html
    assert "An urge &amp; more</span></span>, itch." in html


@pytest.mark.parametrize(
    "text",
    [
        "[itch](http://x.example)",
        "`itch`",
        "## itch",
        "```\nitch\n```",
        '!!! say "itch"\n    x',
        "itching anti-itch itch-free",
        "> itch",
        "![itch](media/a.svg)",
    ],
)
def test_a_term_is_left_alone_where_it_would_disturb(text: str) -> None:
    page = render(text)

    assert markup.mark_terms(page.html, TERMS) == page.html


def test_a_drawing_keeps_the_case_of_its_names_when_terms_are_marked() -> None:
    page = markup.place_figures(render("![a](media/a.svg)\n\nitch"), {"media/a.svg": DRAWING}, {}, "b/media")

    assert 'viewBox="0 0 640 400"' in markup.mark_terms(page.html, TERMS)
