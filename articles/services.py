"""Reading articles: one, all of them, those of an author."""

from collections.abc import Sequence

from sqlalchemy import String, cast, select
from sqlalchemy.orm import defer

from articles.models import Article
from core.database import db
from core.errors import NotFound
from courses.models import Author

MISSING = "There is no article at this address. The journal lists all of them."


def find_article(slug: str) -> Article:
    """The published article of this address. Raises NotFound."""
    article = db.session.scalar(select(Article).filter_by(slug=slug))
    if article is None:
        raise NotFound(MISSING)
    return article


def read_article(slug: str) -> tuple[Article, list[Author]]:
    """The article with its authors, in the order in which it names them, in one statement. Raises NotFound."""
    names = cast(Article.authors, String)  # Slugs hold no letter that LIKE reads otherwise.
    signed = select(Article, Author).outerjoin(Author, names.contains('"' + Author.slug + '"'))
    rows = db.session.execute(signed.where(Article.slug == slug)).all()
    if not rows:
        raise NotFound(MISSING)
    article = rows[0][0]
    found = {author.slug: author for _, author in rows if author is not None}
    return article, [found[name] for name in article.authors if name in found]


def all_articles() -> Sequence[Article]:
    """All articles without their texts, the newest first."""
    query = select(Article).order_by(Article.published.desc(), Article.title)
    return db.session.scalars(query.options(defer(Article.html))).all()


def articles_by(author: str) -> list[Article]:
    """The articles that name this author, the newest first."""
    return [article for article in all_articles() if author in article.authors]
