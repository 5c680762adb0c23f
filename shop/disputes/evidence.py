"""The evidence of an order, gathered: what stands here, and what each room above tells of its buyer."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from html import unescape

from sqlalchemy import select

from accounts.models import SignIn, User
from core.config import current_config
from core.database import db
from core.errors import NotFound
from core.outbox import OutboxMail
from core.school import School, current_school
from enrollment.models import Grant
from shop.disputes.models import DisputeRow
from shop.disputes.pack import Happening, LegalVersion, Pack, Section, moment
from shop.disputes.rules import reason_in_words
from shop.legal import CONSENTS, Version, read_legal
from shop.models import Order

BLOCK_ENDS = re.compile(r"</(?:p|h\d|li|blockquote|td|th|pre)>")
TAG = re.compile(r"<[^>]*>")
Teller = Callable[[int, Sequence[int]], Section]
_tellers: list[Teller] = []


def tell_evidence(teller: Teller) -> None:
    """Let a room above tell what a person did in some courses, by their ids (called in app.py)."""
    if teller not in _tellers:
        _tellers.append(teller)


def gather(row: DisputeRow) -> Pack:
    """All that is known of a disputed order."""
    order, school = db.session.get_one(Order, row.order_id), current_school()
    buyer = db.session.get(User, order.user_id) if order.user_id is not None else None
    return Pack(
        school=school.name,
        seller=_seller(school),
        number=order.number,
        title=order.title,
        buyer=buyer.name if buyer else "",
        email=order.email,
        amount=str(order.amount),
        disputed=str(row.amount),
        refunded=str(order.refunded) if order.refunded_minor else "",
        reason=reason_in_words(row.reason),
        ordered_at=order.created_at,
        paid_at=order.paid_at,
        paid_by=order.payment_method.replace("_", " "),
        consent=_consent(order),
        terms=_accepted("terms", order.terms_version),
        refunds=_accepted("refunds", order.refunds_version),
        refund_days=order.refund_days,
        refund_max_progress=order.refund_max_progress,
        sections=tuple(_sections(order, buyer)),
    )


def _seller(school: School) -> str:
    lines = [school.legal_name or school.name, *school.legal_address.splitlines()]
    return ", ".join(line.strip() for line in lines if line.strip())


def _consent(order: Order) -> str:
    words = CONSENTS.get(order.consent_version, "")
    return f"{moment(order.consent_at)}: “{words}”" if order.consent_at is not None and words else ""


def _accepted(page: str, version: str) -> LegalVersion:
    """A version by its name; its words too, where it is among the texts here."""
    url = current_config().base_url + Version(page, version).url
    try:
        return LegalVersion(version, url, _words(read_legal(page, version).html))
    except NotFound:
        return LegalVersion(version, url, "")


def _words(html: str) -> str:
    """A text without its tags, a blank line between its paragraphs, headings and items."""
    parts = (" ".join(unescape(TAG.sub("", part)).split()) for part in BLOCK_ENDS.split(html))
    return "\n\n".join(part for part in parts if part)


def _sections(order: Order, buyer: User | None) -> Iterable[Section]:
    """What stands here first, then the rooms above, as they stand on the floors."""
    if buyer is not None:
        yield _account(buyer)
    yield Section("Access that the order gave", tuple(_access(order)))
    if buyer is not None:
        courses = [line.course_id for line in order.lines]
        yield from (tell(buyer.id, courses) for tell in _tellers)
    yield Section("Mails about the order that are still kept", tuple(_mails(order)))


def _account(buyer: User) -> Section:
    """The account and where it is signed in; a sign-in that was ended leaves no record."""
    made = [Happening(buyer.created_at, "Account made")]
    if buyer.confirmed_at is not None:
        made.append(Happening(buyer.confirmed_at, "Email address confirmed by a link in a mail"))
    rows = db.session.scalars(select(SignIn).filter_by(user_id=buyer.id))
    signed_in = [Happening(row.created_at, _sign_in(row)) for row in rows]
    return Section("Account and sign-ins", _by_time([*made, *signed_in]), is_use=True)


def _sign_in(row: SignIn) -> str:
    return f"Signed in ({row.device}), used until {row.last_seen_at:%Y-%m-%d}"


def _access(order: Order) -> Iterable[Happening]:
    titles = {line.course_id: line.title for line in order.lines}
    for grant in db.session.scalars(select(Grant).filter_by(order_id=order.id).order_by(Grant.id)):
        title = titles.get(grant.course_id, order.title)
        yield Happening(grant.started_at, f"{title}: opened")
        yield from _happened(grant.paused_at, f"{title}: closed for the time being")
        yield from _happened(grant.ended_at, f"{title}: ended")


def _happened(at: datetime | None, text: str) -> Iterable[Happening]:
    return [Happening(at, text)] if at is not None else []


def _mails(order: Order) -> Iterable[Happening]:
    about = OutboxMail.dedupe_key.startswith(f"order:{order.number}:", autoescape=True)
    query = select(OutboxMail).where(OutboxMail.to_address == order.email, about).order_by(OutboxMail.id)
    for mail in db.session.scalars(query):
        when = mail.sent_at or mail.created_at
        yield Happening(when, f"{mail.subject} ({'sent' if mail.sent_at else 'queued'} to {mail.to_address})")


def _by_time(happenings: Iterable[Happening]) -> tuple[Happening, ...]:
    return tuple(sorted(happenings, key=lambda each: each.at))
