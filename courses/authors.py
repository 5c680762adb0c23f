"""Authors as pages show them, beside a course, beside an article and on a page of their own."""

from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import select

from core.database import db
from core.errors import NotFound
from core.web import initials
from courses.models import Author, Course


@dataclass(frozen=True)
class AuthorFacts:
    """What is said of an author. `portrait_url` is empty where there is no portrait."""

    slug: str
    name: str
    portrait_url: str
    intro: Markup
    may: list[str]
    may_not: list[str]
    publications: list[str]

    @property
    def url(self) -> str:
        return f"/authors/{self.slug}"

    @property
    def initials(self) -> str:
        return initials(self.name)


def author_facts(author: Author) -> AuthorFacts:
    """An author as pages show one."""
    return AuthorFacts(
        author.slug,
        author.name,
        f"/authors/{author.slug}/portrait" if author.portrait else "",
        Markup(author.body_html),  # noqa: S704 - stored by the renderer
        author.may,
        author.may_not,
        author.publications,
    )


def find_author(slug: str) -> Author:
    """The author of this name. Raises NotFound."""
    author = db.session.scalar(select(Author).filter_by(slug=slug))
    if author is None:
        raise NotFound("There is no author of that name.")
    return author


def authors_of(course: Course) -> list[AuthorFacts]:
    """The authors, in the order in which the course names them."""
    found = {
        row.slug: row for row in db.session.scalars(select(Author).where(Author.slug.in_(course.authors)))
    }
    return [author_facts(found[slug]) for slug in course.authors if slug in found]
