"""What can be bought, as an order is made of it: the courses, their prices, and how it is called."""

from collections.abc import Callable
from dataclasses import dataclass

from core.money import Money
from courses.models import Course
from payments.values import Invoicing
from shop.models import Order, OrderKind


@dataclass(frozen=True)
class Line:
    """One course of an offer, with its part of the price; `discount` has been taken off it already."""

    course_id: int
    title: str
    amount: Money
    discount: Money | None = None


@dataclass(frozen=True)
class Offer:
    """What the buyer is shown, and what the order freezes. `subject` names it once: `course:7`. All lines are of one
    currency. `code` is the one that took the discount off, or empty.
    Of a plan the price is that of one payment, see Order. Each line's amount is for all of `quantity`.
    `is_single`: its subject is ordered once for as long as the order stands, and not only while it is open. `keep`
    writes down what else is agreed, each time that its order is made or met again."""

    kind: OrderKind
    subject: str
    title: str
    lines: tuple[Line, ...]
    code: str = ""
    rhythm: str = ""
    instalments: int | None = None
    quantity: int = 1
    invoicing: Invoicing | None = None
    is_single: bool = False
    keep: Callable[[Order], None] | None = None

    @property
    def price(self) -> Money:
        """What is to be paid."""
        return Money(sum(line.amount.minor for line in self.lines), self.lines[0].amount.currency)

    @property
    def discount(self) -> Money:
        taken = sum(line.discount.minor for line in self.lines if line.discount)
        return Money(taken, self.lines[0].amount.currency)

    @property
    def subtotal(self) -> Money:
        """What it costs without the discount."""
        return self.price + self.discount

    @property
    def is_for_company(self) -> bool:
        """Whether an invoice is asked for, as companies do: what the law asks of sales to consumers is not theirs."""
        return self.invoicing is not None

    @property
    def course_ids(self) -> tuple[int, ...]:
        return tuple(line.course_id for line in self.lines)


def of_course(course: Course, price: Money | None = None) -> Offer:
    """One course for oneself, at this price, at its own one where none is named."""
    line = Line(course.id, course.title, price or course.price)
    return Offer(OrderKind.OWN, f"course:{course.id}", course.title, (line,))
