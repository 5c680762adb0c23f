"""The evidence of an order: what each room tells of it, and the text fields that Stripe hands to the bank. Pure.

All moments are told in UTC, for whoever reads them sits anywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate

LONGEST_FIELD = 20_000  # characters; Stripe takes 150,000 of all fields together
LONGEST_NOTE = 5_000
LEFT_OUT = "(Further entries are left out.)"


@dataclass(frozen=True)
class Happening:
    """One dated thing that is on record."""

    at: datetime
    text: str

    def __str__(self) -> str:
        return f"{moment(self.at)}  {self.text}"


@dataclass(frozen=True)
class Section:
    """What one room tells, the oldest first. `is_use`: the buyer did it, with what they had bought."""

    title: str
    happenings: tuple[Happening, ...]
    is_use: bool = False


@dataclass(frozen=True)
class LegalVersion:
    """A text that the buyer accepted: its version is the day it was published, `words` are its own."""

    version: str
    url: str
    words: str


@dataclass(frozen=True)
class Pack:
    """All that is known here of a disputed order. Amounts are ready for the reader."""

    school: str
    seller: str  # legal name and address, one line
    number: str
    title: str
    buyer: str  # empty where there is no account any more
    email: str
    amount: str
    disputed: str
    refunded: str  # what went back, or empty
    reason: str
    ordered_at: datetime
    paid_at: datetime | None
    paid_by: str
    consent: str  # what the buyer agreed to beside the terms, with its moment; empty where nothing was asked
    terms: LegalVersion
    refunds: LegalVersion
    refund_days: int
    refund_max_progress: int  # percent
    sections: tuple[Section, ...]

    @property
    def promise(self) -> str:
        return (
            f"A refund on request within {self.refund_days} days of paying, as long as no more than "
            f"{self.refund_max_progress} percent of the course is completed."
        )


def moment(at: datetime) -> str:
    """`2026-11-22 12:05 UTC`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def fields_of(pack: Pack, note: str = "") -> dict[str, str]:
    """The pack as Stripe's text fields, none empty and none too long; `note` is what somebody at the school adds."""
    fields = {
        "product_description": _product(pack),
        "service_date": f"{(pack.paid_at or pack.ordered_at).astimezone(UTC):%Y-%m-%d}",
        "customer_name": pack.buyer,
        "customer_email_address": pack.email,
        "access_activity_log": _log(section for section in pack.sections if section.is_use),
        "refund_policy_disclosure": _disclosure(pack),
        "uncategorized_text": _rest(pack, note),
    }
    return {name: _cut(text) for name, text in fields.items() if text.strip()}


def _product(pack: Pack) -> str:
    return (
        f"Online course: {pack.title}. Sold by {pack.seller}. Digital content on the school's website, open to the "
        f"buyer's account from the moment of payment; nothing is shipped. Order {pack.number} of "
        f"{moment(pack.ordered_at)}, {pack.amount}."
    )


def _disclosure(pack: Pack) -> str:
    return (
        f"The order page showed the price, the terms and this promise above its only button, before the payment: "
        f"{pack.promise} The buyer accepted the version of {pack.refunds.version}, kept at {pack.refunds.url}\n\n"
        f"{pack.refunds.words}"
    )


def _rest(pack: Pack, note: str) -> str:
    accepted = f"Terms accepted with the order: version of {pack.terms.version}, kept at {pack.terms.url}"
    consent = f"Consent: {pack.consent}" if pack.consent else ""
    returned = f"Refunded already: {pack.refunded}" if pack.refunded else ""
    records = _log(section for section in pack.sections if not section.is_use)
    return "\n\n".join(part for part in (note.strip(), returned, accepted, consent, records) if part)


def _log(sections: Iterable[Section]) -> str:
    told = (section for section in sections if section.happenings)
    return "\n\n".join("\n".join([section.title, *map(str, section.happenings)]) for section in told)


def _cut(text: str) -> str:
    """Whole lines of the text, as many as fit."""
    if len(text) <= LONGEST_FIELD:
        return text
    room = LONGEST_FIELD - len(LEFT_OUT) - 1
    lines = text.split("\n")
    fitting = sum(length <= room for length in accumulate(len(line) + 1 for line in lines))
    return "\n".join([*lines[:fitting], LEFT_OUT]) if fitting else text[:LONGEST_FIELD]
