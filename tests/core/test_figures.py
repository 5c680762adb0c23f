"""Figures of the lesson dialect: numbered plates, with their sizes and descriptions."""

import pytest
from markupsafe import Markup

from core import markup
from core.errors import InvalidInput
from core.markup.rendered import Figure
from tests.core.dialect import DRAWING, Inspector, render

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001"
    "0005000155a2b1dc0000000049454e44ae426082"
)


def test_an_image_alone_in_its_paragraph_is_a_numbered_plate() -> None:
    page = render('![One](media/a.svg "The <cycle>")\n\n![Two](media/b.png)')

    assert page.figures == (Figure("media/a.svg", "One", "The <cycle>"), Figure("media/b.png", "Two", ""))
    assert "<figcaption><b>Figure 1.</b> The &lt;cycle&gt;</figcaption></figure>" in page.html
    assert "<figcaption><b>Figure 2.</b></figcaption></figure>" in page.html


def test_two_drawings_on_one_page_do_not_share_ids() -> None:
    page = render("![One](media/a.svg)\n\n![Two](media/a.svg)")

    placed = markup.place_figures(page, {"media/a.svg": DRAWING}, {}, "barrier/media")

    ids = Inspector(placed.html).ids
    assert len(ids) == len(set(ids))
    assert 'aria-labelledby="figure-2-title figure-2-desc"' in placed.html
    assert '<use href="#figure-2-a"></use>' in placed.html
    assert (
        'class="frame scroll" tabindex="0" role="group" aria-label="Figure 1, scrolls sideways' in placed.html
    )


def test_a_picture_gets_its_size_and_an_address_beside_the_lesson() -> None:
    page = render("![One](media/sub/b.png)")

    placed = markup.place_figures(page, {"media/sub/b.png": PIXEL}, {}, "barrier/media")

    assert '<img alt="One" src="barrier/media/sub/b.png" width="1" height="1" loading="lazy">' in placed.html


def test_a_long_description_stands_beneath_its_figure() -> None:
    page = render("![One](media/a.svg)")

    placed = markup.place_figures(
        page, {"media/a.svg": DRAWING}, {"media/a.svg": Markup("<p>Long.</p>")}, "barrier/media"
    )

    summary = '</figure><details class="plate-text"><summary>Read the figure as text</summary>'
    assert f"{summary}<div><p>Long.</p></div>" in placed.html


@pytest.mark.parametrize(("media", "message"), [({}, "missing"), ({"media/a.png": b"no"}, "not a picture")])
def test_a_figure_that_cannot_be_placed_is_named(media: dict[str, bytes], message: str) -> None:
    page = render("![One](media/a.png)")

    with pytest.raises(InvalidInput, match=rf"media/a\.png is {message}"):
        markup.place_figures(page, media, {}, "barrier/media")


@pytest.mark.parametrize(
    "path", ["http://x.example/a.png", "//x.example/a.png", "media/../../a.png", "/a.png"]
)
def test_a_picture_from_outside_the_bundle_is_not_fetched(path: str) -> None:
    assert "src=" not in render(f"![a]({path})").html
