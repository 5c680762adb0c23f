"""Tables: codes, the courses they hold for, what each order had of one."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base
from core.money import Money
from shop.coupons.rules import Reduction, UseState


class Coupon(Base):
    """A code with what it takes off: `percent`, or `amount_minor` of `currency` (empty for a percentage).

    `code` is in its normal form (`rules.normal_code`). `max_uses` and `max_per_person` are None where there is no
    limit. `reserved` counts the uses by undecided orders, `used` those by paid ones. No `courses` means all.
    """

    __tablename__ = "coupons"
    __table_args__ = (
        CheckConstraint("(percent IS NULL) <> (amount_minor IS NULL)", name="one_kind"),
        CheckConstraint("percent BETWEEN 1 AND 100", name="percent"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("(amount_minor IS NULL) = (currency = '')", name="currency"),
        CheckConstraint("reserved >= 0 AND used >= 0", name="counts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    percent: Mapped[int | None]
    amount_minor: Mapped[int | None]
    currency: Mapped[str] = mapped_column(default="")
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    max_uses: Mapped[int | None]
    max_per_person: Mapped[int | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(index=True)
    reserved: Mapped[int] = mapped_column(default=0)
    used: Mapped[int] = mapped_column(default=0)

    courses: Mapped[list["CouponCourse"]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    @property
    def reduction(self) -> Reduction:
        amount = Money(self.amount_minor, self.currency) if self.amount_minor is not None else None
        return Reduction(self.percent, amount, frozenset(each.course_id for each in self.courses))


class CouponCourse(Base):
    """A course that a code holds for."""

    __tablename__ = "coupon_courses"

    coupon_id: Mapped[int] = mapped_column(ForeignKey("coupons.id", ondelete="CASCADE"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), primary_key=True)


class CouponUse(Base):
    """What one order had of its code; kept for ever."""

    __tablename__ = "coupon_uses"
    __table_args__ = (Index("ix_coupon_uses_coupon_id_user_id", "coupon_id", "user_id"),)

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    coupon_id: Mapped[int] = mapped_column(ForeignKey("coupons.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    state: Mapped[UseState]
