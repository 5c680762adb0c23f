"""What must not come through from Markdown to a page, and texts that would be slow."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import markup
from core.errors import InvalidInput, Problem
from core.markup.child import Child
from core.markup.rendered import Rendered, Source
from tests.core.dialect import NAME, Inspector, render

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "## h {: onmouseover=alert(1) }",
    "*a*{: onclick=alert(1) style=position:fixed }",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<form action=/logout method=post><button>x</button></form>",
    "<details open ontoggle=alert(1)>x</details>",
    "<div style='background:url(//x.example)'>x</div>",
    '!!! pearl "<img src=x onerror=alert(1)>"\n    x',
    '![a](media/x.png "<script>alert(1)</script>")',
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<base href=//x.example><meta http-equiv=refresh content=0><link rel=stylesheet href=//x.example>",
    "x[^1]\n\n[^1]: <script>alert(1)</script>",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "[[check: <script>]] [@<script> early]",
]


@pytest.fixture(scope="module")
def payloads() -> list[Rendered | Problem]:
    return markup.render_many([Source(text, NAME) for text in PAYLOADS])


@pytest.mark.parametrize("number", range(len(PAYLOADS)), ids=PAYLOADS)
def test_a_payload_comes_out_harmless(payloads: list[Rendered | Problem], number: int) -> None:
    result = payloads[number]

    assert isinstance(result, Rendered)
    assert Inspector(result.html).dangers == []


def test_nothing_but_the_cleaner_holds_a_payload_back() -> None:
    """The payloads are live ones: the renderer alone lets them through."""
    raw = [markup.renderer.convert(text, 5.0) for text in PAYLOADS]

    assert sum(bool(Inspector(html or "").dangers) for html in raw) >= 15


def test_a_forged_mark_is_none() -> None:
    page = render(
        "<div data-slot='admin:x'>a</div>\n\n<sup data-cite='A <b>'>b</sup> <sup data-certainty='sure'>c</sup>"
    )

    assert "data-" not in page.html
    assert page.cited == ()


@pytest.mark.parametrize("tag", ["svg", "iframe", "textarea", "noscript", "select"])
def test_what_stood_in_a_forbidden_element_goes_with_it(tag: str) -> None:
    assert "inside" not in render(f"a <{tag}>inside</{tag}> b").html


def test_a_wall_of_brackets_is_refused_by_the_name_of_its_lesson() -> None:
    with pytest.raises(InvalidInput, match=r"lessons/barrier\.md:1: more than 200 brackets"):
        render("[" * 16_000)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x" * 200_001, "over 200 kB"),
        ("a\n\n" + "![a](" * 201, "201|brackets"),
        ("]" * 500 + "[" * 201, "brackets"),
        ("```" + " " * 101, "spaces in a row"),
        ("\t" * 26, "spaces in a row"),
    ],
)
def test_what_would_be_slow_is_a_problem_of_its_lesson(text: str, message: str) -> None:
    (result,) = markup.render_many([Source(text, NAME, first_line=9)])

    assert isinstance(result, Problem)
    assert result.file == NAME
    assert re.search(message, result.message)


def test_brackets_that_close_are_no_problem() -> None:
    assert markup.check_lesson("[a](b) " * 400, NAME) == []


def test_a_text_that_takes_too_long_is_named_and_the_others_still_render(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    child = Child(start_limit=300.0)
    monkeypatch.setattr(markup, "renderer", child)
    slow = Source("<a " * 20_000, "lessons/slow.md")

    first, second, third = markup.render_many(
        [Source("first", "lessons/a.md"), slow, Source("third", "lessons/c.md")], limit=0.5
    )
    child.close()

    assert isinstance(first, Rendered)
    assert isinstance(third, Rendered)
    assert third.html == "<p>third</p>"
    assert second == Problem(
        "lessons/slow.md", 0, "the text takes too long to render", "simplify or split it"
    )


def test_a_text_nested_too_deeply_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(InvalidInput, match="nested too deeply"):
        render("<div>" * 5_000)


@settings(max_examples=100)
@given(st.text(alphabet="<>/=\"'&;#apidvsucrt:!- \n", max_size=200))
def test_the_cleaner_lets_nothing_live_through(html: str) -> None:
    result = markup._finish(Source("", NAME), html)

    assert isinstance(result, Rendered)
    assert Inspector(result.html).dangers == []
