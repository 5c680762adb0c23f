"""Tables: the school's figures, added up by day, so that a year is read in a few rows."""

from datetime import date
from enum import StrEnum

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class Figure(StrEnum):
    """What is counted. Those of money are in minor units of their currency."""

    REVENUE = "revenue"
    TAX = "tax"  # within the revenue, where Stripe worked it out
    REFUNDED = "refunded"
    REFUNDS = "refunds"
    ORDERS = "orders"
    ENROLLMENTS = "enrollments"
    COMPLETIONS = "completions"
    LEARNERS = "learners"


class DayFigure(Base):
    """One figure of one day, which begins at midnight in the school's time zone. A day without a row counts 0.

    `currency` is empty where money plays no part; `livemode` tells real money from test money.
    """

    __tablename__ = "day_figures"

    figure: Mapped[Figure] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True, default="")
    livemode: Mapped[bool] = mapped_column(primary_key=True, default=True)
    amount: Mapped[int] = mapped_column(BigInteger)
