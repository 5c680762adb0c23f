"""What goes on though somebody's access is ended by hand: payments of a plan, a seat, an order's money."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select

from core.database import db
from enrollment.models import Enrollment, Grant
from enrollment.rules import GrantKind
from shop.models import Order
from shop.plans.models import PlanTerm
from shop.plans.rules import RUNNING

ENDING = "The plan has been told to end, and takes no payment after that."
OF_ORDER = "No money goes back by it."
OF_GIFT = "No money goes back by it to who gave the course."
OF_SEAT = (
    "The seat stays theirs, and is not free for somebody else until their team moves it or they leave it."
)
PAID_ON = "Payments go on being taken"


@dataclass(frozen=True)
class Aftermath:
    """One such thing in a sentence, and the order that it is about. `price` is what a running plan goes on taking, for
    who may see it: empty where nothing more is taken."""

    text: str
    order_number: str
    price: str = ""


def aftermath_of(enrollment_ids: Sequence[int]) -> dict[int, list[Aftermath]]:
    """What goes on when these are revoked, by the enrollment's id; those where nothing does are not in it."""
    theirs = and_(Grant.user_id == Enrollment.user_id, Grant.course_id == Enrollment.course_id)
    query = (
        select(Enrollment.id, Grant.kind, Order, PlanTerm)
        .join(Grant, theirs)
        .join(Order, Order.id == Grant.order_id)
        .outerjoin(PlanTerm, PlanTerm.order_id == Order.id)
        .where(Enrollment.id.in_(enrollment_ids), Grant.ended_at.is_(None))
        .order_by(Grant.id)
    )
    found: dict[int, list[Aftermath]] = {}
    for enrollment_id, kind, order, term in db.session.execute(query):
        found.setdefault(enrollment_id, []).append(SAID.get(kind, _of_order)(order, term))
    return found


def _of_order(order: Order, _term: PlanTerm | None) -> Aftermath:
    return Aftermath(OF_ORDER, order.number)


def _of_gift(order: Order, _term: PlanTerm | None) -> Aftermath:
    return Aftermath(OF_GIFT, order.number)


def _of_seat(order: Order, _term: PlanTerm | None) -> Aftermath:
    return Aftermath(OF_SEAT, order.number)


def _of_plan(order: Order, term: PlanTerm | None) -> Aftermath:
    if term is None or term.state not in RUNNING:
        return _of_order(order, term)
    if term.ends_at is not None:
        return Aftermath(ENDING, order.number)
    last = f", {order.instalments} times in all" if order.instalments else ""
    return Aftermath(PAID_ON, order.number, f"{order.price} each {order.rhythm}{last}")


SAID: dict[GrantKind, Callable[[Order, PlanTerm | None], Aftermath]] = {
    GrantKind.PLAN: _of_plan,
    GrantKind.SEAT: _of_seat,
    GrantKind.GIFT: _of_gift,
}
