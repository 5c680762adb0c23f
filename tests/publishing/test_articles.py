"""Publishing articles: rendered once, kept until they change, written out byte for byte."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from articles.models import Article
from core import storage
from core.database import db, transaction
from publishing import exporting, services
from sources.models import Source
from tests.publishing.sample import DRAWING, PICTURE, sample

PATH = "articles/why-walls.md"
ARTICLE = """---
title: Why walls
summary: Because.
authors: [ada]
published: 2026-11-02
reviewed: 2026-11-03
related: [barriers]
faq:
  - question: Is it sure?
    answer: Fairly [@gate1 early].
---

Because of water [@madison2003]. A barrier holds it back.

## The wall

A wall that breathes is still a wall [opinion].

> A wall that breathes is still a wall.
> {.pull}

![Two bricks and mortar](media/wall.svg "A wall.")

![A dot](media/dot.png "A dot.")

See [bricks](../courses/barriers/lessons/bricks.md#the-wall).
"""
GATE = b"\n@misc{gate1, title = {Gate}, note = {opinion of a gatekeeper}}\n"


def files(article: str = ARTICLE) -> dict[str, bytes]:
    found = sample()
    return found | {PATH: article.encode(), "references.bib": found["references.bib"] + GATE}


def sync(bundle: dict[str, bytes]) -> services.Plan:
    with transaction():
        return services.sync(bundle)


def article() -> Article:
    db.session.rollback()
    return db.session.scalars(select(Article)).one()


def test_an_article_is_stored_as_its_page_shows_it(app: Flask) -> None:
    sync(files())

    row = article()

    assert (row.slug, row.title, row.published, row.reviewed) == (
        "why-walls", "Why walls", date(2026, 11, 2), date(2026, 11, 3),
    )  # fmt: skip
    assert (row.authors, row.related) == (["ada"], ["barriers"])
    assert [entry["id"] for entry in row.outline] == ["the-wall"]
    for part in (
        "narrative review</span>",
        'href="/glossary#barrier"',
        '<aside class="pull" aria-hidden="true">',
        "<svg",
        "Two bricks lie in mortar.",
        'src="why-walls/media/dot.png"',
        'href="/learn/barriers/bricks#the-wall"',
    ):
        assert part in row.html


def test_its_minutes_are_words_and_figures_and_a_pull_quote_is_not_read_twice(app: Flask) -> None:
    sync(files(ARTICLE.replace("Because of water", "water " * 370 + "because of water")))

    assert article().minutes == 4  # Some 390 words make two minutes, two figures two more.


def test_its_pictures_are_named_as_its_page_asks_for_them(app: Flask) -> None:
    sync(files())

    assert {name: storage.media().read(key) for name, key in article().media.items()} == {"dot.png": PICTURE}


def test_sources_that_only_an_answer_names_follow_those_of_the_body(app: Flask) -> None:
    sync(files())

    assert article().cited == [
        {"key": "madison2003", "certainties": []},
        {"key": "gate1", "certainties": []},
    ]
    assert article().faq == [
        {
            "question": "Is it sure?",
            "answer_html": '<p>Fairly<span class="certainty"> <span class="grade early">'
            '<span class="vh">certainty: </span>early</span></span>.</p>',
        }
    ]


@pytest.mark.parametrize(
    ("path", "before", "after", "shown"),
    [
        (PATH, "title: Why walls", "title: Why doors", ""),
        (PATH, "published: 2026-11-02", "published: 2026-11-01", ""),
        ("glossary.md", "What holds", "That holds", "That holds water back."),
        ("references.bib", "narrative review", "systematic review", "systematic review"),
        ("media/wall.md", "Two bricks", "Three bricks", "Three bricks"),
    ],
)
def test_whatever_its_page_shows_is_rendered_anew(
    app: Flask, path: str, before: str, after: str, shown: str
) -> None:
    sync(files())
    changed = files()
    changed[path] = changed[path].replace(before.encode(), after.encode())

    edition = services.prepare(changed)
    with transaction():
        services.publish(edition)

    assert set(edition.pages.articles) == {"why-walls"}
    assert shown in article().html


def test_an_article_that_did_not_change_is_not_rendered(app: Flask) -> None:
    sync(files())
    changed = files()
    changed["courses/barriers/lessons/mortar.md"] += b"\nMore.\n"

    assert services.prepare(changed).pages.articles == {}


def test_an_article_that_a_bundle_does_not_hold_stays_as_it_is(app: Flask, tmp_path) -> None:
    sync(files())
    without = files()
    del without[PATH]

    sync(without)

    assert article().title == "Why walls"
    exporting.write(tmp_path / "out", exporting.all_files())
    assert (tmp_path / "out" / PATH).read_bytes() == ARTICLE.encode()


def test_a_source_stays_while_an_article_cites_it(app: Flask) -> None:
    sync(files())
    without = files()
    del without[PATH]
    without["references.bib"] = without["references.bib"].replace(GATE, b"")

    sync(without)

    assert {source.key for source in db.session.scalars(select(Source))} == {"madison2003", "gate1"}


def test_a_round_trip_changes_no_byte_of_an_article(app: Flask, tmp_path) -> None:
    bundle = files()
    bundle[PATH] = b"\xef\xbb\xbf" + bundle[PATH].replace(b"\n", b"\r\n")
    sync(bundle)
    sync(bundle | {"media/wall.svg": DRAWING.replace(b"Wall", b"A wall")})

    exporting.write(tmp_path / "out", exporting.all_files())

    written = services.read_folder(tmp_path / "out")
    assert written[PATH] == bundle[PATH]
    assert written.keys() == bundle.keys()


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("[[tool: wall-sheet]]", "a tool within a text of the article"),
        ("!!! reflect first\n    Why?", "a reflect within a text of the article"),
        ("> Another wall.\n> {.pull}", "a pull quote whose words are not in the text"),
        ("![a](media/none.svg)", "there is no figure media/none.svg"),
    ],
)
def test_what_has_no_place_in_an_article_is_told(part: str, told: str) -> None:
    problems = services.check(files(f"{ARTICLE}\n{part}\n"))

    assert [(problem.file, problem.message) for problem in problems] == [(PATH, told)]
