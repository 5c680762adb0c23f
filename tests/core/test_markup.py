"""The lesson dialect from Markdown to the house's markup, and what must not come through."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from core import markup
from core.errors import InvalidInput, Problem
from core.markup.rendered import Citation, Figure, Heading, Rendered, Slot, Source

NAME = "courses/skin/lessons/barrier.md"

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

FORBIDDEN_TAGS = {
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "form",
    "button",
    "base",
    "meta",
    "link",
    "math",
}


class Inspector(HTMLParser):
    """Collects what a browser could run or fetch."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.dangers: list[str] = []
        self.ids: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in FORBIDDEN_TAGS:
            self.dangers.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc", "action"):
                self.dangers.append(name)
            if name in ("href", "src") and re.match(r"\s*(javascript|data|vbscript):", value or "", re.I):
                self.dangers.append(value or "")
            if name == "id":
                self.ids.append(value or "")


def render(text: str) -> Rendered:
    return markup.render_lesson(text, NAME)


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
    raw = markup._convert(PAYLOADS, 5.0)

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


# Limits


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
    monkeypatch.setattr(markup, "START_LIMIT", 300.0)
    slow = Source("<a " * 20_000, "lessons/slow.md")

    first, second, third = markup.render_many(
        [Source("first", "lessons/a.md"), slow, Source("third", "lessons/c.md")], limit=0.5
    )

    assert isinstance(first, Rendered)
    assert isinstance(third, Rendered)
    assert third.html == "<p>third</p>"
    assert second == Problem(
        "lessons/slow.md", 0, "the text takes too long to render", "simplify or split it"
    )


def test_a_child_that_does_not_come_up_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "START_LIMIT", 0.0)

    (result,) = markup.render_many([Source("x", NAME)], limit=0.001)

    assert isinstance(result, Problem)


def test_a_renderer_that_fails_to_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup.sys, "executable", "/bin/false")

    with pytest.raises(RuntimeError, match="does not start"):
        render("x")


def test_a_text_nested_too_deeply_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(InvalidInput, match="nested too deeply"):
        render("<div>" * 5_000)


def test_the_child_gets_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, dict[str, str]] = {}

    def run(command: list[str], **options: object) -> object:
        seen["environment"] = options["env"]  # type: ignore[assignment]
        raise RuntimeError("not run")

    monkeypatch.setenv("SECRET_KEY", "hush")
    monkeypatch.setattr(markup.subprocess, "run", run)
    with pytest.raises(RuntimeError, match="not run"):
        render("x")

    assert set(seen["environment"]) == {"PATH", "PYTHONUTF8"}


# Citations


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


# Callouts and slots


@pytest.mark.parametrize(
    ("word", "title"),
    [
        ("pearl", "Clinical pearl"),
        ("caution", "Know your line"),
        ("practice", "In the treatment room"),
        ("unknown", "What is not known"),
        ("say", "Words to use"),
    ],
)
def test_an_admonition_is_an_aside_named_by_its_title(word: str, title: str) -> None:
    html = render(f"!!! {word}\n    Text.").html

    assert f'<aside class="callout {word}" role="note" aria-labelledby="callout-1">' in html
    assert re.search(rf'<p class="callout-title" id="callout-1"><svg class="icon".*</svg>{title}</p>', html)


def test_an_admonition_may_have_a_title_of_its_own() -> None:
    page = render('!!! say "Words for *Tuesday*"\n    Text.')

    assert "</svg><span>Words for <em>Tuesday</em></span></p>" in page.html
    assert page.text == "Words for Tuesday\nText."


def test_the_house_s_own_titles_are_not_text_of_the_lesson() -> None:
    assert render("!!! pearl\n    Ask first.").text == "Ask first."


def test_a_reflection_is_a_slot_that_holds_its_prompt() -> None:
    page = render("!!! reflect first-client\n    What did *you* see?")

    assert '<div class="slot slot-reflect" data-slot="reflect:first-client"' in page.html
    assert page.reflections[0].id == "first-client"
    assert page.reflections[0].prompt_html == "<p>What did <em>you</em> see?</p>"


def test_a_text_is_cut_at_its_slots() -> None:
    page = render(
        "A [[tool: map]] b.\n\n!!! practice\n    c\n\n    [[check: q-1]]\n\n    d\n\n"
        "!!! reflect one\n    e\n\n[[video: media/f.mp4]]"
    )

    parts = markup.split_slots(page.html)

    assert [(part.kind, part.name, part.inline) for part in parts if isinstance(part, Slot)] == [
        ("tool", "map", True),
        ("check", "q-1", False),
        ("reflect", "one", False),
        ("video", "media/f.mp4", False),
    ]
    assert parts[0] == Markup("<p>A ")
    assert (
        next(part for part in parts if isinstance(part, Slot) and part.kind == "reflect").html == "<p>e</p>"
    )
    stored = markup.to_parts(page.html)
    assert [part if isinstance(part, str) else part["kind"] for part in stored][:2] == ["<p>A ", "tool"]
    assert (page.checks, page.tools, page.videos) == (("q-1",), ("map",), ("media/f.mp4",))


def test_parts_between_slots_lose_nothing() -> None:
    page = render("A & b\n\n[[check: q]]\n\n<b>c</b> &lt;d&gt;")

    first, slot, last = markup.split_slots(page.html)

    assert (first.strip(), last.strip()) == ("<p>A &amp; b</p>", "<p><b>c</b> &lt;d&gt;</p>")
    assert isinstance(first, Markup)
    assert isinstance(slot, Slot)


