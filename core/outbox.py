"""The outbox: each mail is a row, written with what it tells of and leased by one worker at a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import CursorResult, Enum, Index, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import now
from core.database import Base, db, transaction

MAX_TRIES = 9  # the waits between them add up to almost three days
LEASE = timedelta(minutes=2)  # longer than any delivery: every step of it has a timeout of 10 s
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=24)


class MailState(StrEnum):
    NEW = "new"
    SENT = "sent"
    DEAD = "dead"


class OutboxMail(Base):
    """One mail. While `new` it is due from `leased_until` on: the end of a lease and the next try in one."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("mails_by_time", "created_at", "id"),
        Index("mails_of_a_state", "state", "created_at", "id"),
        Index("mails_to_an_address", "to_address", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    to_address: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str | None]
    state: Mapped[MailState] = mapped_column(
        Enum(MailState, native_enum=False, length=8, values_callable=lambda states: [s.value for s in states])
    )
    tries: Mapped[int]
    leased_until: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    dedupe_key: Mapped[str | None] = mapped_column(unique=True)
    unsubscribe: Mapped[str | None]  # the path that ends mails of this kind by one click


@dataclass(frozen=True)
class Letter:
    """What is sent of a leased mail: a copy, so that nothing is read from the database while it is sent."""

    id: int
    kind: str
    to_address: str
    subject: str
    text: str
    html: str | None
    created_at: datetime
    unsubscribe: str | None


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many failed tries: 1 minute, then four times as long, a day at most."""
    return min(FIRST_WAIT * (1 << 2 * (tries - 1)), LONGEST_WAIT)


def add(**columns: Any) -> int | None:
    """Write a new mail in the caller's transaction. Returns its id, or None where its dedupe key is used."""
    moment = now()
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    statement = (
        insert(OutboxMail)
        .values(state=MailState.NEW, tries=0, leased_until=moment, created_at=moment, **columns)
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
        .returning(OutboxMail.id)
    )
    mail_id: int | None = db.session.scalar(statement)
    return mail_id


def holds(dedupe_key: str) -> bool:
    """Whether a mail with this key was written and is still kept: sent ones are, for a while."""
    return db.session.scalar(select(OutboxMail.id).filter_by(dedupe_key=dedupe_key)) is not None


def due(limit: int) -> list[int]:
    """The ids of mails that may be tried now, longest due first."""
    is_due = (OutboxMail.state == MailState.NEW) & (OutboxMail.leased_until <= now())
    oldest = select(OutboxMail.id).where(is_due).order_by(OutboxMail.leased_until, OutboxMail.id)
    return list(db.session.scalars(oldest.limit(limit)))


def lease(mail_id: int) -> Letter | None:
    """Take the mail for one try, in a transaction of its own; None where it is not due or another has it.

    The try is counted before it is made, so that a mail which kills its worker is parked like any other.
    """
    moment = now()
    take = (
        update(OutboxMail)
        .where(OutboxMail.id == mail_id, OutboxMail.state == MailState.NEW, OutboxMail.leased_until <= moment)
        .values(tries=OutboxMail.tries + 1, leased_until=moment + LEASE)
    )
    with transaction() as session:
        if _rowcount(session.execute(take)) == 0:
            return None
        mail = session.get_one(OutboxMail, mail_id, populate_existing=True)
        if mail.tries > MAX_TRIES:
            mail.state = MailState.DEAD
            mail.last_error = mail.last_error or "The worker did not survive the delivery."
            return None
        return Letter(
            mail.id, mail.kind, mail.to_address, mail.subject, mail.text, mail.html, mail.created_at,
            mail.unsubscribe,
        )  # fmt: skip


def mark_sent(mail_id: int) -> None:
    """The mail is out of our hands."""
    with transaction() as session:
        mail = session.get(OutboxMail, mail_id)
        if mail is not None:  # It may have been dropped while it was on its way.
            mail.state, mail.sent_at, mail.last_error = MailState.SENT, now(), None


def mark_failed(mail_id: int, error: str, *, for_good: bool) -> None:
    """Try again later, or park the mail: after the last try, or at once where the failure is for good."""
    with transaction() as session:
        mail = session.get(OutboxMail, mail_id)
        if mail is None:  # The same.
            return
        mail.last_error = error
        if for_good or mail.tries >= MAX_TRIES:
            mail.state = MailState.DEAD
        else:
            mail.leased_until = now() + wait_after(mail.tries)


def drop_sent(before: datetime) -> int:
    """Delete mails that were sent before this moment: they hold addresses and links. Returns how many."""
    statement = delete(OutboxMail).where(OutboxMail.state == MailState.SENT, OutboxMail.sent_at < before)
    return _rowcount(db.session.execute(statement))


def drop_unsent(to_address: str) -> None:
    """Delete what was not delivered to this address, in the caller's transaction: it was somebody else's."""
    statement = delete(OutboxMail).where(
        OutboxMail.to_address == to_address, OutboxMail.state != MailState.SENT
    )
    db.session.execute(statement)


def revive(mail_id: int) -> bool:
    """Put a dead mail back with all its tries, in the caller's transaction. False where it is not dead."""
    statement = (
        update(OutboxMail)
        .where(OutboxMail.id == mail_id, OutboxMail.state == MailState.DEAD)
        .values(state=MailState.NEW, tries=0, leased_until=now())
    )
    return _rowcount(db.session.execute(statement)) == 1


def _rowcount(result: Any) -> int:
    assert isinstance(result, CursorResult)
    return int(result.rowcount)
