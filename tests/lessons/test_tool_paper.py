"""The printed tool: everything that the page says, on A4, tagged, with embedded fonts and numbered pages."""

import io
import unicodedata
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader

from core.markup import render_many
from core.markup.rendered import Rendered, Source
from lessons.tools.blocks import blocks_of
from lessons.tools.paper import Sheet, render_pdf

TEXT = """Name: ____ Date: ____

Itch 0 1 2 3 4 5 6 7 8 9 10

What hurts?
____

## Week 1

- [ ] New **cream**
- plain [link](https://example.org/a) and [lesson](/tools/other)

- [ ] One *thing*
- [ ] [ ] yes

1. First

| | Mon | Tue |
|---|---|---|
| Itch | | |

!!! caution "Stop"
    When it hurts [@garg2001 early].

> Quoted
"""


def page_of(text: str) -> str:
    result = render_many([Source(text, "courses/a/tools/b.md", "tool")])[0]
    assert isinstance(result, Rendered)
    return str(result.html)


SHEET = Sheet(
    school="Fern House School",
    colour_primary="#9c3d28",
    site="https://school.example",
    title="Evening diary",
    summary="Two minutes a day.",
    html=page_of(TEXT),
    reviewed=date(2026, 11, 21),
    version="Version of 21 November 2026",
    disclaimer="It makes no diagnosis; in an emergency call 112.",
    sources=("Garg A. Stress. 2001.",),
)


def reader_of(sheet: Sheet) -> PdfReader:
    return PdfReader(io.BytesIO(render_pdf(sheet)))


def text_of(page: Any) -> str:
    return unicodedata.normalize("NFKC", " ".join(page.extract_text().split()))


def test_a_sheet_says_everything_that_the_page_says() -> None:
    text = text_of(reader_of(SHEET).pages[0])

    for words in (
        "Evening diary", "Two minutes a day.", "Name:", "Date:", "Week 1", "New cream", "One thing", "First", "Mon",
        "When it hurts", "Quoted", "Garg A. Stress. 2001.", "Fern House School", "Version of 21 November 2026",
        "Page 1 of 1", "in an emergency call 112",
    ):  # fmt: skip
        assert words in text, words


def test_it_is_a4_tagged_titled_and_its_fonts_are_inside() -> None:
    pdf = reader_of(SHEET)
    page = pdf.pages[0]
    root: Any = pdf.trailer["/Root"]
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object() for font in page["/Resources"]["/Font"].values()
    ]

    assert [round(float(each)) for each in page.mediabox[2:]] == [595, 842]
    assert (root["/MarkInfo"]["/Marked"], root["/Lang"]) == (True, "en")
    assert pdf.metadata is not None
    assert (pdf.metadata.title, pdf.metadata.author) == ("Evening diary", "Fern House School")
    claims = root["/Metadata"].get_data()
    assert all(name in claims for name in (b"pdfuaid", b"pdfaid"))
    assert fonts
    assert all({"/FontFile2", "/FontFile3"} & set(font["/FontDescriptor"].get_object()) for font in fonts)


def test_links_lead_somewhere_from_paper() -> None:
    annotations = [each.get_object() for each in reader_of(SHEET).pages[0]["/Annots"]]

    assert {each["/A"]["/URI"] for each in annotations} == {
        "https://example.org/a", "https://school.example/tools/other",
    }  # fmt: skip


def test_every_page_says_the_disclaimer_and_its_number() -> None:
    pages = reader_of(replace(SHEET, html=page_of("Line after line.\n\n" * 90))).pages

    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in text_of(page)
        assert text_of(page).count("in an emergency call 112") == 1


def test_the_same_sheet_gives_the_same_bytes_and_a_letter_without_a_font_costs_nobody_the_sheet() -> None:
    first = render_pdf(SHEET)
    render_pdf.cache_clear()

    assert render_pdf(SHEET) == first
    assert len(reader_of(replace(SHEET, school="𓂀 School")).pages) == 1


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Name: ____", ["row"]), ("Itch 0 1 2 3 4 5 6 7 8 9 10", ["scales"]), ("a\n____", ["paragraph", "lines"]),
        ("- [ ] a", ["boxes"]), ("- a", ["bullets"]), ("1. a", ["numbers"]), ("| a |\n|---|\n| |", ["table"]),
        ("## a\n\nb", ["heading", "paragraph"]), ("> a", ["quote"]), ("!!! pearl\n    a", ["callout"]),
        ("Term\n: meaning", ["paragraph", "paragraph"]), ("    code", ["paragraph"]),
    ],
)  # fmt: skip
def test_each_part_of_a_text_is_a_block(text: str, kinds: list[str]) -> None:
    assert [block["kind"] for block in blocks_of(page_of(text))] == kinds


def test_headings_go_down_by_single_steps() -> None:
    blocks = blocks_of(page_of("### a\n\n#### b\n\n## c\n\n> #### d"))

    assert [block["level"] for block in blocks[:3]] == [1, 2, 1]
    assert blocks[3]["blocks"][0]["level"] == 2


@pytest.mark.parametrize(
    "text",
    [
        "## \n\na",
        "a\n\n<table></table>",
        "a\n\n<ul></ul>",
        "- [ ]\n- [ ] a",
        "- \n- a",
        "| a | b |\n|---|---|",
    ],
)
def test_parts_without_content_cost_nobody_the_sheet(text: str) -> None:
    assert render_pdf(replace(SHEET, html=page_of(text))).startswith(b"%PDF")


def test_the_words_of_a_sheet_are_words_and_no_source() -> None:
    said = '#panic("x") $y$ @label <label> #set page(width: 1cm)'

    text = text_of(
        reader_of(replace(SHEET, school=said, title=said, html=page_of("Say `#panic(1)`."))).pages[0]
    )

    assert text.count('#panic("x") $y$ @label <label>') >= 2
    assert "Say #panic(1)." in text


def test_a_sheet_is_set_anew_when_the_school_says_something_else_and_few_are_kept() -> None:
    render_pdf.cache_clear()
    for number in range(40):
        text = text_of(reader_of(replace(SHEET, disclaimer=f"In an emergency call {number}.")).pages[0])
        assert f"call {number}." in text

    assert render_pdf.cache_info().currsize == 32


def test_an_entry_is_printed_without_the_box_that_is_drawn_beside_it() -> None:
    (boxes,) = blocks_of(page_of("- [ ] a [ ] b\n- [ ] c: ____"))

    assert [run["kind"] for run in boxes["items"][0][0]["runs"]] == ["text", "box", "text"]
    assert [run["kind"] for run in boxes["items"][1][0]["cells"][0]] == ["text", "blank"]
