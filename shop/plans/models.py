"""Tables: plans on sale, how each running one stands, and the payments of each."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base
from core.money import Money
from courses.models import Course
from shop.plans.rules import Rhythm, TermState, Wish, WishState, wish_of_school


class Plan(Base):
    """What an admin offers: named courses for so many payments (instalments), or while it is paid (a membership, whose
    `instalments` are None). It is never changed, so that orders may name it; it is switched off, and made anew."""

    __tablename__ = "plans"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("instalments IS NULL OR instalments BETWEEN 2 AND 36", name="instalments"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    amount_minor: Mapped[int]  # of one payment
    currency: Mapped[str]
    rhythm: Mapped[Rhythm]
    instalments: Mapped[int | None]
    is_active: Mapped[bool]
    created_at: Mapped[datetime]

    courses: Mapped[list[Course]] = relationship(
        secondary="plan_courses", order_by="PlanCourse.position", lazy="selectin"
    )

    @property
    def subject(self) -> str:
        """Names it in orders."""
        return f"plan:{self.id}"

    @property
    def url(self) -> str:
        return f"/plans/{self.id}"

    @property
    def payment(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def total(self) -> Money | None:
        """What all instalments come to; None for a membership."""
        return Money(self.amount_minor * self.instalments, self.currency) if self.instalments else None


class PlanCourse(Base):
    """One course that a plan opens."""

    __tablename__ = "plan_courses"
    __table_args__ = (UniqueConstraint("plan_id", "course_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), index=True)
    position: Mapped[int]


class PlanTerm(Base):
    """How a plan that somebody bought stands; it begins when its order is paid.

    `grace_until`: a payment is missing, and access closes then. `ends_at`: it was cancelled, and access ends then.
    `end_note`: why the school ended it, as its buyer reads it, empty where it did not.
    `renews_at`: when the present period ends, None once Stripe draws nothing more.
    `owed_minor`, `owed_since`: the payment that is missing, and when it was to come; `pay_url` is Stripe's page of it,
    where it can be made. None and empty while none is missing.
    `look_at`: when Stripe is asked if it has told nothing, None for never.
    """

    __tablename__ = "plan_terms"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[TermState]
    begun_at: Mapped[datetime]
    renews_at: Mapped[datetime | None]
    grace_until: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_note: Mapped[str] = mapped_column(server_default="", default="")
    owed_minor: Mapped[int | None]
    owed_since: Mapped[datetime | None]
    pay_url: Mapped[str] = mapped_column(server_default="", default="")
    look_at: Mapped[datetime | None] = mapped_column(index=True)

    @property
    def next_at(self) -> datetime | None:
        """When the next payment is taken; None where none follows, or one is missing that comes first."""
        return self.renews_at if self.state is TermState.ACTIVE and self.ends_at is None else None

    @property
    def wish(self) -> Wish | None:
        """What the school may ask of its end now."""
        return wish_of_school(self.state, self.ends_at, self.renews_at)


class PlanPayment(Base):
    """One paid invoice of a plan, by Stripe's id, so that it counts once however often it is heard of."""

    __tablename__ = "plan_payments"
    __table_args__ = (CheckConstraint("refunded_minor >= 0", name="refunded"),)

    invoice_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    payment_id: Mapped[str | None] = mapped_column(unique=True)
    paid_at: Mapped[datetime] = mapped_column(index=True)
    until: Mapped[datetime]  # the end of the period that it paid
    amount_minor: Mapped[int]
    refunded_minor: Mapped[int]
    tax_minor: Mapped[int | None]  # within the amount, where Stripe worked it out
    invoice_url: Mapped[str] = mapped_column(server_default="", default="")  # Stripe's page of it


class PlanWish(Base):
    """One time that Stripe is asked to let a running plan end with what is paid, or go on after all; at most one of a
    plan waits for its answer. Its id is in the idempotency key, and in the mark by which Stripe tells that it did it.

    `note` is the school's sentence to the buyer, empty where the buyer asked (`asked_by`) themselves.
    """

    __tablename__ = "plan_wishes"
    __table_args__ = (
        Index(
            "one_waiting_wish",
            "order_id",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    wish: Mapped[Wish]
    note: Mapped[str]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    state: Mapped[WishState]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
