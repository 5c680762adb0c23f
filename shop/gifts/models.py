"""Tables: gifts, one for each order of a course for somebody else."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from shop.gifts.rules import GiftFacts, GiftState, state_of


class Gift(Base):
    """What an order gives to somebody else; what is so of it is in docs/orders.md.

    `giver_name` is as the recipient reads it. `send_on` is the day that the giver chose, `send_at` the moment that it
    means. `version` counts the codes that there were; `code_hash` is that of the one that is good, None until the
    order is paid. `sent_at` is set once the code of this day was mailed; `mails` counts all such mails. `claimed_by`
    is None too where the account that claimed it was erased. `ended_at` is set once the money went back,
    `pause_reason` while the payment is disputed. Names, address and message are empty where they were deleted.
    """

    __tablename__ = "gifts"
    __table_args__ = (
        CheckConstraint("claimed_by IS NULL OR claimed_at IS NOT NULL", name="claimed"),
        CheckConstraint("claimed_at IS NULL OR code_hash IS NOT NULL", name="code"),
        CheckConstraint("version > 0", name="version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), unique=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), index=True)
    giver_name: Mapped[str]
    recipient_name: Mapped[str]
    recipient_email: Mapped[str]
    message: Mapped[str]
    send_on: Mapped[date]
    send_at: Mapped[datetime] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    code_hash: Mapped[str | None] = mapped_column(unique=True)
    sent_at: Mapped[datetime | None] = mapped_column(index=True)
    mails: Mapped[int] = mapped_column(server_default="0", default=0)
    reminded_at: Mapped[datetime | None]
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    claimed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    pause_reason: Mapped[str] = mapped_column(server_default="", default="")

    @property
    def source(self) -> str:
        """Names what this gift gives in the records of access."""
        return f"gift:{self.id}"

    @property
    def state(self) -> GiftState:
        facts = GiftFacts(
            is_paid=self.code_hash is not None,
            has_address=bool(self.recipient_email),
            is_sent=self.sent_at is not None,
            is_claimed=self.claimed_at is not None,
            is_paused=bool(self.pause_reason),
            is_ended=self.ended_at is not None,
        )
        return state_of(facts)
