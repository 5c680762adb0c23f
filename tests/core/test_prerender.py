"""Pages with holes: filled for one reader at a time, escaped, and never sent with a hole left open."""

from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from core.prerender import Shelf, cut, hole

PAGE = f"<p>{hole('name')}</p><b>{hole('mark:7')}</b><i>{hole('name')}</i>"


def test_a_page_is_joined_from_its_pieces_and_the_readers_values() -> None:
    assert cut(PAGE).fill({"name": "Ada", "mark:7": "x"}) == "<p>Ada</p><b>x</b><i>Ada</i>"


@given(st.text(), st.text())
def test_two_readers_never_see_each_others_values(one: str, other: str) -> None:
    page = cut(PAGE)

    first = page.fill({"name": f"A{one}", "mark:7": ""})
    second = page.fill({"name": f"B{other}", "mark:7": ""})

    assert first == f"<p>{escape('A' + one)}</p><b></b><i>{escape('A' + one)}</i>"
    assert second == f"<p>{escape('B' + other)}</p><b></b><i>{escape('B' + other)}</i>"


def test_a_value_is_escaped_unless_it_is_markup() -> None:
    """V1"""
    page = cut(f"{hole('a')}{hole('b')}")

    assert page.fill({"a": "<i>&\"'", "b": Markup("<i>")}) == "&lt;i&gt;&amp;&#34;&#39;<i>"


def test_a_missing_value_stops_the_page() -> None:
    with pytest.raises(KeyError):
        cut(PAGE).fill({"name": "Ada"})


def test_a_hole_survives_escaping() -> None:
    assert cut(str(escape(hole("name")))).fill({"name": "Ada"}) == "Ada"


@given(st.text())
def test_no_text_of_an_author_makes_a_hole(text: str) -> None:
    """What stands in the text of a lesson is shown, whatever characters it holds."""
    assert cut(text).fill({}) == text


@pytest.mark.parametrize("text", ["\ue000csrf\ue000", "\ue000initials\ue000", "\ue000\ue000csrf\ue000\ue000"])
def test_the_marks_of_holes_cannot_be_written_by_an_author(text: str) -> None:
    """V20: or a lesson could show, or put into a link, the token of its reader."""
    assert "token" not in cut(text + hole("csrf")).fill({"csrf": ""}) + cut(text).fill({"csrf": "token"})


def test_a_page_is_made_once_for_each_key() -> None:
    made: list[int] = []
    shelf = Shelf(size=3)

    def make() -> str:
        made.append(1)
        return PAGE

    pages = [shelf.page("key", make) for _ in range(3)]

    assert len(made) == 1
    assert pages[0] is pages[2]
    assert shelf.page("other", lambda: "x").fill({}) == "x"


def test_the_oldest_pages_leave_a_full_shelf() -> None:
    shelf = Shelf(size=2)
    for key in "abc":
        shelf.page(key, lambda key=key: key)

    assert shelf.page("a", lambda: "made again").fill({}) == "made again"
    assert shelf.page("c", lambda: "made again").fill({}) == "c"


def test_a_shelf_bears_many_threads() -> None:
    shelf, failed, together = Shelf(size=2), [], Barrier(8)

    def work(i: int) -> None:
        together.wait(10)
        try:
            for n in range(2000):
                assert shelf.page((i, n % 7), lambda n=n: str(n % 7)).fill({}) == str(n % 7)
        except Exception as error:
            failed.append(error)

    threads = [Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert failed == []


def test_the_encoded_page_is_the_page() -> None:
    page = cut(f"<p>“é” {hole('name')}</p>{hole('mark')}")
    values = {"name": "Zoë <b>", "mark": Markup("<i>✓</i>")}

    assert page.fill_encoded(values).decode() == page.fill(values) == "<p>“é” Zoë &lt;b&gt;</p><i>✓</i>"
