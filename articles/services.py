"""Reading articles: one, all of them, those of an author."""

from collections.abc import Sequence

from sqlalchemy import String, cast, select
from sqlalchemy.orm import load_only

from articles.models import Article
from core.database import db
from core.errors import NotFound
from courses.models import Author

MISSING = "There is no article at this address. The journal lists all of them."
LISTED = (Article.slug, Article.title, Article.summary, Article.published, Article.minutes, Article.authors)


def find_picture(slug: str, name: str) -> str:
    """The storage key of a picture that the article shows. Raises NotFound."""
    pictures = db.session.scalar(select(Article.media).filter_by(slug=slug))
    if pictures is None:
        raise NotFound(MISSING)
    if name not in pictures:
        raise NotFound("This article has no such picture.")
    return pictures[name]


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


def newest_articles(count: int | None = None) -> Sequence[Article]:
    """The newest articles, or all of them, with no more than a list shows."""
    query = select(Article).order_by(Article.published.desc(), Article.title).limit(count)
    return db.session.scalars(query.options(load_only(*LISTED))).all()


def articles_by(author: str) -> list[Article]:
    """The articles that name this author, the newest first."""
    return [article for article in newest_articles() if author in article.authors]
