"""Authors and their articles."""

from itertools import count
from typing import Any

from core.database import transaction

_numbers = count(1)


def make_author(slug: str = "ada", **columns: Any) -> None:
    """An author as publishing would have left it."""
    from courses.models import Author

    defaults: dict[str, Any] = {
        "name": "Ada Wall", "portrait": "", "may": ["Teach"], "may_not": ["Diagnose"], "publications": [],
        "body_html": "<p>Ada teaches.</p>",
    }  # fmt: skip
    with transaction() as session:
        session.add(Author(slug=slug, **{**defaults, **columns}))


def make_article(slug: str = "", **columns: Any) -> None:
    """A published article with one section and one question."""
    from datetime import date

    from articles.models import Article

    name = slug or f"article-{next(_numbers)}"
    defaults: dict[str, Any] = {
        "title": f"Article {name}", "summary": "A short answer.", "authors": ["ada"], "published": date(2026, 11, 2),
        "reviewed": None, "related": [], "faq": [{"question": "Why?", "answer_html": "<p>Because.</p>"}], "minutes": 3,
        "html": '<p>It begins.</p><h2 id="first-part">First part</h2><p>Body.</p>', "cited": [], "media": {},
        "outline": [{"id": "first-part", "title": "First part", "level": 2}],
    }  # fmt: skip
    with transaction() as session:
        session.add(Article(slug=name, **{**defaults, **columns}))
