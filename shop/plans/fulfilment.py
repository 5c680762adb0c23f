"""What the order of a plan gives: its courses, for as long as it is paid."""

from core.clock import now
from core.database import db
from enrollment.rules import EndReason, GrantKind
from enrollment.services import enroll, find_enrollment, grants_of, was_ended_by_school
from shop import words
from shop.fulfilment import OwnCourses, PaidSoFar, fulfils, sold_at
from shop.models import Order, OrderKind
from shop.plans import mails
from shop.plans.models import Plan, PlanTerm
from shop.plans.rules import Rhythm, TermState, next_due
from shop.plans.services import paid_so_far_of
from shop.words import Words


class PlanCourses(OwnCourses):
    """Courses that are the buyer's while the plan runs: each line is a grant."""

    def is_held(self, order: Order) -> bool:
        return all(_is_open(order, line.course_id) for line in order.lines)

    def give(self, order: Order) -> None:
        term = db.session.get(PlanTerm, order.id) or _begin(order)
        if term.state is not TermState.ENDED:  # What ended is not begun again by a refund that failed.
            open_courses(order, GrantKind.ORDER if term.state is TermState.SETTLED else GrantKind.PLAN)

    def words(self, order: Order) -> Words:
        return words.of_plan(order.title)

    def paid_so_far(self, order: Order) -> PaidSoFar | None:
        return paid_so_far_of([order]).get(order.id)

    def take_back(self, order: Order, reason: EndReason) -> None:
        term = db.session.get(PlanTerm, order.id)
        if term is not None and term.ended_at is None:
            term.state, term.ended_at, term.look_at = TermState.ENDED, now(), now()
        super().take_back(order, reason)


def open_courses(order: Order, kind: GrantKind) -> None:
    """Give all its courses, but those that the school has closed to this person by hand."""
    if order.user_id is None:
        return
    for line in order.lines:
        if not was_ended_by_school(find_enrollment(order.user_id, line.course_id)):
            enroll(order.user_id, line.course_id, kind, source=order.source, order_id=order.id)


def _is_open(order: Order, course_id: int) -> bool:
    """Whether something else has let the buyer into the course, for good or while another plan runs."""
    grants = grants_of(order.user_id, course_id) if order.user_id is not None else []
    return any(grant.ended_at is None and grant.source != order.source for grant in grants)


def _begin(order: Order) -> PlanTerm:
    """It stands as paid until Stripe is asked how it does, which is to be soon."""
    term = PlanTerm(
        order_id=order.id, state=TermState.ACTIVE, begun_at=now(), grace_until=None, ends_at=None, ended_at=None,
        renews_at=next_due(now(), Rhythm(order.rhythm)), look_at=now(),
    )  # fmt: skip
    db.session.add(term)
    db.session.flush()
    mails.write(order, "plan_begun", "begun", next_on=term.next_at)
    return term


def _page(order: Order) -> str:
    """The page of the plan, whose button goes on with the checkout that is open."""
    return db.session.get_one(Plan, order.subject_id).url


fulfils(OrderKind.PLAN, PlanCourses())
sold_at(OrderKind.PLAN, _page)
