"""What the school keeps by itself, as the admin reads it: the audit trail and the mails."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, cast, literal, or_, select, union_all

from accounts.models import PersonWord, User
from admin.listing import Listing
from admin.paging import Count, Page, Table, Term, find_page, in_order, number_of, values_of
from admin.paging import Order as OrderOf
from admin.rules import without_keys
from admin.search import begins
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
DEEDS = Table(AuditEntry.id, {"at": OrderOf((AuditEntry.at,))})
MAILS = Table(OutboxMail.id, {"created": OrderOf((OutboxMail.created_at,))})
MOST_PEOPLE = 50  # whose deeds and mails one search looks for
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


def page_of_deeds(asked: Listing) -> tuple[list[Deed], Page]:
    """One page of the trail, as it was asked for."""
    page = find_page(DEEDS, asked, _deed_terms(asked))
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.id.in_(page.ids)))
    return _deeds(in_order(page.ids, {entry.id: entry for entry in entries})), page


def deeds_about(user_id: int, limit: int = 20, *, with_orders: bool = True) -> list[Deed]:
    """The latest entries about a person: their account, their enrollments, orders and certificates."""
    about = AuditEntry.subject.in_(_subjects_of([user_id], with_orders=with_orders))
    query = select(AuditEntry).where(about).order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(limit)
    return _deeds(db.session.scalars(query).all())


def actions() -> list[str]:
    """Every kind of deed that the trail holds."""
    return values_of(AuditEntry.action)


def page_of_mails(asked: Listing) -> tuple[list[OutboxMail], Page]:
    """One page of the outbox, as it was asked for."""
    terms = [_mailed(word) for word in asked.words]
    if asked.filters["state"]:
        terms.append(_mail_where(OutboxMail.state == MailState(asked.filters["state"])))
    page = find_page(MAILS, asked, terms)
    mails = db.session.scalars(select(OutboxMail).where(OutboxMail.id.in_(page.ids)))
    return in_order(page.ids, {mail.id: mail for mail in mails}), page


def undelivered() -> Count:
    """How many mails were given up on."""
    return number_of(select(OutboxMail.id).where(OutboxMail.state == MailState.DEAD))


def find_mail(mail_id: int) -> tuple[OutboxMail, str]:
    """A mail and its text, in which links that open an account are hidden. Raises NotFound."""
    mail = db.session.get(OutboxMail, mail_id)
    if mail is None:
        raise NotFound("There is no such mail.")
    return mail, without_keys(mail.text)


def _mailed(word: str) -> Term:
    """An address as a whole, or that of a person found by this word. Of many people, the first ones count."""
    found = select(User.email).join(PersonWord, PersonWord.user_id == User.id).where(begins(word))
    addresses = db.session.scalars(found.distinct().limit(MOST_PEOPLE))
    return _mail_where(OutboxMail.to_address.in_([word.lower(), *addresses]))


def _mail_where(holds: ColumnElement[bool]) -> Term:
    return Term(holds, select(OutboxMail.id).where(holds))


def _deed_terms(asked: Listing) -> list[Term]:
    found = [_did_or_met(word) for word in asked.words]
    if asked.filters["action"]:
        found.append(_deed_where(AuditEntry.action == asked.filters["action"]))
    return found


def _did_or_met(word: str) -> Term:
    """Deeds by the people found by this word, and about them. Of many, the first ones count."""
    people = list(
        db.session.scalars(select(PersonWord.user_id).where(begins(word)).distinct().limit(MOST_PEOPLE))
    )
    return _deed_where(or_(AuditEntry.actor_id.in_(people), AuditEntry.subject.in_(_subjects_of(people))))


def _deed_where(holds: ColumnElement[bool]) -> Term:
    return Term(holds, select(AuditEntry.id).where(holds))


def _subjects_of(people: Sequence[int], *, with_orders: bool = True) -> list[str]:
    """What entries about these people, their enrollments, orders and certificates name."""
    accounts = select(literal(PERSON) + cast(User.id, String)).where(User.id.in_(people))
    enrollments = select(literal(ENROLLMENT) + cast(Enrollment.id, String)).where(
        Enrollment.user_id.in_(people)
    )
    certificates = select(literal("certificate:") + Certificate.id).where(Certificate.user_id.in_(people))
    orders = select(literal(ORDER) + Order.number).where(Order.user_id.in_(people))
    theirs = (accounts, enrollments, certificates, *([orders] if with_orders else []))
    return list(db.session.scalars(union_all(*theirs)))


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
