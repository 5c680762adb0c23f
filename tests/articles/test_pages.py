"""The journal: its list, an article, its pictures and its author, and what each page costs."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import storage
from core.database import transaction
from core.school import change_school
from sources.models import Source
from tests.counting import statements
from tests.factories import make_article, make_author, make_course


def add_source(key: str, **columns: Any) -> None:
    blank: dict[str, Any] = dict.fromkeys(
        ("kind", "authors", "published_in", "year", "doi", "url", "design", "limit"), ""
    )
    with transaction() as session:
        session.add(Source(key=key, **{**blank, "title": f"Study {key}", **columns}))


@pytest.fixture
def itch(app: Flask) -> None:
    """An article that has everything."""
    make_author()
    make_course("free", title="The Free One", authors=["ada"])
    make_course("long", title="The Long One", price_minor=48900)
    add_source("madison2003", design="narrative review", limit="Little of men.")
    make_article(
        "itch",
        title="Why skin itches",
        reviewed=date(2026, 11, 20),
        related=["long", "gone", "free"],
        cited=[{"key": "madison2003", "certainties": ["moderate"]}],
    )


# ---- the list


def test_the_newest_article_stands_first(app: Flask, client: FlaskClient) -> None:
    make_article("old", title="An Old One", published=date(2025, 1, 2))
    make_article("new", title="A New One", published=date(2026, 11, 1))

    page = client.get("/articles").text

    assert page.index("A New One") < page.index("An Old One")
    assert 'href="/articles/new"' in page
    assert "1 November 2026, 3 minutes" in page


def test_two_articles_side_by_side_have_drawings_of_their_own(app: Flask, client: FlaskClient) -> None:
    for _ in range(4):
        make_article()

    page = client.get("/articles").text

    assert [f"img/cover-{number}.svg" in page for number in (1, 2, 3, 4)] == [True] * 4


def test_the_list_costs_two_statements_for_however_many_articles(app: Flask, client: FlaskClient) -> None:
    for _ in range(5):
        make_article()
    client.get("/about")

    with statements() as sent:
        client.get("/articles")

    assert len(sent) == 2  # One of them asks whether the school's settings have changed.


def test_a_list_reads_no_article_whole_and_the_front_page_only_the_newest(
    app: Flask, client: FlaskClient
) -> None:
    for _ in range(5):
        make_article()

    with statements() as sent:
        client.get("/articles")
        client.get("/")

    lists = [statement for statement in sent if "FROM articles" in statement]
    assert len(lists) == 2
    assert not any(f"articles.{column}" in each for each in lists for column in ("html", "faq", "cited"))
    assert "LIMIT" in lists[1]


# ---- an article


def test_an_article_says_who_wrote_it_when_and_when_it_was_reviewed(client: FlaskClient, itch: None) -> None:
    page = client.get("/articles/itch").text

    assert '<a rel="author" href="/authors/ada">Ada Wall</a>' in page
    assert '<time datetime="2026-11-02">2 November 2026</time>, 3 minute read' in page
    assert 'Last reviewed <time datetime="2026-11-20">20 November 2026</time>' in page
    assert "May not:" in page


def test_authors_stand_in_the_order_in_which_the_article_names_them(app: Flask, client: FlaskClient) -> None:
    for slug in ("ada", "ada-wall", "bea"):
        make_author(slug, name=f"Author {slug}")
    make_article("itch", authors=["bea", "gone", "ada"])

    page = client.get("/articles/itch").text

    assert page.index("Author bea") < page.index("Author ada<")
    assert "Author ada-wall" not in page


def test_an_article_that_was_not_reviewed_does_not_say_so(app: Flask, client: FlaskClient) -> None:
    make_article("itch")

    assert "reviewed" not in client.get("/articles/itch").text.lower()


def test_its_contents_lead_to_its_headings_questions_and_sources(client: FlaskClient, itch: None) -> None:
    page = client.get("/articles/itch").text

    contents = page[page.index('<ol class="toc" data-spy>') : page.index("</ol>", page.index("data-spy"))]
    for name in ("first-part", "questions", "sources"):
        assert f'href="#{name}"' in contents
        assert f'id="{name}"' in page


def test_it_lists_its_sources_with_their_certainty_and_limit(client: FlaskClient, itch: None) -> None:
    page = client.get("/articles/itch").text

    assert "Study madison2003." in page
    assert "<b>Does not show:</b> Little of men." in page
    assert 'class="grade moderate"' in page


def test_related_courses_stand_in_the_order_in_which_it_names_them(client: FlaskClient, itch: None) -> None:
    page = client.get("/articles/itch").text

    assert page.index('href="/courses/long"') < page.index('href="/courses/free">The Free One')
    assert "489.00 USD" in page
    assert "gone" not in page


def test_it_tells_other_sites_its_one_address(app: Flask, client: FlaskClient, itch: None) -> None:
    base = app.config["STRATUM"].base_url
    with transaction():
        change_school({"name": "Skin & Mind"})

    page = client.get("/articles/itch?from=a-letter").text

    assert f'<link rel="canonical" href="{base}/articles/itch">' in page
    assert '<meta property="og:title" content="Why skin itches">' in page
    assert '<meta property="og:site_name" content="Skin &amp; Mind">' in page
    assert '<meta name="description" content="A short answer.">' in page


def test_an_article_costs_at_most_four_statements(app: Flask, client: FlaskClient, itch: None) -> None:
    client.get("/about")

    with statements() as sent:
        client.get("/articles/itch")

    assert len(sent) == 4


def test_an_article_that_is_not_there_is_a_404(client: FlaskClient) -> None:
    for path in ("/articles/none", "/articles/none/media/a.png", "/authors/none"):
        assert client.get(path).status_code == 404


def test_its_pictures_are_open_and_no_other_file_is(app: Flask, client: FlaskClient) -> None:
    storage.media().put("media/abc.png", b"picture")
    make_article("itch", media={"skin/dot.png": "media/abc.png"})

    shown = client.get("/articles/itch/media/skin/dot.png")

    assert (shown.data, shown.mimetype) == (b"picture", "image/png")
    with statements() as sent:
        client.get("/articles/itch/media/skin/dot.png")
    assert not any("articles.html" in statement for statement in sent)
    for name in ("media/abc.png", "dot.png", "skin/other.png"):
        assert client.get(f"/articles/itch/media/{name}").status_code == 404


# ---- an author


def test_an_author_is_shown_with_what_they_may_and_what_they_wrote(client: FlaskClient, itch: None) -> None:
    make_author("bea", name="Bea", publications=["The wall, a handbook, 2020"])
    make_article("heat", title="Why skin glows", authors=["bea"])

    ada, bea = client.get("/authors/ada").text, client.get("/authors/bea").text

    assert "Ada teaches." in ada
    assert "Teach" in ada
    assert "Diagnose" in ada
    assert 'href="/courses/free">The Free One' in ada
    assert "The Long One" not in ada
    assert "Why skin itches" in ada
    assert "Why skin glows" not in ada
    assert "No publications are listed." in ada
    assert "<li>The wall, a handbook, 2020</li>" in bea


def test_an_author_without_a_portrait_has_no_broken_picture(app: Flask, client: FlaskClient) -> None:
    make_author("ada", portrait="")
    make_author("bea", portrait="media/b.svg")

    assert "/authors/ada/portrait" not in client.get("/authors/ada").text
    assert "/authors/bea/portrait" in client.get("/authors/bea").text


def test_an_authors_page_costs_four_statements(app: Flask, client: FlaskClient, itch: None) -> None:
    client.get("/about")

    with statements() as sent:
        client.get("/authors/ada")

    assert len(sent) == 4


def test_a_courses_page_leads_to_its_author(app: Flask, client: FlaskClient, itch: None) -> None:
    assert 'href="/authors/ada"' in client.get("/courses/free").text


def test_pages_of_a_course_and_home_show_no_broken_picture_either(
    app: Flask, client: FlaskClient, itch: None
) -> None:
    for path in ("/courses/free", "/"):
        page = client.get(path).text
        assert 'src=""' not in page
        assert "Ada Wall" in page