@pytest.mark.parametrize(
    "text", ["`[[check: q]]`", "```\n[[check: q]]\n```", "[[other: q]]", "    [[check: q]]"]
)
def test_what_only_looks_like_a_slot_is_none(text: str) -> None:
    assert render(text).checks == ()


def test_slots_on_neighbouring_lines_stand_in_order_with_the_text_around_them() -> None:
    page = render("Before\n[[check: a]]\n[[check: b]]\nafter")

    assert page.checks == ("a", "b")
    assert page.html.startswith("<p>Before</p>")
    assert page.html.endswith("<p>after</p>")


# Figures


DRAWING = b'<svg viewBox="0 0 640 400"><title>T</title><desc>D</desc><g id="a"/><use href="#a"/></svg>'
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


# The rest of the page


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


# Terms


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


# Faults with their lines


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("x\n\n!!! pearls\n    y", 3, "unknown callout 'pearls'"),
        ("!!! pearl: x\n    y", 1, "not read as a callout"),
        ("!!! pearl big\n    y", 1, "means nothing"),
        ("!!! pearl\ny", 1, "without text"),
        ("!!! reflect\n    y", 1, "without an id"),
        ("!!! reflect a\n    y\n\n!!! reflect a\n    z", 4, "stands twice"),
        ("x\n\n![](media/a.svg)", 3, "without alternative text"),
        ("![a](http://x.example/a.png)", 1, "not in the bundle"),
        ("see ![a](media/a.svg) here", 1, "within a paragraph"),
        ('![a](media/a.svg "x [@k early]")', 1, "citation in a caption"),
        ("x\nwell [@key likely]", 2, "unknown certainty 'likely'"),
        ("[@Key early]", 1, "not read as a citation"),
        ("[@a, @b early]", 1, "not read as a citation"),
        ("[@a early; @b]", 1, "not read as a citation"),
        ("x [@a early", 1, "never ends"),
        ("a\n\n```\ncode", 3, "never closed"),
        ("# Title", 1, "level 1"),
        ("Title\n=====", 1, "level 1"),
        ("#1 cause of itch", 1, "level 1"),
        ("## A\n\n#### B", 3, "level 4 after one of level 2"),
        ("### A", 1, "level 3 after one of level 1"),
        ("[[quiz: a]]", 1, "unknown part 'quiz'"),
        ("see [[check: a]]", 1, "within a line"),
        ("[[check: a]]\n\n[[check: a]]", 3, "stands twice"),
        ("[[check: a b]]", 1, "no name"),
        ("x[^1]", 1, "footnote '1' is not written"),
        ("- a\n\n    [@X]", 3, "not read as a citation"),
        ("!!! pearl\n    x\n\n    [@X]", 4, "not read as a citation"),
    ],
)
def test_a_fault_is_named_with_its_line(text: str, line: int, message: str) -> None:
    problems = markup.check_lesson(text, NAME, 11)

    assert [(problem.file, problem.line) for problem in problems] == [(NAME, line + 10)]
    assert message in problems[0].message
    assert problems[0].remedy


@pytest.mark.parametrize(
    "text",
    [
        "x [@key], [@key early], [@a; @b moderate], [opinion], [@home](x.md), [@home][r], `[@X]`, \\[@X]",
        "    [@X]\n    # code",
        "```\n# code\n!!! nothing\n[[quiz: a]]\n```",
        "~~~ text\n```\n~~~",
        '!!! pearl\n    x\n\n!!! say "A title"\n    y\n\n!!! reflect first-client "Own"\n    z',
        "- a\n\n    !!! pearl\n        x",
        "!!! practice\n\n    x\n\n    ![a](media/a.svg)",
        '![a](media/a.svg "b")\n![c](media/c.png)\n\n[[video: media/x.mp4]]\n[[tool: t]]\n\nUse [[tool: t]].',
        "## A\n\n### B\n\n## C\n\na | b\n--|--\n1 | 2\n\n---\n\nx[^1]\n\n[^1]: y",
        "<!-- # not a heading [@X] -->",
        '![a (b)](media/a.svg "Mast cells (red)")',
    ],
)
def test_a_text_in_the_dialect_has_no_fault(text: str) -> None:
    assert markup.check_lesson(text, NAME) == []


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='[]()!@#`~:;{}"\\<>-|^ \n\taek1', max_size=300))
def test_any_text_is_read_to_its_end(text: str) -> None:
    for problem in markup.check_lesson(text, NAME):
        assert 1 <= problem.line <= text.count("\n") + text.count("\r") + 1
    markup.proofreading.mentions(text)


@pytest.mark.parametrize(
    "text",
    [
        "`a" * 60_000,
        "<!--" * 50_000,
        "![\n\n" * 40_000,
        "[a](" + "x" * 190_000,
        "x" * 199_000,
        "a\n" * 99_000,
        "[@a " * 190,
    ],
    ids=lambda text: text[:6],
)
def test_reading_for_faults_takes_no_long_time(text: str) -> None:
    """Reading is linear, so the worst text of the allowed size is read well within a test's patience."""
    from time import process_time

    began = process_time()
    markup.check_lesson(text, NAME)
    markup.proofreading.mentions(text)

    assert process_time() - began < 2.0


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="<>/=\"'&;#apidvsucrt:!- \n", max_size=200))
def test_the_cleaner_lets_nothing_live_through(html: str) -> None:
    result = markup._finish(Source("", NAME), html)

    assert isinstance(result, Rendered)
    assert Inspector(result.html).dangers == []
