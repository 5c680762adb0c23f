"""One's own attempt as PDF: what the page shows, tagged; never the key where it may not be seen."""

import io
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader

from quizzes.result_paper import lines_of
from tests import factories
from tests.quizzes.visiting import PAPER, Visitor


def pdf_of(visitor: Visitor, attempt: str) -> PdfReader:
    answer = visitor.browser.get(f"{attempt}.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return PdfReader(io.BytesIO(answer.data))


def text_of(pdf: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def sit(app: Flask, text: str = "", **settings: Any) -> tuple[Visitor, str]:
    """A learner who answered each question wrongly and handed in."""
    visitor = Visitor(app, **({"text": text} if text else {}), **settings)
    attempt = visitor.start()
    if not text:
        visitor.answer_all(attempt, index=1)
    visitor.submit(attempt)
    return visitor, attempt


def test_it_tells_questions_answers_and_reasons(app: Flask) -> None:
    visitor, attempt = sit(app)

    words = text_of(pdf_of(visitor, attempt))

    assert all(part in words for part in ("Which is right?", "Ratthis", "Ratthat", "Whyfirst", "your answer"))
    assert "0 of 2 points" in words
    assert visitor.user.name in words


def test_it_is_tagged_and_says_its_language(app: Flask) -> None:
    visitor, attempt = sit(app, PAPER)

    root: Any = pdf_of(visitor, attempt).trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"


def test_where_the_key_is_hidden_it_tells_what_was_answered_and_no_more(app: Flask) -> None:
    visitor, attempt = sit(app, feedback="passed")

    words = text_of(pdf_of(visitor, attempt))

    assert "That" in words
    assert "once you have passed" in words
    assert not any(part in words for part in ("Ratthis", "Whyfirst", "right)", "Not right"))


def test_an_exam_keeps_its_questions_for_others(app: Flask) -> None:
    visitor, attempt = sit(app, feedback="never")

    words = text_of(pdf_of(visitor, attempt))

    assert "kept for others" in words
    assert "Which is right?" not in words
    assert "Skin" in words


def test_an_open_attempt_is_not_printed(visitor: Visitor) -> None:
    attempt = visitor.start()

    assert visitor.browser.get(f"{attempt}.pdf").location == attempt


def test_somebody_else_has_no_paper(app: Flask) -> None:
    visitor, attempt = sit(app)
    other = factories.sign_in(app.test_client(), factories.make_user())

    assert other.get(f"{attempt}.pdf").status_code == 404


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("one <em>two</em>", ("one two",)),
        ("<p>one</p><p>two</p>", ("one", "two")),
        ("<figure><svg><title>no</title></svg><figcaption>yes</figcaption></figure>", ("yes",)),
        ("<table><tr><td>a</td><td>b</td></tr></table>", ("a b",)),
        ("1 &lt; 2", ("1 < 2",)),
        ("", ()),
    ],
)
def test_words_stand_in_lines(html: str, lines: tuple[str, ...]) -> None:
    from markupsafe import Markup

    assert lines_of(Markup(html)) == lines  # noqa: S704 - written here
