"""Seats as an offer, at the price of their number. The door opens the transaction."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from core.config import current_config
from core.database import db
from core.errors import Conflict
from courses.models import Course
from payments.values import Invoicing
from shop.models import Order, OrderKind
from shop.offers import Line, Offer
from shop.rules import OrderState
from shop.seats.models import SeatPrice
from shop.seats.rules import Band, PriceBreak, bands, total_price


def price_table(course: Course) -> tuple[Band, ...]:
    """What seats of a course cost by their number. Raises Conflict for a course that costs nothing."""
    if course.price.is_free:
        raise Conflict("This course is free: everybody in your team can start it by themselves.")
    return bands(course.price, breaks_of(course))


def breaks_of(course: Course) -> list[PriceBreak]:
    """The price breaks of a course in its currency, from few seats to many."""
    query = select(SeatPrice).filter_by(course_id=course.id, currency=course.currency)
    return [
        PriceBreak(row.from_seats, row.unit)
        for row in db.session.scalars(query.order_by(SeatPrice.from_seats))
    ]


def set_breaks(course: Course, breaks: Sequence[PriceBreak]) -> None:
    """Replace the price breaks of a course; orders that were made keep their price."""
    db.session.execute(delete(SeatPrice).filter_by(course_id=course.id, currency=course.currency))
    for each in breaks:
        row = SeatPrice(
            course_id=course.id,
            currency=each.unit.currency,
            from_seats=each.from_seats,
            unit_minor=each.unit.minor,
        )
        db.session.add(row)
    db.session.flush()


def subject_of(course_id: int) -> str:
    """How an order names the seats of a course."""
    return f"seats:{course_id}"


def of_seats(course: Course, seats: int, invoicing: Invoicing) -> Offer:
    """So many seats of a course. Raises InvalidInput for a number that is not sold, Conflict for a free course."""
    line = Line(course.id, course.title, total_price(price_table(course), seats))
    title = f"{course.title}, {seats} {'seat' if seats == 1 else 'seats'}"
    return Offer(OrderKind.SEATS, subject_of(course.id), title, (line,), quantity=seats, invoicing=invoicing)


def waiting_order(user_id: int, course: Course) -> Order | None:
    """The order of these seats whose money has yet to come: until then its buyer makes no other."""
    query = select(Order).filter_by(
        user_id=user_id, subject=subject_of(course.id), state=OrderState.PROCESSING,
        livemode=current_config().is_live,
    )  # fmt: skip
    return db.session.scalar(query.limit(1))


def typed_before(user_id: int, course: Course) -> Order | None:
    """The order of these seats that its buyer has begun and not paid: what they typed is offered again."""
    query = select(Order).filter_by(user_id=user_id, subject=subject_of(course.id), state=OrderState.PENDING)
    return db.session.scalar(query.limit(1))
