import io
import re
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from certificates.ornament import frame, medallion, pale, tint
from certificates.paper import SHEETS, Paper, render_pdf

PAPER = Paper(
    school="Fern House School",
    colour_primary="#9c3d28",
    colour_accent="#c9795b",
    holder="Dana Okafor",
    course="The Stress–Skin Cycle",
    issued_on=date(2026, 11, 14),
    issued="Issued 14 November 2026",
    contact_hours="",
    assessed="",
    certificate_id="7Q4M-2X9K-H3TB-0VWE-C8RN",
    verify_url="https://school.example/certificates/7Q4M2X9KH3TB0VWEC8RN",
    verify_at="",
    signatory="Mara Ellery",
    signed_as="Mara Ellery, instructor",
)


@pytest.mark.parametrize(("size", "millimetres"), [("a4", (297, 210)), ("letter", (279.4, 215.9))])
def test_a_sheet_is_one_landscape_page_of_its_size(size, millimetres) -> None:
    pages = PdfReader(io.BytesIO(render_pdf(PAPER, size))).pages

    box = pages[0].mediabox
    assert len(pages) == 1
    assert tuple(round(float(edge) / 72 * 25.4, 1) for edge in (box.width, box.height)) == millimetres


@pytest.mark.parametrize("size", list(SHEETS))
def test_no_line_of_the_border_leaves_the_sheet_or_enters_its_middle(size) -> None:
    width, height = SHEETS[size]
    drawn = ElementTree.fromstring(frame(width, height, "#9c3d28", "#c9795b"))

    for path in drawn.iter("{http://www.w3.org/2000/svg}path"):
        numbers = [float(number) for number in re.findall(r"-?[0-9.]+", path.attrib["d"])]
        for x, y in zip(numbers[::2], numbers[1::2], strict=True):
            assert min(x, width - x) > 3
            assert min(y, height - y) > 3
            assert min(x, width - x) < 18 or min(y, height - y) < 18


def test_the_border_is_drawn_in_the_schools_colours() -> None:
    drawn = frame(297.0, 210.0, "#123456", "#654321")

    assert "#123456" in drawn
    assert tint("#654321", 0.55) in drawn
    assert "#9c3d28" not in drawn


def test_the_medallion_is_closed_rings() -> None:
    for path in ElementTree.fromstring(medallion(84.0, "#c9795b")).iter("{http://www.w3.org/2000/svg}path"):
        numbers = [float(number) for number in re.findall(r"-?[0-9.]+", path.attrib["d"])]
        assert numbers[:2] == pytest.approx(numbers[-2:], abs=0.02)


def test_a_tint_goes_towards_white() -> None:
    assert tint("#000000", 0.5) == "#808080"
    assert tint("#9c3d28", 1) == "#9c3d28"
    assert tint("#9c3d28", 0) == "#ffffff"


@pytest.mark.parametrize("colour", ["#000000", "#2f1b2c", "#c9795b", "#1f5c52"])
def test_what_stands_behind_text_is_pale_whatever_the_colour(colour) -> None:
    channels = [int(pale(colour)[place : place + 2], 16) for place in (1, 3, 5)]

    assert min(channels) > 190


def test_white_stays_white() -> None:
    assert pale("#ffffff") == "#ffffff"


def test_a_colour_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        render_pdf(replace(PAPER, colour_primary='red"/><script>'))
