"""A bundle's articles as rows. One that a bundle does not hold stays as it is."""

from typing import Any

from sqlalchemy import select

from articles.models import Article
from core.database import db
from core.markup.proofreading import mentions
from core.markup.rendered import Rendered, reading_minutes
from publishing.bundle import Bundle
from publishing.media import storage_key
from publishing.rendering import Pages, figure_paths
from publishing.rows.filling import cited_in, fill
from publishing.texts.media_files import RASTER, ending
from publishing.texts.page_texts import ArticleText


def publish_articles(bundle: Bundle, pages: Pages) -> None:
    """The rows of the articles that were rendered: all that their files say."""
    for slug, rendered in pages.articles.items():
        text = bundle.articles[slug]
        row = db.session.scalar(select(Article).filter_by(slug=slug)) or Article(slug=slug)
        fill(
            row,
            title=text.title,
            summary=text.summary,
            authors=list(text.authors),
            published=text.published,
            reviewed=text.reviewed,
            related=list(text.related),
            faq=_faq(text, pages.texts.get(text.file, {})),
            minutes=max(1, reading_minutes(rendered.words, figures=len(rendered.figures))),
            html=str(rendered.html),
            outline=[{"id": each.id, "title": each.title, "level": each.level} for each in rendered.outline],
            cited=[*cited_in(rendered), *_cited_by_answers(text, rendered)],
            media={path.removeprefix("media/"): storage_key(bundle, path) for path in _pictures(text.body)},
        )
        db.session.add(row)
    db.session.flush()


def _faq(text: ArticleText, html: dict[str, str]) -> list[dict[str, str]]:
    return [{"question": question, "answer_html": html.get(answer, "")} for question, answer, _ in text.faq]


def _cited_by_answers(text: ArticleText, rendered: Rendered) -> list[dict[str, Any]]:
    """What only an answer names: the page lists it after what the body numbers."""
    numbered = [each.key for each in rendered.cited]
    named = [found.name for _, answer, _ in text.faq for found in mentions(answer) if found.kind == "cite"]
    return [{"key": key, "certainties": []} for key in dict.fromkeys(named) if key not in numbered]


def _pictures(body: str) -> list[str]:
    """The files that the page asks for; drawings stand in its HTML."""
    return [path for path in figure_paths(body) if ending(path) in RASTER]
