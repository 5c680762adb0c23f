"""What the school keeps by itself, as the admin reads it: the audit trail and the mails."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, case, cast, func, literal, or_, select

from accounts.models import User
from admin.listing import Listing, holds
from admin.rules import PageOf, page_of, without_keys
from certificates.models import Certificate
from core.audit import AuditEntry
from core.database import db
from core.errors import NotFound
from core.outbox import MailState, OutboxMail
from enrollment.models import Enrollment

MAIL_STATES = {
    MailState.DEAD.value: "Not delivered",
    MailState.NEW.value: "Waiting",
    MailState.SENT.value: "Sent",
}
AUDIT_COLUMNS = {"at": AuditEntry.at}
MAIL_COLUMNS = {"created": OutboxMail.created_at}
_PERSON = "user:"


@dataclass(frozen=True)
class Deed:
    """One entry of the trail. `actor` and `about` are names of people where they still have an account."""

    at: datetime
    action: str
    actor_id: int | None
    actor: str
    subject: str
    about_id: int | None
    about: str
    detail: tuple[tuple[str, str], ...]


def page_of_deeds(asked: Listing) -> tuple[list[Deed], PageOf]:
    """One page of the trail, as it was asked for."""
    wanted = _deed_conditions(asked)
    total = db.session.scalar(select(func.count()).select_from(AuditEntry).where(*wanted)) or 0
    page = page_of(asked.wanted_page, total)
    query = select(AuditEntry).where(*wanted).order_by(*asked.order(AUDIT_COLUMNS, AuditEntry.id))
    entries = db.session.scalars(query.offset(page.offset).limit(page.last - page.offset)).all()
    return _deeds(entries), page


def deeds_about(user_id: int, limit: int = 20) -> list[Deed]:
    """The latest entries about a person: their account, their enrollments, their certificates."""
    enrollments = select(literal("enrollment:") + cast(Enrollment.id, String)).where(
        Enrollment.user_id == user_id
    )
    certificates = select(literal("certificate:") + Certificate.id).where(Certificate.user_id == user_id)
    about = or_(
        AuditEntry.subject == f"{_PERSON}{user_id}",
        AuditEntry.subject.in_(enrollments),
        AuditEntry.subject.in_(certificates),
    )
    query = select(AuditEntry).where(about).order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(limit)
    return _deeds(db.session.scalars(query).all())


def actions() -> list[str]:
    """Every kind of deed that the trail holds."""
    return list(db.session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)))


def page_of_mails(asked: Listing) -> tuple[Sequence[OutboxMail], PageOf]:
    """One page of the outbox: what was not delivered first, then the newest first."""
    wanted: list[ColumnElement[bool]] = [
        holds(w, OutboxMail.to_address, OutboxMail.subject) for w in asked.words
    ]
    if asked.filters["state"]:
        wanted.append(OutboxMail.state == MailState(asked.filters["state"]))
    total = db.session.scalar(select(func.count()).select_from(OutboxMail).where(*wanted)) or 0
    page = page_of(asked.wanted_page, total)
    dead_first = case((OutboxMail.state == MailState.DEAD, 0), else_=1)
    query = select(OutboxMail).where(*wanted)
    ordered = query.order_by(dead_first, *asked.order(MAIL_COLUMNS, OutboxMail.id))
    return db.session.scalars(ordered.offset(page.offset).limit(page.last - page.offset)).all(), page


def find_mail(mail_id: int) -> tuple[OutboxMail, str]:
    """A mail and its text, in which links that open an account are hidden. Raises NotFound."""
    mail = db.session.get(OutboxMail, mail_id)
    if mail is None:
        raise NotFound("There is no such mail.")
    return mail, without_keys(mail.text)


def _deed_conditions(asked: Listing) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.filters["action"]:
        found.append(AuditEntry.action == asked.filters["action"])
    for word in asked.words:
        people = select(User.id).where(holds(word, User.name, User.email))
        subjects = select(literal(_PERSON) + cast(User.id, String)).where(holds(word, User.name, User.email))
        found.append(or_(AuditEntry.actor_id.in_(people), AuditEntry.subject.in_(subjects)))
    return found


def _deeds(entries: Sequence[AuditEntry]) -> list[Deed]:
    names = _names(id for entry in entries for id in (entry.actor_id, _person_of(entry.subject)) if id)
    return [_deed(entry, names) for entry in entries]


def _deed(entry: AuditEntry, names: dict[int, str]) -> Deed:
    about = _person_of(entry.subject)
    return Deed(
        entry.at,
        entry.action,
        entry.actor_id,
        names.get(entry.actor_id or 0, "The system"),
        entry.subject,
        about if about in names else None,
        names.get(about or 0, entry.subject),
        tuple((name.replace("_", " "), _shown(value)) for name, value in entry.detail.items()),
    )


def _names(ids: Iterable[int]) -> dict[int, str]:
    wanted = set(ids)
    if not wanted:
        return {}
    rows = db.session.execute(select(User.id, User.name, User.email).where(User.id.in_(wanted)))
    return {number: name or email for number, name, email in rows}


def _person_of(subject: str) -> int | None:
    number = subject.removeprefix(_PERSON)
    return int(number) if subject.startswith(_PERSON) and number.isdecimal() else None


def _shown(value: object) -> str:
    """A detail as a person reads it: a change as `old → new`, anything else that is no text as JSON."""
    if isinstance(value, list) and len(value) == 2:
        return f"{_shown(value[0]) or 'nothing'} → {_shown(value[1]) or 'nothing'}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
