"""Tables: refunds, and what learners asked for."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from core.money import Money
from payments.values import RefundState
from shop.refunds.rules import RequestState


class RefundRow(Base):
    """Money of an order that goes back, written down before Stripe is asked.

    `stripe_id` is None until Stripe has answered. `asked_by` is None for one that was made at Stripe or by itself.
    `payment_id` names, of a plan, which of its payments goes back; it is empty for an order of one payment.
    `ends_access` ends what the order gave though only a part goes back. `seats` is how many free seats went with it:
    the amount is their price, and they are nobody's while it stands. `attempt` counts Stripe's definite failures:
    it is part of the idempotency key. `failure` is the sentence that says why it failed. Amounts are integers of the
    currency's minor unit.
    """

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("seats >= 0", name="seats"),
        Index("refunds_by_time", "created_at", "id"),
        Index("refunds_of_a_state", "state", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    payment_id: Mapped[str] = mapped_column(server_default="", default="")
    amount_minor: Mapped[int]
    currency: Mapped[str]
    state: Mapped[RefundState]
    stripe_id: Mapped[str | None] = mapped_column(unique=True)
    reason: Mapped[str]  # Stripe's word, empty where none was given
    note: Mapped[str] = mapped_column(default="")
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    ends_access: Mapped[bool] = mapped_column(default=False)
    seats: Mapped[int] = mapped_column(server_default="0", default=0)
    attempt: Mapped[int] = mapped_column(default=1)
    failure: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]  # when it was last heard to have ended, in whatever way

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class RefundRequest(Base):
    """A learner's wish to have the money of an order back, within its promise; at most one is open.

    `text` is their reason, empty where they gave none. `progress` is how far they were in the course then, in percent.
    `answer` is the school's sentence to them.
    """

    __tablename__ = "refund_requests"
    __table_args__ = (
        Index(
            "one_open_refund_request",
            "order_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("refund_requests_by_time", "asked_at", "id"),
        Index("refund_requests_of_a_state", "state", "asked_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    state: Mapped[RequestState]
    text: Mapped[str]
    progress: Mapped[int]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    answer: Mapped[str] = mapped_column(default="")
