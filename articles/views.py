"""The doors of the journal: its list, an article with its pictures, the page of an author."""

from mimetypes import guess_type

from flask import Blueprint
from werkzeug.wrappers import Response as WerkzeugResponse

from articles.pages import article_page, author_page, newest
from articles.services import find_picture
from core.web import ANYONE, absolute_url, allow, render, send_stored

bp = Blueprint("articles", __name__)


@bp.get("/articles")
@allow(ANYONE)
def index() -> str:
    """All articles, the newest first."""
    return render("articles/index.html", nav="journal", articles=newest())


@bp.get("/articles/<slug>")
@allow(ANYONE)
def show(slug: str) -> str:
    """One article."""
    page = article_page(slug)
    return render("articles/show.html", nav="journal", page=page, canonical=absolute_url(page.url))


@bp.get("/articles/<slug>/media/<path:name>")
@allow(ANYONE)
def media(slug: str, name: str) -> WerkzeugResponse:
    """A picture that the article shows."""
    return send_stored(find_picture(slug, name), guess_type(name)[0])


@bp.get("/authors/<slug>")
@allow(ANYONE)
def author(slug: str) -> str:
    """Who an author is, what they may and may not do, and what they wrote."""
    page = author_page(slug)
    return render("articles/author.html", page=page, canonical=absolute_url(page.facts.url))
