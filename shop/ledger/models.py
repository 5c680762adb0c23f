"""Tables: the ledger, and the nightly reports on it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from core.money import Money
from shop.ledger.rules import EntryKind


class LedgerEntry(Base):
    """Money of an order that moved, in the payment's own currency; what went out is negative.

    `source_id` is Stripe's id of what moved it (a charge, a refund, a dispute), and `source_key` that with the kind, so
    that it is written once. Triggers of both databases refuse to change or delete a row: a migration that makes the
    table anew on SQLite has to make them anew too.
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (
        CheckConstraint("amount_minor <> 0", name="amount"),
        Index("entries_by_time", "at", "id"),
        Index("entries_of_a_kind", "kind", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    kind: Mapped[EntryKind]
    source_id: Mapped[str]
    source_key: Mapped[str] = mapped_column(unique=True)
    amount_minor: Mapped[int]
    currency: Mapped[str]
    livemode: Mapped[bool]
    at: Mapped[datetime]  # when it was written down

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class LedgerReport(Base):
    """The comparison of a day with Stripe, made anew when it is asked for again. `report` is the JSON of
    `reports.Report`."""

    __tablename__ = "ledger_reports"
    __table_args__ = (UniqueConstraint("day", "livemode"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    livemode: Mapped[bool]
    made_at: Mapped[datetime]
    cause: Mapped[str]  # job, command or admin
    is_right: Mapped[bool]
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
