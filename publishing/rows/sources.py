"""The bibliography's and the glossary's rows."""

from sqlalchemy import select

from articles.models import Article
from core.database import db
from lessons.models import Lesson, Tool
from publishing.bundle import Bundle
from publishing.rows.filling import fill
from sources.models import Source, Term


def publish_sources(bundle: Bundle) -> None:
    """The bibliography's rows; one that is gone from it stays while a lesson, a tool or an article cites it."""
    rows = {row.key: row for row in db.session.scalars(select(Source))}
    for key, text in bundle.sources.items():
        row = rows.get(key) or Source(key=key)
        fill(
            row,
            kind=text.kind,
            authors=text.authors,
            title=text.title,
            published_in=text.published_in,
            year=text.year,
            doi=text.doi,
            url=text.url,
            design=text.design,
            limit=text.limit,
        )
        db.session.add(row)
    columns = (Lesson.cited, Tool.cited, Article.cited)
    lists = [cited for column in columns for cited in db.session.scalars(select(column))]
    cited = {entry["key"] for each in lists for entry in each}
    for key in rows.keys() - bundle.sources.keys() - cited:
        db.session.delete(rows[key])


def publish_terms(bundle: Bundle) -> None:
    """The glossary's rows, as the bundle has them."""
    rows = {row.slug: row for row in db.session.scalars(select(Term))}
    for text in bundle.terms:
        row = rows.get(text.slug) or Term(slug=text.slug)
        fill(row, name=text.name, aliases=list(text.aliases), definition=text.definition)
        db.session.add(row)
    for slug in rows.keys() - {text.slug for text in bundle.terms}:
        db.session.delete(rows[slug])
