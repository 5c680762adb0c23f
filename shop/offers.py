"""What can be bought, as an order is made of it: the courses, their prices, and how it is called."""

from dataclasses import dataclass

from core.money import Money
from courses.models import Course
from shop.models import OrderKind


@dataclass(frozen=True)
class Line:
    """One course of an offer, with its part of the price."""

    course_id: int
    title: str
    amount: Money


@dataclass(frozen=True)
class Offer:
    """What the buyer is shown, and what the order freezes. `subject` names it once: `course:7`. All lines are of one
    currency. Of a plan the price is that of one payment, see Order."""

    kind: OrderKind
    subject: str
    title: str
    lines: tuple[Line, ...]
    rhythm: str = ""
    instalments: int | None = None

    @property
    def price(self) -> Money:
        return Money(sum(line.amount.minor for line in self.lines), self.lines[0].amount.currency)

    @property
    def course_ids(self) -> tuple[int, ...]:
        return tuple(line.course_id for line in self.lines)


def of_course(course: Course) -> Offer:
    """One course for oneself, at its price."""
    line = Line(course.id, course.title, course.price)
    return Offer(OrderKind.OWN, f"course:{course.id}", course.title, (line,))
