"""Tables: bundles, the courses in each, what each costs by currency."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base
from core.money import Money
from courses.models import Course


class Bundle(Base):
    """Courses sold together. `slug` is its address and stays; one that is not active is sold no more."""

    __tablename__ = "bundles"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    summary: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)

    members: Mapped[list["BundleCourse"]] = relationship(
        order_by="BundleCourse.position", lazy="selectin", cascade="all, delete-orphan"
    )
    prices: Mapped[list["BundlePrice"]] = relationship(
        order_by="BundlePrice.currency", lazy="selectin", cascade="all, delete-orphan"
    )

    @property
    def courses(self) -> list[Course]:
        return [member.course for member in self.members]

    @property
    def url(self) -> str:
        return f"/bundles/{self.slug}"


class BundleCourse(Base):
    """A course of a bundle."""

    __tablename__ = "bundle_courses"

    bundle_id: Mapped[int] = mapped_column(ForeignKey("bundles.id", ondelete="CASCADE"), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), primary_key=True, index=True)
    position: Mapped[int]

    course: Mapped[Course] = relationship(lazy="joined")


class BundlePrice(Base):
    """What a bundle costs in one currency."""

    __tablename__ = "bundle_prices"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount"),)

    bundle_id: Mapped[int] = mapped_column(ForeignKey("bundles.id", ondelete="CASCADE"), primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    amount_minor: Mapped[int]

    @property
    def price(self) -> Money:
        return Money(self.amount_minor, self.currency)
