"""What the school says of itself: one row of settings, from which pages, mails and PDFs take their words."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from flask import g
from markupsafe import Markup, escape
from sqlalchemy import false, select, true
from sqlalchemy.orm import Mapped, mapped_column

from core.colour import contrast, is_colour, nearest_readable
from core.config import current_config
from core.database import Base, db
from core.errors import InvalidInput
from core.reads import HotRead

# A tag, which stays as it is, or a place between tags.
TAG_OR_PLACE = re.compile(r"<[^>]*>|\{\{(\w+)\}\}")
LIGHT_PAPER, DARK_PAPER = "#faf5ee", "#181215"
DEFAULT_COLOURS = ("#9c3d28", "#35604f")


@dataclass(frozen=True)
class School:
    """The settings of one school; the defaults are those of a school that has not been named yet."""

    name: str = "Stratum"
    logo: str = ""  # storage key of an image, or empty for the drawn mark
    colour_primary: str = DEFAULT_COLOURS[0]
    colour_accent: str = DEFAULT_COLOURS[1]
    legal_name: str = ""
    legal_address: str = ""
    support_email: str = ""
    time_zone: str = "UTC"
    currency: str = "USD"
    refund_days: int = 14
    refund_max_progress: int = 30  # percent
    asks_consent: bool = False  # whether buyers must ask to be let in before their right to withdraw is over
    country: str = ""
    emergency_number: str = ""
    crisis_line: str = ""
    certificate_host: str = ""
    review_retention: int = 90  # percent that learners shall still know when a review is due
    pauses_disputed: bool = True  # a course closes for the time in which its payment is disputed
    taxes_by_stripe: bool = False  # whether Stripe works out the tax within each price
    asks_tax_number: bool = False  # whether buyers may give a tax number, and get an invoice with it
    version: int = 0

    @property
    def has_colours(self) -> bool:
        return (self.colour_primary, self.colour_accent) != DEFAULT_COLOURS


class SchoolSettings(Base):
    """The one row (id 1). `version` counts the changes; every process drops its copy when it sees another."""

    __tablename__ = "school"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    name: Mapped[str]
    logo: Mapped[str]
    colour_primary: Mapped[str]
    colour_accent: Mapped[str]
    legal_name: Mapped[str]
    legal_address: Mapped[str]
    support_email: Mapped[str]
    time_zone: Mapped[str]
    currency: Mapped[str]
    refund_days: Mapped[int]
    refund_max_progress: Mapped[int]
    asks_consent: Mapped[bool] = mapped_column(server_default=false())
    country: Mapped[str]
    emergency_number: Mapped[str]
    crisis_line: Mapped[str]
    certificate_host: Mapped[str]
    review_retention: Mapped[int]
    pauses_disputed: Mapped[bool] = mapped_column(server_default=true())
    taxes_by_stripe: Mapped[bool] = mapped_column(server_default=false())
    asks_tax_number: Mapped[bool] = mapped_column(server_default=false())


EDITABLE = tuple(field.name for field in fields(School) if field.name != "version")
VERSION = select(SchoolSettings.version).scalar_subquery()
_version = HotRead(select(VERSION))
_kept: dict[str, School] = {}


def current_school() -> School:
    """The settings as they are now. At most one tiny read a request; the row itself only after a change."""
    if "school" not in g:
        g.school = _load()
    school: School = g.school
    return school


def note_version(version: int | None) -> None:
    """Take the version from a statement that read VERSION along with its own, so that none is spent on it."""
    g.school_version = version


def last_known_school() -> School:
    """The settings as this process saw them last, without asking the database."""
    return _kept.get(current_config().database_url, School())


def change_school(values: dict[str, Any]) -> School:
    """Write some settings in the caller's transaction. Raises InvalidInput for a value that cannot be."""
    row = db.session.get(SchoolSettings, 1, with_for_update=True)
    if row is None:
        row = SchoolSettings(id=1, **asdict(School()))
        db.session.add(row)
    for name, value in _checked(values).items():
        setattr(row, name, value)
    row.version += 1
    db.session.flush()
    g.pop("school", None)
    g.pop("school_version", None)
    return _of(row)


def require_readable(colour: str, field: str) -> None:
    """Refuse a colour under 4.5:1 on the school's paper, and name the nearest shade that passes."""
    if not is_colour(colour):
        raise InvalidInput(f"Enter a colour such as #9c3d28{f', not {colour}' if colour else ''}.", field)
    if contrast(colour, LIGHT_PAPER) < 4.5:
        nearest = nearest_readable(colour, LIGHT_PAPER)
        raise InvalidInput(
            f"{colour} is too faint to read: {contrast(colour, LIGHT_PAPER):.1f}:1 where 4.5:1 is needed. "
            f"The nearest shade that passes is {nearest}.",
            field,
        )


def fill_places(html: str, words: Mapping[str, str]) -> Markup:
    """HTML of the renderer with words in its places, written `{{name}}`; those that are no Markup are escaped.

    A place within a tag, or of a name that `words` lacks, stays as it is.
    """
    filled = TAG_OR_PLACE.sub(lambda found: escape(words.get(found[1] or "", Markup(found[0]))), html)
    return Markup(filled)  # noqa: S704 - the renderer's HTML, and nothing in it that was not escaped


def stylesheet(school: School) -> str:
    """The school's two colours as tokens, for the light theme and, lightened until readable, for the dark one."""
    light, dark = (_tokens(school, paper) for paper in (LIGHT_PAPER, DARK_PAPER))
    return (
        f":root{{{light}}}\n"
        f'@media screen and (prefers-color-scheme: dark){{:root:not([data-theme="light"]){{{dark}}}}}\n'
        f'@media screen{{:root[data-theme="dark"]{{{dark}}}}}\n'
    )


def _tokens(school: School, paper: str) -> str:
    primary, accent = (nearest_readable(c, paper) for c in (school.colour_primary, school.colour_accent))
    return f"--clay:{primary};--clay-deep:color-mix(in srgb,{primary} 82%,var(--ink));--sage:{accent};"


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    for field in ("colour_primary", "colour_accent"):
        if field in values:
            require_readable(values[field], field)
    if "name" in values and not values["name"].strip():
        raise InvalidInput("The school needs a name.", "name")
    return {name: values[name] for name in EDITABLE if name in values}


def _load() -> School:
    key = current_config().database_url
    version = g.school_version if "school_version" in g else _version()[0][0]
    kept = _kept.get(key)
    if kept is None or kept.version != (version or 0):
        row = db.session.get(SchoolSettings, 1, populate_existing=True)
        kept = _of(row) if row else School()
        if kept.version == (version or 0):  # Not what a transaction wrote that may yet be rolled back.
            _kept[key] = kept
    return kept


def _of(row: SchoolSettings) -> School:
    return replace(School(version=row.version), **{name: getattr(row, name) for name in EDITABLE})
