"""What the list, an article's page and an author's page show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from articles.models import Article
from articles.services import articles_by, newest_articles, read_article
from courses.authors import AuthorFacts, author_facts, find_author
from courses.models import Course
from courses.services import courses_by, courses_named
from sources.services import CitedSource, cited_sources

COVERS = 4  # drawings that stand beside articles in lists


@dataclass(frozen=True)
class Card:
    """An article in a list. `cover` names a drawing of ours: it tells two articles apart and says nothing."""

    title: str
    summary: str
    url: str
    published: date
    minutes: int
    cover: str


@dataclass(frozen=True)
class ArticlePage:
    """An article as it is read. `headings` are those of the second level; `faq` pairs of question and answer."""

    title: str
    summary: str
    url: str
    published: date
    reviewed: date | None
    minutes: int
    body: Markup
    headings: list[dict[str, Any]]
    sources: list[CitedSource]
    faq: list[tuple[str, Markup]]
    authors: list[AuthorFacts]
    related: Sequence[Course]


@dataclass(frozen=True)
class AuthorPage:
    """An author with what they wrote."""

    facts: AuthorFacts
    courses: Sequence[Course]
    articles: list[Card]


def newest(count: int | None = None) -> list[Card]:
    """The newest articles, or all of them."""
    return [card(article) for article in newest_articles(count)]


def card(article: Article) -> Card:
    """The article in a list."""
    return Card(
        article.title,
        article.summary,
        f"/articles/{article.slug}",
        article.published,
        article.minutes,
        f"cover-{article.id % COVERS + 1}",
    )


def article_page(slug: str) -> ArticlePage:
    """All that an article's page shows, in three statements. Raises NotFound."""
    article, authors = read_article(slug)
    return ArticlePage(
        article.title,
        article.summary,
        f"/articles/{article.slug}",
        article.published,
        article.reviewed,
        article.minutes,
        Markup(article.html),  # noqa: S704 - stored by the renderer
        [heading for heading in article.outline if heading["level"] == 2],
        cited_sources(article.cited),
        [(entry["question"], Markup(entry["answer_html"])) for entry in article.faq],  # noqa: S704 - as above
        [author_facts(author) for author in authors],
        courses_named(article.related),
    )


def author_page(slug: str) -> AuthorPage:
    """An author's own page. Raises NotFound."""
    author = find_author(slug)
    articles = [card(article) for article in articles_by(slug)]
    return AuthorPage(author_facts(author), courses_by(slug), articles)
