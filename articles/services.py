"""Reading articles: one, all of them, those of an author."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import defer

from articles.models import Article
from core.database import db
from core.errors import NotFound


def find_article(slug: str) -> Article:
    """The published article of this address. Raises NotFound."""
    article = db.session.scalar(select(Article).filter_by(slug=slug))
    if article is None:
        raise NotFound("There is no article at this address. The journal lists all of them.")
    return article


def all_articles() -> Sequence[Article]:
    """All articles without their texts, the newest first."""
    query = select(Article).order_by(Article.published.desc(), Article.title)
    return db.session.scalars(query.options(defer(Article.html))).all()


def articles_by(author: str) -> list[Article]:
    """The articles that name this author, the newest first."""
    return [article for article in all_articles() if author in article.authors]
