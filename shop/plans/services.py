"""Plans: made by an admin, switched off, offered, and what was paid of one. The door's transaction is open."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from core.audit import record
from core.clock import now
from core.database import db
from core.errors import Conflict, NotFound
from core.money import Money
from courses.models import Course
from enrollment.services import grants_of
from shop.fulfilment import PaidSoFar
from shop.models import Order, OrderKind
from shop.offers import Line, Offer
from shop.plans.models import Plan, PlanCourse, PlanPayment, PlanTerm
from shop.plans.rules import Rhythm


@dataclass(frozen=True)
class Draft:
    """A plan as an admin describes it. `payment` is one payment; `instalments` None makes it a membership."""

    title: str
    payment: Money
    rhythm: Rhythm
    instalments: int | None
    course_ids: tuple[int, ...]


def make_plan(draft: Draft, by: int) -> Plan:
    """Put a plan on sale."""
    plan = Plan(
        title=draft.title, amount_minor=draft.payment.minor, currency=draft.payment.currency,
        rhythm=draft.rhythm, instalments=draft.instalments, is_active=True, created_at=now(),
    )  # fmt: skip
    db.session.add(plan)
    db.session.flush()
    for position, course_id in enumerate(draft.course_ids, 1):
        db.session.add(PlanCourse(plan_id=plan.id, course_id=course_id, position=position))
    db.session.flush()
    record("plan.make", plan.subject, {"title": draft.title, "payment": str(draft.payment)}, actor_id=by)
    return plan


def switch(plan_id: int, is_active: bool, by: int) -> Plan:
    """Sell it, or no more; plans that run go on. Raises NotFound."""
    plan = db.session.get(Plan, plan_id)
    if plan is None:
        raise NotFound("There is no such plan.")
    plan.is_active = is_active
    db.session.flush()
    record("plan.on" if is_active else "plan.off", plan.subject, actor_id=by)
    return plan


def find_plan(plan_id: int) -> Plan:
    """A plan on sale. Raises NotFound, for one that was switched off too."""
    plan = db.session.scalar(select(Plan).filter_by(id=plan_id, is_active=True))
    if plan is None:
        raise NotFound("This plan is not on sale. The course's page says how you get in.")
    return plan


def plans_with(course_id: int) -> Sequence[Plan]:
    """The plans on sale that open this course, instalments first."""
    query = select(Plan).join(PlanCourse).where(PlanCourse.course_id == course_id, Plan.is_active)
    return db.session.scalars(query.order_by(Plan.instalments.is_(None), Plan.amount_minor, Plan.id)).all()


def of_plan(plan: Plan) -> Offer:
    """A plan for oneself. Each payment is spread over the courses, what does not divide goes to the first."""
    part, rest = divmod(plan.amount_minor, len(plan.courses))
    amounts = [part + rest] + [part] * (len(plan.courses) - 1)
    lines = tuple(
        Line(course.id, course.title, Money(amount, plan.currency))
        for course, amount in zip(plan.courses, amounts, strict=True)
    )
    return Offer(
        OrderKind.PLAN,
        plan.subject,
        plan.title,
        lines,
        rhythm=plan.rhythm.value,
        instalments=plan.instalments,
    )


def paid_of_plan(order: Order) -> Sequence[PlanPayment]:
    """What was paid of an order's plan, the oldest first."""
    query = select(PlanPayment).filter_by(order_id=order.id)
    return db.session.scalars(query.order_by(PlanPayment.paid_at, PlanPayment.until)).all()


def paid_of(orders: Sequence[Order]) -> dict[int, int]:
    """How many payments each of these orders has had, by its id; those without a plan are not in it."""
    own = [order.id for order in orders if order.rhythm]
    if not own:
        return {}
    counted = select(PlanPayment.order_id, func.count()).where(PlanPayment.order_id.in_(own))
    return dict(db.session.execute(counted.group_by(PlanPayment.order_id)).all())


def paid_so_far_of(orders: Sequence[Order]) -> dict[int, PaidSoFar]:
    """How far each of these orders is paid, by its id; only those that a plan has begun for are in it. The first
    payment counts from the beginning: its bill may be heard of later."""
    own = {order.id: order for order in orders if order.rhythm}
    if not own:
        return {}
    terms, paid = select(PlanTerm).where(PlanTerm.order_id.in_(own)), paid_of(orders)
    return {
        term.order_id: _so_far(own[term.order_id], term, paid.get(term.order_id, 1))
        for term in db.session.scalars(terms)
    }


def _so_far(order: Order, term: PlanTerm, count: int) -> PaidSoFar:
    return PaidSoFar(count, order.instalments, order.price, term.next_at, term.state.value)


def require_unheld(user_id: int, courses: Sequence[Course]) -> None:
    """Raises Conflict for somebody who has all of these courses, for good or by another plan."""
    if all(any(grant.ended_at is None for grant in grants_of(user_id, each.id)) for each in courses):
        raise Conflict("You have this already. Nothing was charged.")
