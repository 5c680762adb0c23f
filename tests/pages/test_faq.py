"""The questions of the whole school on one page: gathered, grouped, each with an address, every answer in sight."""

import re
from datetime import date

from flask import Flask
from flask.testing import FlaskClient

from pages.faq import anchors
from tests.counting import statements
from tests.factories import make_article, make_course

FAQ = [
    {"question": "Is it long?", "answer_html": "<p>No, <b>short</b>.</p>"},
    {"question": "Is it free?", "answer_html": "<p>Yes.</p>"},
]


def test_questions_of_courses_and_articles_stand_under_their_names(app: Flask, client: FlaskClient) -> None:
    make_course("skin", title="The Skin", faq=FAQ)
    make_course("silent", title="Nobody Asks")
    make_article("old", title="An Old One", published=date(2025, 1, 2))
    make_article("new", title="A New One", published=date(2026, 11, 1))

    page = client.get("/faq").text
    places = [
        page.index(f'<h2 id="{name}">') for name in ("learning", "course-skin", "article-new", "article-old")
    ]

    assert places == sorted(places)
    assert '<a class="plain" href="/courses/skin">The Skin</a>' in page
    assert "<p>No, <b>short</b>.</p>" in page
    assert "Nobody Asks" not in page


def test_each_question_has_an_address_and_no_answer_is_folded_away(app: Flask, client: FlaskClient) -> None:
    make_course("skin", faq=FAQ)

    page = client.get("/faq").text

    assert (
        'id="course-skin--is-it-long"><h3><a class="plain" href="#course-skin--is-it-long">Is it long?'
        in page
    )
    assert "<details" not in page[page.index("<main") :]


def test_the_contents_lead_to_every_group(app: Flask, client: FlaskClient) -> None:
    make_course("skin", faq=FAQ)

    page = client.get("/faq").text

    for name in ("learning", "payment", "site", "course-skin"):
        assert f'<li><a href="#{name}">' in page


def test_the_questions_cost_three_statements(app: Flask, client: FlaskClient) -> None:
    make_course("skin", faq=FAQ)
    make_article()
    client.get("/about")

    with statements() as sent:
        client.get("/faq")

    assert len(sent) == 3  # One of them asks whether the school's settings have changed.


def test_an_anchor_is_the_questions_words_and_no_two_are_alike() -> None:
    names = list(anchors("a", ["What is “HPA”?", "what is hpa", "Why?", "What is HPA 2"]))

    assert names == ["a--what-is-hpa", "a--what-is-hpa--2", "a--why", "a--what-is-hpa-2"]


def test_a_question_has_not_the_address_of_another_group(app: Flask, client: FlaskClient) -> None:
    for slug in ("skin", "skin-care"):
        make_course(slug, faq=[{"question": "Care?", "answer_html": "<p>Yes.</p>"}])

    page = client.get("/faq").text

    ids = re.findall(r' id="([^"]+)"', page)
    assert {"course-skin-care", "course-skin--care", "course-skin-care--care"} <= set(ids)
    assert len(ids) == len(set(ids))


def test_the_front_page_shows_the_three_newest_articles(app: Flask, client: FlaskClient) -> None:
    assert "From the journal" not in client.get("/").text
    for day in range(1, 5):
        make_article(f"day-{day}", published=date(2026, 11, day))

    page = client.get("/").text

    assert [f'href="/articles/day-{day}"' in page for day in range(1, 5)] == [False, True, True, True]
