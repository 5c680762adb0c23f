"""Tables: people, their roles, and where they are signed in."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_security.core import UserMixin
from sqlalchemy import (
    JSON,
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    String,
    delete,
    event,
    insert,
    inspect,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column, relationship, validates

from accounts.rules import Role, folded, search_words
from core.database import Base

# Compared by its bytes on both databases, so that lists stand in one order and a beginning is a range.
BYTEWISE = String(120).with_variant(String(120, collation="C"), "postgresql")


class User(UserMixin, Base):
    """A person. `email` is in its normal form; `name` is the one printed on certificates, `name_key` what lists
    sort it by."""

    __tablename__ = "users"
    __table_args__ = (
        Index("people_by_name", "name_key", "id"),
        Index("people_by_joining", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))  # an argon2 hash
    active: Mapped[bool] = mapped_column(default=True)
    # Stands in every signed link; a new one makes all links of before worthless.
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[datetime | None]
    name: Mapped[str] = mapped_column(String(120), default="")
    name_key: Mapped[str] = mapped_column(BYTEWISE, default="", server_default="")
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    language: Mapped[str] = mapped_column(String(16), default="en")
    link_serial: Mapped[int] = mapped_column(default=0)  # counts the sign-in links used up
    totp_secret: Mapped[str | None] = mapped_column(String(64))  # base32; None: no second step
    totp_last_step: Mapped[int] = mapped_column(default=0)  # the 30-second step whose code was used last
    recovery_codes: Mapped[list[str]] = mapped_column(JSON, default=list)  # fingerprints of those left
    created_at: Mapped[datetime]

    roles: Mapped[list["UserRole"]] = relationship(  # type: ignore[assignment]
        cascade="all, delete-orphan", lazy="selectin", order_by="UserRole.role"
    )

    @property
    def role_words(self) -> frozenset[str]:
        return frozenset(row.role for row in self.roles)

    @validates("name")
    def _keep_key(self, _name: str, value: str) -> str:
        self.name_key = folded(value)[:120]
        return value


class PersonWord(Base):
    """One word by which a person is found (accounts.rules.search_words), written whenever they are."""

    __tablename__ = "person_words"
    __table_args__ = (Index("people_of_a_word", "word", "user_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    word: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)


def write_words(
    connection: Connection, owner: InstrumentedAttribute[int], owner_id: int, words: Iterable[str]
) -> None:
    """Keep these words, and no others, in a table of words; its column `owner` names whose they are."""
    connection.execute(delete(owner.class_).where(owner == owner_id))
    rows = [{owner.key: owner_id, "word": word} for word in sorted(words)]
    if rows:
        connection.execute(insert(owner.class_), rows)


@event.listens_for(User, "after_insert")
@event.listens_for(User, "after_update")
def _keep_words(_mapper: Any, connection: Connection, user: User) -> None:
    """Keep a person's words with the person, whoever writes them."""
    facts = inspect(user).attrs
    if facts.name.history.has_changes() or facts.email.history.has_changes():
        write_words(connection, PersonWord.user_id, user.id, search_words(user.name or "", user.email))


class UserRole(Base):
    """One role of one person."""

    __tablename__ = "user_roles"
    __table_args__ = (
        CheckConstraint(f"role IN ({', '.join(repr(role.value) for role in Role)})", name="role"),
        Index("people_of_a_role", "role", "user_id"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(16), primary_key=True)


class MailRefusal(Base):
    """That a person wants no mails of a kind (accounts.notifications names the kinds)."""

    __tablename__ = "mail_refusals"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    refused_at: Mapped[datetime]


class SignIn(Base):
    """One place where a person is signed in. The cookie holds a token; here stands only its SHA-256."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]  # to the hour
    authenticated_at: Mapped[datetime]  # when they last proved who they are
    device: Mapped[str] = mapped_column(String(80))
    remembered: Mapped[bool]
    # With whose eyes it sees the school, for support, and how long.
    sees_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    sees_until: Mapped[datetime | None]
