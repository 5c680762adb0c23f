"""A drawing comes to the page with nothing that runs, fetches or collides."""

import pytest

from core.markup import tree
from core.markup.svg import check_svg, clean_svg

GOOD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 400" class="cycle">'
    "<title>The cycle</title><desc>Five steps in a ring.</desc>"
    '<defs><marker id="head" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="8" orient="auto">'
    '<path class="d-arrow" d="M0 1 9 5z"/></marker>'
    '<linearGradient id="fade" gradientUnits="userSpaceOnUse"><stop offset="0" stop-color="rgb(1, 2, 3)"/>'
    "</linearGradient></defs>"
    '<g transform="translate(3 4) rotate(5)"><path d="M1 1" marker-end="url(#head)" fill="url(\'#fade\')"/>'
    '<text x="3" y="4" text-anchor="middle">Itch</text></g><use href="#head"/></svg>'
)


def drawn(svg: str, prefix: str = "", title: str = "") -> str:
    drawing = clean_svg(svg.encode(), prefix, title)
    assert drawing is not None
    return tree.outer(drawing.root)


def test_what_draws_is_kept_in_its_own_case() -> None:
    html = drawn(GOOD)

    for kept in (
        'viewBox="0 0 640 400"',
        'class="cycle"',
        'markerWidth="8"',
        'refX="8"',
        "<linearGradient",
        'gradientUnits="userSpaceOnUse"',
        'stop-color="rgb(1, 2, 3)"',
        'transform="translate(3 4) rotate(5)"',
        '<text x="3" y="4" text-anchor="middle">Itch</text>',
    ):
        assert kept in html


def test_ids_and_all_that_points_to_them_get_the_prefix() -> None:
    html = drawn(GOOD, "figure-3-")

    for kept in (
        '<marker id="figure-3-head"',
        'marker-end="url(#figure-3-head)"',
        'fill="url(#figure-3-fade)"',
        '<use href="#figure-3-head">',
        'role="img"',
        'aria-labelledby="figure-3-title figure-3-desc"',
        '<title id="figure-3-title">The cycle</title>',
        '<desc id="figure-3-desc">',
    ):
        assert kept in html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<g onclick="alert(1)"/>',
        "<style>@import url(//x.example);</style>",
        '<path style="fill:url(//x.example)"/>',
        "<foreignObject><p onclick='alert(1)'>alert(1)</p></foreignObject>",
        '<image href="http://x.example/alert(1).png"/>',
        '<use href="http://x.example/alert(1).svg#a"/>',
        '<use xlink:href="http://x.example/alert(1).svg#a"/>',
        '<use href="data:image/svg+xml,alert(1)"/>',
        '<a href="javascript:alert(1)"><text>x</text></a>',
        '<path fill="url(http://x.example/alert(1))"/>',
        '<path fill="\\75rl(http://x.example/alert(1))"/>',
        "<path fill=\"image-set('//x.example/alert(1)' 1x)\"/>",
        '<set attributeName="onmouseover" to="alert(1)"/>',
        '<animate attributeName="href" to="javascript:alert(1)"/>',
        "<metadata>alert(1)</metadata>",
        "<foreignObject>alert(1)</foreignObject>",
        '<path fill="url(/alert(1))"/>',
        '<path fill="ur\\6c (/alert(1))"/>',
        '<path fill="src(alert(1))"/>',
        "</svg><img src=x onerror=alert(1)><svg>",
        "<style><![CDATA[</style><img src=x onerror=alert(1)>]]></style>",
    ],
)
def test_what_runs_or_fetches_is_dropped(hostile: str) -> None:
    html = drawn(GOOD.replace("</svg>", f"{hostile}</svg>"))

    for word in ("alert", "x.example", "javascript", "onclick", "onerror", "style", "foreign", "data:"):
        assert word not in html


def test_an_old_reference_inside_the_drawing_still_holds() -> None:
    html = drawn('<svg viewBox="0 0 1 1"><g id="a"/><use xlink:href="#a"/></svg>', "p-")

    assert '<use href="#p-a">' in html


def test_declarations_and_entities_are_not_read() -> None:
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg viewBox="0 0 1 1"><text>&a;</text></svg>'

    assert "aaaa" not in drawn(bomb)


def test_a_drawing_without_a_title_is_named_by_its_alternative_text() -> None:
    html = drawn('<svg viewBox="0 0 1 1"><path d="M0 0"/></svg>', "f-", "A loop")

    assert '<title id="f-title">A loop</title>' in html
    assert 'aria-labelledby="f-title"' in html


def test_a_size_becomes_a_frame() -> None:
    html = drawn('<svg width="30px" height="20"><path d="M0 0"/></svg>')

    assert 'viewBox="0 0 30 20"' in html
    assert "width=" not in html


@pytest.mark.parametrize(("frame", "is_wide"), [("0 0 640 400", True), ("0 0 320 400", False), ("x", False)])
def test_a_wide_drawing_is_known_as_one(frame: str, is_wide: bool) -> None:
    drawing = clean_svg(f'<svg viewBox="{frame}"></svg>'.encode())

    assert drawing is not None
    assert drawing.is_wide is is_wide


def test_a_good_drawing_has_no_fault() -> None:
    assert check_svg(GOOD.encode(), "media/a.svg") == []


@pytest.mark.parametrize(
    ("data", "messages"),
    [
        (b'<svg viewBox="0 0 1 1"><title>t</title></svg>', ["a drawing without desc"]),
        (b'<svg viewBox="0 0 1 1"><title> </title><desc>d</desc></svg>', ["a drawing without title"]),
        (b"<svg><title>t</title><desc>d</desc></svg>", ["a drawing without viewBox"]),
        (b"<p>no</p>", ["not an SVG drawing in UTF-8"]),
        (b"\xff\xfe<svg/>", ["not an SVG drawing in UTF-8"]),
        (b"<svg>" + b" " * 200_000, ["the drawing is over 200 kB"]),
    ],
)
def test_a_fault_of_a_drawing_is_named(data: bytes, messages: list[str]) -> None:
    problems = check_svg(data, "media/a.svg")

    assert [problem.message for problem in problems] == messages
    assert all(problem.file == "media/a.svg" and problem.remedy for problem in problems)
