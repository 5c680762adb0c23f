"""How an order looks to its buyer: the endings of the return page, and the facts of the receipt."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.database import db
from courses.models import Course
from courses.services import OutlineStep, course_outline
from enrollment.models import Order, OrderChange
from enrollment.rules import OrderState


class Ending(StrEnum):
    """What the buyer is told; a template has words for each."""

    CONFIRMING = "confirming"  # Stripe has not told us yet: the page looks again by itself
    PROCESSING = "processing"  # the bank takes days: a mail will say
    RECEIVED = "received"
    DECLINED = "declined"
    LEFT = "left"  # the checkout was left before paying
    EXPIRED = "expired"
    ALREADY = "already"  # paid by somebody who is in already: it goes back
    REVIEW = "review"
    REFUNDED = "refunded"


ENDINGS = {
    OrderState.PENDING: Ending.LEFT,
    OrderState.PROCESSING: Ending.PROCESSING,
    OrderState.PAID: Ending.RECEIVED,
    OrderState.PARTLY_REFUNDED: Ending.RECEIVED,
    OrderState.FAILED: Ending.DECLINED,
    OrderState.EXPIRED: Ending.EXPIRED,
    OrderState.DUPLICATE: Ending.ALREADY,
    OrderState.REVIEW: Ending.REVIEW,
    OrderState.REFUNDED: Ending.REFUNDED,
}


TITLES = {
    Ending.CONFIRMING: "Confirming your payment",
    Ending.PROCESSING: "Confirming with your bank",
    Ending.RECEIVED: "You are enrolled",
    Ending.DECLINED: "Payment declined",
    Ending.LEFT: "Not paid yet",
    Ending.EXPIRED: "Order closed",
    Ending.ALREADY: "Already yours",
    Ending.REVIEW: "Your payment is being checked",
    Ending.REFUNDED: "Order refunded",
}


@dataclass(frozen=True)
class OrderPage:
    """An order with its course. `first` is the step to begin with; `paid_on` and `refund_until` are empty where
    nothing was paid."""

    order: Order
    ending: Ending
    course_url: str
    learn_url: str
    enroll_url: str
    cover_url: str
    first: OutlineStep | None
    made_on: str
    paid_on: str
    open_until: str
    refund_until: str

    @property
    def title(self) -> str:
        return TITLES[self.ending]

    @property
    def look_url(self) -> str:
        return f"/checkout/return?order={self.order.number}"


def order_page(order: Order, time_zone: str, was_silent: bool = False) -> OrderPage:
    """The page of an order, its days as in `time_zone`; `was_silent`: Stripe could not be asked just now."""
    course = db.session.get_one(Course, order.course_id)
    steps = course_outline(course).steps
    zone, paid = ZoneInfo(time_zone), order.paid_at
    return OrderPage(
        order=order,
        ending=_ending(order, was_silent),
        course_url=f"/courses/{course.slug}",
        learn_url=f"/learn/{course.slug}",
        enroll_url=f"/courses/{course.slug}/enroll",
        cover_url=f"/courses/{course.slug}/cover" if course.cover else "",
        first=steps[0] if steps else None,
        made_on=_day(order.created_at, zone),
        paid_on=_day(paid, zone) if paid else "",
        open_until=order.expires_at.astimezone(zone).strftime("%-d %B, %H:%M"),
        refund_until=_day(paid + timedelta(days=order.refund_days), zone) if paid else "",
    )


def _day(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%-d %B %Y")


def _ending(order: Order, was_silent: bool) -> Ending:
    if order.state is OrderState.PENDING and was_silent:
        return Ending.CONFIRMING
    if order.state is OrderState.PENDING and order.failure:
        return Ending.DECLINED
    if order.state is OrderState.REFUNDED and _was_duplicate(order):
        return Ending.ALREADY
    return ENDINGS[order.state]


def _was_duplicate(order: Order) -> bool:
    """Whether it went back because the buyer was in already, which a card's payment does at once."""
    duplicate = select(OrderChange.id).filter_by(order_id=order.id, after=OrderState.DUPLICATE)
    return db.session.scalar(duplicate.limit(1)) is not None
