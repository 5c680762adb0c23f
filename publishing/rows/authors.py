"""The authors' rows."""

from sqlalchemy import select

from core.database import db
from courses.models import Author
from publishing.bundle import Bundle
from publishing.media import storage_key
from publishing.rendering import Pages
from publishing.rows.filling import fill


def publish_authors(bundle: Bundle, pages: Pages) -> set[str]:
    """The authors' rows; the slugs of those that changed."""
    return {slug for slug in bundle.authors if _publish_author(bundle, pages, slug)}


def _publish_author(bundle: Bundle, pages: Pages, slug: str) -> bool:
    text = bundle.authors[slug]
    row = db.session.scalar(select(Author).filter_by(slug=slug)) or Author(slug=slug, body_html="")
    db.session.add(row)
    html = pages.texts.get(text.file)
    return fill(
        row,
        name=text.name,
        portrait=storage_key(bundle, text.portrait),
        may=list(text.may),
        may_not=list(text.may_not),
        publications=list(text.publications),
        body_html=row.body_html if html is None else html.get(text.body, ""),
    )
