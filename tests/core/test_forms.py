"""The fields of a practice tool: what its Markdown draws, and what stays words."""

import pytest

from core.markup import render_many
from core.markup.rendered import Kind, Rendered, Source

BLANK = '<span class="blank" role="img" aria-label="line to fill in"></span>'
BOX = '<span class="box" role="img" aria-label="box to tick"></span>'
NUMBERS = "0 1 2 3 4 5 6 7 8 9 10"


def html(text: str, kind: Kind = "tool") -> str:
    result = render_many([Source(text, "courses/a/tools/b.md", kind)])[0]
    assert isinstance(result, Rendered), result
    return " ".join(str(result.html).split())


def test_four_underscores_are_a_line_and_keep_their_label() -> None:
    assert html("Name: ____ Date: ______") == (
        f'<p class="form-row"><span class="field">Name: {BLANK}</span><span class="field">Date: {BLANK}</span></p>'
    )


def test_rules_that_follow_each_other_are_lines_to_write_on() -> None:
    page = html("What hurts?\n____\n____\n\nAnd?\n\n____")

    assert (
        '<div class="lines" role="img" aria-label="2 lines to write on"><span></span><span></span></div>'
        in page
    )
    assert 'aria-label="line to write on"' in page


def test_a_list_of_boxes_has_no_bullets_and_a_mixed_one_keeps_them() -> None:
    assert html("- [ ] one\n- [ ] two") == f'<ul class="boxes"> <li>{BOX} one</li> <li>{BOX} two</li> </ul>'
    assert "<ul> <li>" in html("- [ ] one\n- two")


def test_a_long_list_of_short_boxes_has_two_columns() -> None:
    entries = [f"- [ ] entry {number}" for number in range(5)]

    assert '<ul class="boxes two">' in html("\n".join(entries))
    assert '<ul class="boxes">' in html("\n".join([*entries, f"- [ ] {'long ' * 20}"]))


def test_the_numbers_from_0_to_10_are_a_scale() -> None:
    page = html(f"Itch {NUMBERS}")

    assert page.startswith('<p class="scale-row"><span class="field">Itch <span class="scale" role="img"')
    assert page.count("<span>") == 11


def test_a_table_with_empty_cells_is_a_form_whose_rows_are_named() -> None:
    days = "| | Mon | Tue | Wed | Thu | Fri |\n|---|---|---|---|---|---|\n| Itch | | | | | |"

    assert '<table class="form-table narrow">' in html(days)
    assert '<th scope="row">Itch</th>' in html(days)
    assert '<table class="form-table">' in html("| a | b |\n|---|---|\n| | |")
    assert "<table>" in html("| a | b |\n|---|---|\n| c | d |")


@pytest.mark.parametrize("words", ["a_b __c__ ___", "[x] [ ](#a)", "0 1 2 3 4 5", "`____ [ ]`"])
def test_what_is_no_field_stays_as_it_is(words: str) -> None:
    page = html(words)

    assert not any(f'class="{kind}"' in page for kind in ("blank", "box", "scale"))


def test_other_texts_have_no_fields() -> None:
    assert html(f"Name: ____ [ ] {NUMBERS}", "lesson") == f"<p>Name: ____ [ ] {NUMBERS}</p>"
