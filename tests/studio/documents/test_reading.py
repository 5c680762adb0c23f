"""Documents read: what is kept, what is named as lost, and what is refused."""

import pytest

from core.errors import InvalidInput
from core.markup.proofreading import check_lesson
from studio.documents.reading import read_pasted, read_word
from studio.documents.rules import Document, body, split
from tests.studio.documents.paper import cell, figure, item, p, picture, run, table, word

HEAD = "<w:trPr><w:tblHeader/></w:trPr>"
FOOTNOTE = '<w:r><w:footnoteReference w:id="1"/></w:r>'


def text_of(document: Document) -> str:
    """The document as one lesson, every figure with words."""
    part = split(document, 0)[0]
    return body(part, ["media/x.png"] * 9, ["What it shows"] * 9)


def lost(document: Document) -> str:
    return " / ".join(f"{loss.what} {loss.where}" for loss in document.losses)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (p("Plain words."), "Plain words.\n"),
        (p(inside=run("bold ", "<w:b/>") + run("next")), "**bold** next\n"),
        (p(inside=run("a", "<w:b/>") + run("b", "<w:b/>")), "**ab**\n"),
        (p(inside=run("both", "<w:b/><w:i/>")), "***both***\n"),
        (p(inside=run("CO") + run("2", '<w:vertAlign w:val="subscript"/>')), "CO<sub>2</sub>\n"),
        (item("a") + item("b", 1) + item("c"), "- a\n    - b\n- c\n"),
        (item("a", 0, 2) + item("b", 0, 2) + item("c", 1), "1. a\n2. b\n    - c\n"),
        (p(inside=f'<w:hyperlink r:id="web">{run("there")}</w:hyperlink>'), "[there](https://example.org/a%28b%29)\n"),
        (p("Said.", inside=FOOTNOTE), "Said.[^1]\n\n[^1]: Said elsewhere.\n"),
        (p("Wise words.", "Quote"), "> Wise words.\n"),
        (p(inside=figure(alt="A wall")) + p("Seen from above.", "Caption"),
         '![What it shows](media/x.png "Seen from above.")\n'),
        (p("Look:", inside=figure()), "Look:\n\n![What it shows](media/x.png)\n"),
        (table(HEAD + cell("a") + cell("b"), cell("1|2") + cell("3")), "| a | b |\n| --- | --- |\n| 1\\|2 | 3 |\n"),
        (p("one", inside="<w:r><w:br/></w:r>" + run("two")), "one  \ntwo\n"),
        (p("# no *title* [@key] [[check: x]]"), "\\# no \\*title\\* \\[@key\\] \\[\\[check: x\\]\\]\n"),
        (p("1. no list"), "1\\. no list\n"),
        (p("!!! pearl"), "\\!!! pearl\n"),
    ],
)  # fmt: skip
def test_what_a_document_holds_is_kept_in_our_markdown(given: str, kept: str) -> None:
    document, _ = read_word("A paper", word(given))

    assert text_of(document) == kept
    assert check_lesson(kept, "x.md") == []


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("<w:p><m:oMath><m:r><m:t>x</m:t></m:r></m:oMath></w:p>", "An equation is left out"),
        (p("Said", inside='<w:r><w:commentReference w:id="0"/></w:r>'), "A comment is left out"),
        (p(inside=f"<w:ins>{run('new')}</w:ins>"), "A tracked change"),
        (p(inside=f"<w:del>{run('old')}</w:del>"), "A tracked change"),
        (p("See", inside="<w:r><w:object/></w:r>"), "An embedded object"),
        (p("See", inside="<w:r><w:pict><w:txbxContent><w:p/></w:txbxContent></w:pict></w:r>"), "A text box"),
        (table(cell("ab", '<w:gridSpan w:val="2"/>')), "Merged cells"),
        (table(f"<w:tc>{table(cell('in'))}</w:tc>"), "A table within a table"),
        (table(cell("a") + cell("b")), "A table without a row of heads"),
        (p(inside=run("gone", "<w:strike/>")), "struck through"),
        (p("See", inside=figure("bad")), "A picture in a format"),
        (item("a") + f"<w:p><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr>{figure()}</w:p>", "stands below it"),
        (p("Odd", inside="<w:r><w:contentPart/></w:r>"), "Something that Word calls “w:contentPart”"),
    ],
)  # fmt: skip
def test_what_cannot_be_held_is_named_with_its_place(given: str, named: str) -> None:
    document, _ = read_word("A paper", word(p("The wall", "H1"), given))

    assert named in lost(document)


def test_a_loss_says_below_which_heading_and_in_which_words() -> None:
    odd = p("So many words that not all of them are shown", inside="<w:r><w:object/></w:r>")

    document, _ = read_word("A paper", word(p("The wall", "H1"), odd))

    assert document.losses[0].where == "below “The wall”, in “So many words that not all of them…”"


def test_pictures_are_drawn_anew_and_each_is_kept_once() -> None:
    document, pictures = read_word("A paper", word(p(inside=figure(alt="Red") + figure(alt="Red again"))))

    assert [block.picture for block in document.blocks] == [0, 0]
    assert [block.alt for block in document.blocks] == ["Red", "Red again"]
    assert len(pictures) == 1
    assert pictures[0].ending == "png"
    assert b"Somebody" in picture()
    assert b"Somebody" not in pictures[0].data


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("One\n\nTwo & <3", "One\n\nTwo & &lt;3\n"),
        ('<b style="font-weight:normal"><p><span style="font-weight:700">Bold</span> x</p></b>', "**Bold** x\n"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n    - b\n- c\n"),
        ("<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>1. </span>One</p>"
         "<p style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o </span>Two</p>", "1. One\n    - Two\n"),
        ("<p>See<a href='#_ftn1'>[1]</a></p><div id=ftn1><p><a href='#_ftnref1'>[1]</a> Note</p></div>",
         "See[^1]\n\n[^1]: Note\n"),
        ("<script>alert(1)</script><p onclick=x>Words <a href='javascript:x'>here</a></p>", "Words here\n"),
        ("<table><tr><th>a<td>b</table>", "| a | b |\n| --- | --- |\n"),
        ("<pre>x = 1\n y</pre>", "```\nx = 1\n y\n```\n"),
        ("<ul><li>a</ul><ol start=3><li>b</ol>", "- a\n\n<!-- -->\n\n3. b\n"),
    ],
)  # fmt: skip
def test_pasted_text_is_kept_in_our_markdown(pasted: str, kept: str) -> None:
    document, _ = read_pasted("Pasted", pasted)

    assert text_of(document) == kept


def test_a_pasted_picture_from_elsewhere_is_named_and_not_fetched() -> None:
    document, pictures = read_pasted("Pasted", "<p>x<img src='https://example.org/a.png'></p>")

    assert pictures == []
    assert "not fetched. Save it and bring it yourself. https://example.org/a.png" in lost(document)


def test_a_document_nested_too_deeply_is_refused() -> None:
    with pytest.raises(InvalidInput):
        read_pasted("Pasted", "<div>" * 3000 + "x")
    with pytest.raises(InvalidInput):
        read_word("A paper", word("<w:sdt><w:sdtContent>" * 3000 + p("x") + "</w:sdtContent></w:sdt>" * 3000))
