"""A course's settings saved as a draft of its text, and courses that are begun. The door opens the transaction."""

from dataclasses import dataclass

from sqlalchemy import select

from core.database import db
from core.errors import Forbidden, InvalidInput, Problem
from core.school import current_school
from courses.founding import found
from courses.models import Author, Course
from publishing.models import ContentFile
from publishing.texts.fields import SLUG, SLUG_RULE
from studio.drafts.services import save, text_of
from studio.outline.services import course_file
from studio.settings.rules import (
    Settings,
    duplicate_of,
    money_changes,
    new_problems,
    new_text,
    settings_of,
    with_settings,
)

PICTURES = (".svg", ".png", ".jpg", ".jpeg", ".webp", ".avif")
RESERVED = ("new",)  # an address of the studio's own
NO_MONEY = "Another price is for those who look after the money. Ask them, or leave it as it is."


class Faulty(InvalidInput):
    """Settings with which the course could not be published; `problems` says each."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("Nothing was saved.")
        self.problems = problems


@dataclass(frozen=True)
class Offers:
    """What the form offers to choose from: pairs of a value and its label."""

    covers: dict[str, str]
    authors: dict[str, str]
    courses: dict[str, str]


def offers(course: str = "") -> Offers:
    """Pictures of the school, its authors, and its other courses."""
    media = select(ContentFile.path).where(
        ContentFile.path.startswith("media/"), ContentFile.removed_at.is_(None)
    )
    paths = (path for path in db.session.scalars(media.order_by(ContentFile.path)) if path.endswith(PICTURES))
    authors = db.session.execute(select(Author.slug, Author.name).order_by(Author.name)).all()
    others = select(Course.slug, Course.title).where(Course.slug != course).order_by(Course.title)
    return Offers(
        {path: path.removeprefix("media/") for path in paths},
        {row.slug: row.name for row in authors},
        {row.slug: row.title for row in db.session.execute(others)},
    )


def change(course: str, made_from: int, by: int, wished: Settings, may_price: bool) -> None:
    """Save the settings in the draft of the course's text. Raises Forbidden for another price by who may not change
    it, Faulty for what could not be published, Overtaken where the text was changed since `made_from`."""
    _, text = text_of(course_file(course))
    if not may_price and money_changes(settings_of(text), wished):
        raise Forbidden(NO_MONEY)
    edited = with_settings(text, wished)
    if problems := new_problems(text, edited, course):
        raise Faulty(problems)
    save(course_file(course), edited, made_from, by)


def begin(slug: str, title: str, collection: str, language: str, authors: list[str], by: int) -> None:
    """Begin a course: its draft, and who owns it once it is published. Raises InvalidInput or Conflict."""
    text = new_text(title, collection, language, current_school().currency, authors)
    if problems := [
        one for one in new_problems("---\n", text, slug) if not one.message.startswith("modules:")
    ]:
        raise Faulty(problems)
    _begin(slug, text, by)


def duplicate(origin: str, slug: str, title: str, by: int) -> None:
    """Begin a course that takes the outline and the settings of another."""
    _, text = text_of(course_file(origin))
    _begin(slug, duplicate_of(text, origin, title), by)


def _begin(slug: str, text: str, by: int) -> None:
    if not SLUG.fullmatch(slug) or slug in RESERVED:
        raise InvalidInput(f"“{slug}” cannot be an address. {SLUG_RULE}", "slug")
    found(slug, by)
    save(course_file(slug), text, 0, by)
