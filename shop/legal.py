"""The school's legal texts: which versions a buyer accepts, and a page of one, filled in from the settings."""

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup
from sqlalchemy import select

from core.database import db
from core.errors import NotFound
from core.school import School, current_school, fill_places
from payments.values import PaymentsOff
from shop.models import LegalText


@dataclass(frozen=True)
class Accepted:
    """The versions of the terms and of the refund promise that hold for what is bought now."""

    terms: str
    refunds: str


@dataclass(frozen=True)
class Version:
    """A version of the text of `page`, by the day on which it was published."""

    page: str
    day: str  # as 2026-11-21

    @property
    def url(self) -> str:
        return f"/legal/{self.page}?version={self.day}"

    @property
    def in_words(self) -> str:
        return f"{date.fromisoformat(self.day):%-d %B %Y}"


@dataclass(frozen=True)
class LegalPage:
    """One version of a legal text as it is shown, and all `versions` there are, newest first."""

    title: str
    summary: str
    html: Markup
    version: "Version"
    versions: tuple["Version", ...]

    @property
    def is_current(self) -> bool:
        return self.version == self.versions[0]


def current_versions() -> Accepted:
    """What a buyer accepts today. Raises PaymentsOff where the school has not published both texts."""
    terms, refunds = _days("terms"), _days("refunds")
    if not terms or not refunds:
        raise PaymentsOff(
            "This school has not published its terms of sale and its refund promise yet, so it sells nothing so far. "
            "Free courses are open. Nothing was charged."
        )
    return Accepted(terms[0], refunds[0])


def read_legal(page: str, version: str | None = None) -> LegalPage:
    """The text of this page, the newest one or that of `version`. Raises NotFound."""
    versions = _days(page)
    if not versions:
        raise NotFound("The school has published no text at this address.")
    text = db.session.get(LegalText, (page, version or versions[0]))
    if text is None:
        raise NotFound(f"There is no version {version} of this text. Its page lists those there are.")
    html = fill_places(text.html, _words(current_school()))
    every = tuple(Version(page, day) for day in versions)
    return LegalPage(text.title, text.summary, html, Version(page, text.version), every)


def _words(school: School) -> dict[str, str]:
    """What stands in the places; where a setting is blank, words that still read well."""
    email = school.support_email
    link = Markup('<a href="mailto:{0}">{0}</a>').format(email)
    address = ", ".join(line.strip() for line in school.legal_address.splitlines() if line.strip())
    return {
        "school": school.name,
        "legal_name": school.legal_name or "its owner",
        "legal_address": address or "whose address we give on request",
        "support_email": link if email else "our support address",
        "refund_days": str(school.refund_days),
        "refund_max_progress": str(school.refund_max_progress),
        "country": school.country or "the country in which the school has its seat",
    }


def _days(page: str) -> tuple[str, ...]:
    query = select(LegalText.version).filter_by(page=page).order_by(LegalText.version.desc())
    return tuple(db.session.scalars(query))
