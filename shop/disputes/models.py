"""Table: disputes of payments, one row for each, as Stripe said last."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from core.money import Money
from payments.values import DisputeStatus
from shop.disputes import rules

_OPEN = ", ".join(f"'{status}'" for status in rules.OPEN)


class DisputeRow(Base):
    """One dispute, or inquiry, of an order's payment.

    `reason` is Stripe's word. `status` is where it stands, and its outcome once `closed_at` is set. `evidence` holds
    the texts as they are, or were, handed in, by `evidence_by`; it is frozen before Stripe is asked, under a key that
    `evidence_attempt` is part of. `evidence_sent_at` without it: the school answered in Stripe's dashboard.
    """

    __tablename__ = "disputes"
    __table_args__ = (
        CheckConstraint("amount_minor >= 0", name="amount"),
        CheckConstraint(f"(closed_at IS NULL) = (status IN ({_OPEN}))", name="closed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stripe_id: Mapped[str] = mapped_column(unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    status: Mapped[DisputeStatus] = mapped_column(index=True)
    amount_minor: Mapped[int]
    currency: Mapped[str]
    reason: Mapped[str]
    due_by: Mapped[datetime | None]
    opened_at: Mapped[datetime] = mapped_column(index=True)
    closed_at: Mapped[datetime | None]
    evidence: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    evidence_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    evidence_attempt: Mapped[int] = mapped_column(default=1)
    evidence_sent_at: Mapped[datetime | None]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def is_open(self) -> bool:
        return self.status in rules.OPEN

    @property
    def is_inquiry(self) -> bool:
        return self.status.value.startswith("warning")

    @property
    def is_answerable(self) -> bool:
        """Whether the school may still hand in evidence."""
        return self.status in rules.ANSWERABLE and self.evidence_sent_at is None
