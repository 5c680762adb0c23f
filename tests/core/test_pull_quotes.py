"""Pull quotes: words of the text once more, large, for the eye alone."""

import pytest

from core import markup

NAME = "articles/itch.md"
TEXT = "Skin is an organ that *blushes*, and strangers\nread it [@a moderate].\n\n"
PULLED = TEXT + "> an organ that blushes, and strangers read it.\n> {.pull}\n"


def test_a_pull_quote_is_seen_and_not_heard() -> None:
    html = markup.render_lesson(PULLED, NAME).html

    assert '<aside class="pull" aria-hidden="true">\n<p>an organ that blushes' in html
    assert "{.pull}" not in html


def test_its_words_count_once() -> None:
    with_quote, without = (markup.render_lesson(text, NAME) for text in (PULLED, TEXT))

    assert (with_quote.words, with_quote.text) == (without.words, without.text)


def test_a_quotation_of_other_words_is_heard_and_counted() -> None:
    page = markup.render_lesson(TEXT + "> She said it before.\n", NAME)

    assert '<blockquote class="pull">\n<p>She said it before.</p>' in page.html
    assert "She said it before." in page.text


def test_words_of_the_text_may_be_pulled_without_their_emphasis_and_citations() -> None:
    assert markup.check_lesson(PULLED, NAME) == []


@pytest.mark.parametrize(
    ("quote", "told"),
    [
        ("> an organ that pales\n> {.pull}", "a pull quote whose words are not in the text"),
        ("> an organ that blushes [@a]\n> {: .pull }", "a citation or a link within a pull quote"),
        (
            "> an [organ](https://x.example) that blushes\n> {.pull}",
            "a citation or a link within a pull quote",
        ),
    ],
)
def test_a_pull_quote_with_a_fault_is_told_with_its_line(quote: str, told: str) -> None:
    problems = markup.check_lesson(TEXT + quote, NAME, 10)

    assert [(problem.line, problem.message) for problem in problems] == [(13, told)]


def test_a_link_from_an_article_to_a_step_names_its_course() -> None:
    page = markup.render_lesson(
        "[x](../courses/skin/lessons/b.md#c) [y](../courses/skin/quizzes/q.md) [z](heat.md)", NAME
    )

    for address in ("/learn/skin/b#c", "/learn/skin/quizzes/q", "/articles/heat"):
        assert f'href="{address}"' in page.html
