"""Which open checkouts are of something that is sold no more. Their prices were shown in good faith and are honoured
while it is sold; once it is not, they are closed."""

from collections.abc import Callable, Iterable

from sqlalchemy import select

from core.database import db
from courses.models import Course
from shop.bundles.models import Bundle
from shop.models import Order, OrderKind
from shop.rules import OrderState

_checks: dict[OrderKind, Callable[[Order], bool]] = {}


def sold_while(kind: OrderKind, check: Callable[[Order], bool]) -> None:
    """Let this tell whether what an order of this kind holds is still sold; else each of its courses must have a
    price."""
    _checks[kind] = check


def withdrawn_checkouts() -> Iterable[tuple[str, str]]:
    """Number and session of each order that waits for its buyer, though what it holds is sold no more."""
    waiting = select(Order).where(Order.state == OrderState.PENDING, Order.session_id.is_not(None))
    for order in db.session.scalars(waiting.order_by(Order.id)).all():
        if not _checks.get(order.kind, _courses_are_sold)(order):
            yield order.number, order.session_id or ""


def _courses_are_sold(order: Order) -> bool:
    ids = [line.course_id for line in order.lines]
    free = select(Course.id).where(Course.id.in_(ids), Course.price_minor == 0)
    return db.session.scalar(free.limit(1)) is None


def _bundle_is_sold(order: Order) -> bool:
    return db.session.get_one(Bundle, order.subject_id).is_active


sold_while(OrderKind.BUNDLE, _bundle_is_sold)
