"""The school's legal texts: which versions a buyer accepts, and a page of one, filled in from the settings."""

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup
from sqlalchemy import select

from core.database import db
from core.errors import InvalidInput, NotFound
from core.school import School, current_school, fill_places
from payments.values import PaymentsOff
from shop.models import LegalText

# What a consumer in the European Union says who wants access before the time for withdrawing is over, by the day
# from which it is asked. Texts are never changed: orders name the one that their buyers agreed to.
CONSENTS = {
    "2026-11-22": "I ask to be let in at once. I know that my right to withdraw from the contract ends with that. "
    "The school’s refund promise holds all the same.",
}
CONSENT_MISSING = "Tick that you ask to be let in at once. Without it the order cannot be made."


@dataclass(frozen=True)
class Accepted:
    """The versions of the terms and of the refund promise that hold for what is bought now, and of the consent to
    immediate access that was given, empty where none was asked for."""

    terms: str
    refunds: str
    consent: str = ""


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


def current_versions(consents: bool = False, is_consumer: bool = True) -> Accepted:
    """What a buyer accepts today. Raises PaymentsOff where the school has not published both texts, InvalidInput
    where it asks consumers for a consent to immediate access that was not given."""
    terms, refunds = _days("terms"), _days("refunds")
    if not terms or not refunds:
        raise PaymentsOff(
            "This school has not published its terms of sale and its refund promise yet, so it sells nothing so far. "
            "Free courses are open. Nothing was charged."
        )
    is_asked = current_school().asks_consent and is_consumer
    if is_asked and not consents:
        raise InvalidInput(CONSENT_MISSING, "consent")
    return Accepted(terms[0], refunds[0], max(CONSENTS) if is_asked else "")


def consent_asked() -> str:
    """What a consumer has to agree to before access, empty where the school does not ask."""
    return CONSENTS[max(CONSENTS)] if current_school().asks_consent else ""


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
