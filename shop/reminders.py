"""Which of a person's orders their own pages should speak of: those that wait for somebody, and a failed payment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from core.clock import now
from core.config import current_config
from core.database import db
from enrollment.models import Enrollment, EnrollmentState
from shop.models import Order, OrderChange, OrderLine
from shop.rules import OrderState
from shop.standing import FOR_ONESELF

TOLD = (OrderState.PENDING, OrderState.PROCESSING, OrderState.REVIEW, OrderState.FAILED)
FRESH = timedelta(days=7)  # for so long a failed payment is spoken of


@dataclass(frozen=True)
class Reminder:
    """One order to speak of; `open_until` is when its checkout closes, in the reader's time zone. `awaits_transfer`:
    the reader has yet to send the money."""

    state: OrderState
    title: str
    url: str
    open_until: str
    awaits_transfer: bool


def reminders_of(user_id: int, time_zone: str) -> list[Reminder]:
    """What this person is told of their orders, the newest first: nothing of a course that is open to them, nor of an
    order that was followed by another."""
    wanted = select(Order).where(
        Order.user_id == user_id, Order.livemode == current_config().is_live, _is_to_tell(now()), ~_is_over()
    )
    zone = ZoneInfo(time_zone or "UTC")
    return [
        Reminder(o.state, o.title, o.url, o.open_until(zone), o.awaits_transfer)
        for o in db.session.scalars(wanted.order_by(Order.id.desc()))
    ]


def _is_to_tell(moment: datetime) -> ColumnElement[bool]:
    failed_lately = select(OrderChange.id).where(
        OrderChange.order_id == Order.id,
        OrderChange.after == OrderState.FAILED,
        OrderChange.at >= moment - FRESH,
    )
    return or_(
        Order.state.in_((OrderState.PROCESSING, OrderState.REVIEW)),
        and_(Order.state == OrderState.PENDING, Order.expires_at > moment),
        and_(Order.state == OrderState.FAILED, failed_lately.exists()),
    )


def _is_over() -> ColumnElement[bool]:
    """Whether the buyer is in, or ordered again; money that came is never over."""
    later = aliased(Order)
    followed = select(later.id).where(
        later.user_id == Order.user_id, later.subject == Order.subject, later.id > Order.id
    )
    outside = (
        select(OrderLine.id)
        .outerjoin(
            Enrollment,
            and_(
                Enrollment.user_id == Order.user_id,
                Enrollment.course_id == OrderLine.course_id,
                Enrollment.state == EnrollmentState.ACTIVE,
            ),
        )
        .where(OrderLine.order_id == Order.id, Enrollment.id.is_(None))
    )
    unpaid = Order.state.in_((OrderState.PENDING, OrderState.FAILED))
    is_in = and_(Order.kind.in_(FOR_ONESELF), ~outside.exists())  # Whoever gives may be in, or not.
    return and_(unpaid, or_(followed.exists(), is_in))
