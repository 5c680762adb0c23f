"""What the school keeps by itself, as the admin reads it: the audit trail and the mails."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, String, case, cast, func, literal, or_, select

from accounts.models import User
from admin.listing import Listing, holds
from admin.rules import PageOf, page_of, without_keys
from certificates.models import Certificate
from core.audit import AuditEntry
from core.database import db
from core.errors import NotFound
from core.outbox import MailState, OutboxMail
from courses.models import Course
from enrollment.models import Enrollment
from shop.models import Order

MAIL_STATES = {
    MailState.DEAD.value: "Not delivered",
    MailState.NEW.value: "Waiting",
    MailState.SENT.value: "Sent",
}
AUDIT_COLUMNS = {"at": AuditEntry.at}
MAIL_COLUMNS = {"created": OutboxMail.created_at}
PERSON, ENROLLMENT, ORDER = "user:", "enrollment:", "order:"


@dataclass(frozen=True)
class Subject:
    """What a deed was about, in words, and the person whom it concerns where there is one."""

    text: str
    person_id: int | None = None


@dataclass(frozen=True)
class Deed:
    """One entry of the trail. `actor` is a name where the person still has an account."""

    at: datetime
    action: str
    actor_id: int | None
    actor: str
    about: Subject
    detail: tuple[tuple[str, str], ...]


def page_of_deeds(asked: Listing) -> tuple[list[Deed], PageOf]:
    """One page of the trail, as it was asked for."""
    wanted = _deed_conditions(asked)
    total = db.session.scalar(select(func.count()).select_from(AuditEntry).where(*wanted)) or 0
    page = page_of(asked.wanted_page, total)
    query = select(AuditEntry).where(*wanted).order_by(*asked.order(AUDIT_COLUMNS, AuditEntry.id))
    entries = db.session.scalars(query.offset(page.offset).limit(page.last - page.offset)).all()
    return _deeds(entries), page


def deeds_about(user_id: int, limit: int = 20, *, with_orders: bool = True) -> list[Deed]:
    """The latest entries about a person: their account, their enrollments, orders and certificates."""
    about = _is_about(select(User.id).where(User.id == user_id), with_orders=with_orders)
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
        found.append(or_(AuditEntry.actor_id.in_(people), _is_about(people)))
    return found


def _is_about(people: Select[int], *, with_orders: bool = True) -> ColumnElement[bool]:
    """Whether an entry is about one of these people, their enrollments, orders or certificates."""
    accounts = select(literal(PERSON) + cast(User.id, String)).where(User.id.in_(people))
    enrollments = select(literal(ENROLLMENT) + cast(Enrollment.id, String)).where(
        Enrollment.user_id.in_(people)
    )
    certificates = select(literal("certificate:") + Certificate.id).where(Certificate.user_id.in_(people))
    orders = select(literal(ORDER) + Order.number).where(Order.user_id.in_(people))
    theirs = (accounts, enrollments, certificates, *([orders] if with_orders else []))
    return or_(*(AuditEntry.subject.in_(subjects) for subjects in theirs))


def _deeds(entries: Sequence[AuditEntry]) -> list[Deed]:
    actors = {entry.actor_id for entry in entries if entry.actor_id}
    names = _names(actors | _numbers(entries, PERSON))
    subjects = {f"{PERSON}{number}": Subject(name, number) for number, name in names.items()}
    subjects.update(_enrolled(_numbers(entries, ENROLLMENT)))
    subjects.update(_ordered({entry.subject for entry in entries if entry.subject.startswith(ORDER)}))
    return [_deed(entry, names, subjects) for entry in entries]


def _deed(entry: AuditEntry, names: dict[int, str], subjects: dict[str, Subject]) -> Deed:
    return Deed(
        entry.at,
        entry.action,
        entry.actor_id,
        names.get(entry.actor_id or 0, "The system"),
        subjects.get(entry.subject, Subject(entry.subject)),
        tuple((name.replace("_", " "), _shown(value)) for name, value in entry.detail.items()),
    )


def _numbers(entries: Sequence[AuditEntry], kind: str) -> set[int]:
    """The ids in subjects of this kind."""
    found = (entry.subject.removeprefix(kind) for entry in entries if entry.subject.startswith(kind))
    return {int(number) for number in found if number.isdecimal()}


def _names(ids: set[int]) -> dict[int, str]:
    rows = db.session.execute(select(User.id, User.name, User.email).where(User.id.in_(ids))) if ids else ()
    return {number: name or email for number, name, email in rows}


def _enrolled(ids: set[int]) -> dict[str, Subject]:
    query = (
        select(Enrollment.id, User.id, User.name, User.email, Course.title)
        .join(User, User.id == Enrollment.user_id)
        .join(Course, Course.id == Enrollment.course_id)
        .where(Enrollment.id.in_(ids))
    )
    rows = db.session.execute(query) if ids else ()
    return {
        f"{ENROLLMENT}{number}": Subject(f"{name or email} in {title}", user_id)
        for number, user_id, name, email, title in rows
    }


def _ordered(subjects: set[str]) -> dict[str, Subject]:
    wanted = [each.removeprefix(ORDER) for each in subjects]
    query = select(Order.number, Order.title, Order.user_id).where(Order.number.in_(wanted))
    rows = db.session.execute(query) if wanted else ()
    return {f"{ORDER}{number}": Subject(f"Order {number}, {title}", buyer) for number, title, buyer in rows}


def _shown(value: object) -> str:
    """A detail as a person reads it: a change as `old → new`, anything else that is no text as JSON."""
    if isinstance(value, list) and len(value) == 2:
        return f"{_shown(value[0]) or 'nothing'} → {_shown(value[1]) or 'nothing'}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
