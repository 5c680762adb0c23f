"""Tables: teams, who manages them, and their seats."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from teams.rules import Freed, Share

IN_USE = "ended_at IS NULL AND left_at IS NULL"
OF_AN_ADDRESS = text(f"email <> '' AND {IN_USE}")
OF_A_PERSON = text(f"user_id IS NOT NULL AND {IN_USE}")


class Team(Base):
    """A clinic, or whoever bought seats; named as the company on its first order."""

    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_at: Mapped[datetime]


class Manager(Base):
    """Somebody who manages a team, or was invited to: then `user_id` is None, and `token_hash` is of the mail's link.

    A person manages one team at most. One whose account was erased is a manager no more.
    """

    __tablename__ = "team_managers"
    __table_args__ = (UniqueConstraint("team_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    email: Mapped[str]
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    invited_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]


class Seat(Base):
    """One place in a course that an order paid for; what is so of it is in docs/teams.md.

    `number` counts from 1 within its order. `email` is the address that was invited, empty while the seat is free;
    `mails` counts the invitations ever sent. `user_id` is who holds it, `by_another` whether their account had another
    address than the one invited. `left_at` is set where its holder left it and it was used, `ended_at` once the money
    went back, `pause_reason` while the payment is disputed. `freed` says why it came back last, `was_for` from which
    address. `refund_id` is the refund that gave the money of this seat alone back, while nobody had it.
    """

    __tablename__ = "team_seats"
    __table_args__ = (
        UniqueConstraint("order_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("user_id IS NULL OR accepted_at IS NOT NULL", name="holder"),
        CheckConstraint("accepted_at IS NULL OR email <> ''", name="accepted"),
        CheckConstraint("(email = '') = (invited_at IS NULL)", name="invited"),
        CheckConstraint("(was_for = '') = (freed IS NULL)", name="freed"),
        CheckConstraint("refund_id IS NULL OR (ended_at IS NOT NULL AND email = '')", name="returned"),
        Index(
            "one_seat_of_an_address", "team_id", "course_id", "email", unique=True,
            sqlite_where=OF_AN_ADDRESS, postgresql_where=OF_AN_ADDRESS,
        ),
        Index(
            "one_seat_of_a_person", "user_id", "course_id", unique=True,
            sqlite_where=OF_A_PERSON, postgresql_where=OF_A_PERSON,
        ),
        Index("seats_by_order", "order_id", "id"),
        Index("seats_by_address", "email", "order_id", "id"),
        Index("seats_of_a_course", "course_id", "order_id", "id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    number: Mapped[int]
    email: Mapped[str] = mapped_column(server_default="", default="")
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    invited_at: Mapped[datetime | None]
    mails: Mapped[int] = mapped_column(server_default="0", default=0)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    accepted_at: Mapped[datetime | None]
    shares: Mapped[Share] = mapped_column(server_default="nothing", default=Share.NOTHING)
    by_another: Mapped[bool] = mapped_column(server_default=false(), default=False)
    was_for: Mapped[str] = mapped_column(server_default="", default="")
    freed: Mapped[Freed | None]
    left_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    pause_reason: Mapped[str] = mapped_column(server_default="", default="")
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refunds.id"), index=True)

    @property
    def source(self) -> str:
        """Names what this seat gives in the records of access."""
        return f"seat:{self.id}"

    @property
    def is_accepted(self) -> bool:
        return self.accepted_at is not None

    @property
    def is_ended(self) -> bool:
        return self.ended_at is not None
