"""How somebody stands to a course that is sold: in, at the checkout, or outside, and why."""

from sqlalchemy import select

from core.clock import now
from core.config import current_config
from core.database import db
from enrollment.models import Enrollment
from enrollment.rules import OpenCheckout, Reason, Waits, is_open, why_outside
from enrollment.services import is_enrolled
from shop.models import Order, OrderKind, OrderLine
from shop.rules import UNDECIDED, OrderState

WAITS = {
    OrderState.PENDING: Waits.CHECKOUT,
    OrderState.PROCESSING: Waits.BANK,
    OrderState.REVIEW: Waits.REVIEW,
}
FOR_ONESELF = tuple(kind for kind in OrderKind if kind.is_for_oneself)


def open_order(user_id: int, *course_ids: int) -> Order | None:
    """The order of this person, for themselves, of one of these courses that is not decided yet; of several, one that
    was paid."""
    query = select(Order).where(
        Order.user_id == user_id,
        Order.livemode == current_config().is_live,  # What a test key began decides nothing once money moves.
        Order.kind.in_(FOR_ONESELF),
        Order.state.in_(UNDECIDED),
        select(OrderLine.id)
        .where(OrderLine.order_id == Order.id, OrderLine.course_id.in_(course_ids))
        .exists(),
    )
    return db.session.scalar(query.order_by(Order.state == OrderState.PENDING, Order.id).limit(1))


def open_still(order: Order) -> list[str]:
    """Those courses of an order for oneself, by title, that are open to its buyer now, by whatever fact."""
    if order.user_id is None or not order.kind.is_for_oneself:
        return []
    return [line.title for line in order.lines if is_enrolled(order.user_id, line.course_id)]


def checkout_of(order: Order | None) -> OpenCheckout | None:
    """An undecided order as access sees it."""
    return OpenCheckout(WAITS[order.state], order.expires_at) if order else None


def reason_of(enrollment: Enrollment | None, order: Order | None) -> Reason:
    """How somebody with this enrollment and this undecided order stands to the course: in, or the most telling
    reason why not."""
    if enrollment is not None and is_open(enrollment, now()):
        return Reason.ENROLLED
    return why_outside(enrollment, checkout_of(order), now())[0]
