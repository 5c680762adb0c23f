"""Tables: what a seat costs from a number of seats on."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base
from core.money import Money


class SeatPrice(Base):
    """A price break: from `from_seats` seats on, each of them costs `unit_minor` (minor units of `currency`).

    Below the first break a seat costs what the course costs.
    """

    __tablename__ = "seat_prices"
    __table_args__ = (
        CheckConstraint("from_seats > 1", name="from_seats"),
        CheckConstraint("unit_minor > 0", name="unit"),
    )

    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    from_seats: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_minor: Mapped[int]

    @property
    def unit(self) -> Money:
        return Money(self.unit_minor, self.currency)
