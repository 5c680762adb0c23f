"""The lesson dialect from Markdown to the house's markup."""

import pytest

from core import markup
from core.markup.rendered import Heading, Rendered, Source
from tests.core.dialect import NAME, Inspector, render


def test_tables_scroll_in_a_named_box_and_have_no_inline_style() -> None:
    html = render("Peptide | Minutes\n--|--:\nCRH | 5").html

    assert (
        '<div class="table-box" tabindex="0" role="group" aria-label="Table 1: Peptide, Minutes"><table>'
        in html
    )
    assert '<th class="r" scope="col">Minutes</th>' in html
    assert '<td class="r">5</td>' in html
    assert "style" not in html


def test_a_footnote_leads_there_and_back_by_letter() -> None:
    html = render("Text[^n].\n\n[^n]: Note.").html

    assert (
        '<sup id="fnref:n"><a class="footnote-ref" href="#fn:n" role="doc-noteref" '
        'aria-label="Footnote a">a</a>' in html
    )
    assert '<section class="footnotes" role="doc-endnotes" aria-label="Footnotes">' in html
    assert '<li id="fn:n">' in html
    assert 'href="#fnref:n" role="doc-backlink" aria-label="Back to the text"' in html


def test_a_quotation_is_pulled() -> None:
    assert '<blockquote class="pull">\n<p>Start anywhere.</p>' in render("> Start anywhere.").html


def test_of_an_attribute_list_only_id_and_class_survive() -> None:
    html = render("## Title {: #own .wide title=x onclick=y data-z=1 }").html

    assert html == '<h2 class="wide" id="own">Title</h2>'


def test_headings_have_stable_ids_of_their_own() -> None:
    page = render("## The flare\n\n## The flare\n\n## Mast cells [@a]")

    assert [heading.id for heading in page.outline] == ["the-flare", "the-flare_1", "mast-cells"]
    assert page.outline[2].title == "Mast cells"


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("../lessons/mast-cells.md#the-flare", "mast-cells#the-flare"),
        ("mast-cells.md", "mast-cells"),
        ("../quizzes/cycle.md", "quizzes/cycle"),
        ("../tools/map.md", "/tools/map"),
        ("../../gut/lessons/x.md#y", "../gut/x#y"),
        ("../course.md", "/courses/skin"),
        ("../../../glossary.md#mast-cell", "/glossary#mast-cell"),
        ("../../../articles/itch.md", "/articles/itch"),
        ("/courses", "/courses"),
    ],
)
def test_a_link_of_the_bundle_becomes_an_address(written: str, address: str) -> None:
    page = render(f"[x]({written})")

    assert f'<a href="{address}">x</a>' in page.html
    assert page.links[0].written == written


def test_links_are_known_by_the_file_and_heading_they_lead_to() -> None:
    page = render("[x](../lessons/mast-cells.md#the-flare) [y](#here) [z](https://x.example)")

    assert [(link.file, link.fragment) for link in page.links] == [
        ("courses/skin/lessons/mast-cells.md", "the-flare"),
        (NAME, "here"),
        (None, ""),
    ]


def test_a_link_outward_does_not_hand_over_its_page() -> None:
    assert '<a href="https://x.example" rel="noopener noreferrer">' in render("[x](https://x.example)").html


def test_no_id_stands_twice() -> None:
    page = render('<i id="a">x</i> <i id="a">y</i>\n\n## A\n\nx [@k] y [@k]\n\n[[tool: t]]\n\n[[tool: t]]')

    ids = Inspector(page.html).ids
    assert len(ids) == len(set(ids))


def test_each_stopping_place_has_its_minutes() -> None:
    page = render(
        "Intro.\n\n## One\n\n"
        + "word " * 201
        + "\n\n[[check: q]]\n\n### Deeper\n\n![a](media/a.svg)\n\n## Two\n\nx"
    )

    assert page.outline == (
        Heading("one", "One", 2, 202, 5),
        Heading("deeper", "Deeper", 3, 0, 0),
        Heading("two", "Two", 2, 1, 1),
    )
    assert [section.id for section in page.sections] == ["", "one", "two"]
    assert page.minutes == 5


def test_the_plain_text_holds_no_apparatus() -> None:
    page = render("Skin [@a early], nerve [opinion].[^1]\n\n- one\n- two\n\n[^1]: Note.")

    assert page.text == "Skin, nerve.\none\ntwo\nNote."


def test_every_name_that_must_exist_elsewhere_has_its_line() -> None:
    page = markup.render_many(
        [Source("a [@k]\n\n[[check: q]]\n\n`[@no]`\n[@k; @j early]", NAME, first_line=10)]
    )[0]

    assert isinstance(page, Rendered)
    assert [(mention.kind, mention.name, mention.line) for mention in page.mentions] == [
        ("cite", "k", 10),
        ("check", "q", 12),
        ("cite", "k", 15),
        ("cite", "j", 15),
    ]


def test_short_texts_carry_a_prefix_and_an_option_no_paragraph() -> None:
    block, inline = markup.render_many(
        [
            Source("## H\n\nx [@k]", NAME, "block", prefix="q1-"),
            Source("The *axis* [@k early]", NAME, "inline"),
        ]
    )

    assert isinstance(block, Rendered)
    assert isinstance(inline, Rendered)
    assert '<h2 id="q1-h">' in block.html
    assert 'href="#q1-ref-1"' in block.html
    assert 'id="q1-cite-1"' in block.html
    assert inline.html.startswith("The <em>axis</em><span")


def test_a_text_shown_elsewhere_links_to_steps_from_there() -> None:
    (page,) = markup.render_many([Source("[x](../lessons/b.md#c)", NAME, "block", base="/learn/skin/")])

    assert isinstance(page, Rendered)
    assert 'href="/learn/skin/b#c"' in page.html


def test_a_request_needs_no_markdown() -> None:
    import subprocess
    import sys

    code = "import sys, core.markup; sys.exit(bool({'markdown', 'PIL'} & set(sys.modules)))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
