"""Enrolling and revoking. The door opens the transaction; a second enrollment of the same pair changes nothing."""

from dataclasses import dataclass

from sqlalchemy import select

from core import events
from core.audit import record
from core.clock import now
from core.config import current_config
from core.database import db, insert_once
from core.errors import Conflict, NotFound
from courses.models import Course
from enrollment.models import Enrollment, EnrollmentState, Order
from enrollment.rules import UNDECIDED, OpenCheckout, OrderState, Reason, why_outside

ENDED = "Your access to this course was ended by the school. Write to it if that seems wrong."


@dataclass(frozen=True)
class Enrolled:
    """Someone was let into a course."""

    user_id: int
    course_id: int


@dataclass(frozen=True)
class AccessRevoked:
    """Someone's enrollment was ended, by the school or because its price was paid back."""

    user_id: int
    course_id: int


def find_enrollment(user_id: int, course_id: int) -> Enrollment | None:
    """The one row of this person and course, in whatever state."""
    return db.session.scalar(select(Enrollment).filter_by(user_id=user_id, course_id=course_id))


def open_order(user_id: int, course_id: int) -> Order | None:
    """The order of this person and course that is not decided yet; of several, one that was paid."""
    mode = current_config().is_live  # What was begun with a test key decides nothing once money moves.
    query = select(Order).filter_by(user_id=user_id, course_id=course_id, livemode=mode)
    query = query.where(Order.state.in_(UNDECIDED))
    return db.session.scalar(query.order_by(Order.state == OrderState.PENDING, Order.id).limit(1))


def is_enrolled(user_id: int, course_id: int) -> bool:
    """Whether the course is open to this person now."""
    found = find_enrollment(user_id, course_id)
    return found is not None and found.state == EnrollmentState.ACTIVE


def reason_of(enrollment: Enrollment | None, order: Order | None) -> Reason:
    """How somebody with this enrollment and this undecided order stands to the course: in, or the most telling
    reason why not."""
    if enrollment is not None and enrollment.state == EnrollmentState.ACTIVE:
        return Reason.ENROLLED
    state, ended = (enrollment.state, enrollment.end_reason) if enrollment else (None, "")
    checkout = OpenCheckout(order.state, order.expires_at) if order else None
    return why_outside(state, ended, checkout, now())[0]


def was_ended_by_school(found: Enrollment | None) -> bool:
    """Whether the school ended this enrollment by hand: then only the school opens it again."""
    return found is not None and found.state == EnrollmentState.REVOKED and found.end_reason != "refund"


def enroll(
    user_id: int, course_id: int, reason: str, granted_by: int | None = None, order_id: int | None = None
) -> Enrollment:
    """Let someone in; one who is in stays in, one whose access ended returns with all progress."""
    pair = {"user_id": user_id, "course_id": course_id}
    terms = {"reason": reason, "granted_by": granted_by, "order_id": order_id, "started_at": now()}
    row = {**pair, **terms, "state": EnrollmentState.ACTIVE, "ended_at": None, "end_reason": ""}
    is_new = insert_once(Enrollment, row, ("user_id", "course_id"))
    found = db.session.scalars(select(Enrollment).filter_by(**pair).with_for_update()).one()
    if not is_new and found.state == EnrollmentState.ACTIVE:
        return found
    for name, value in row.items():
        setattr(found, name, value)
    db.session.flush()
    actor_id = granted_by if reason == "admin" else user_id
    record("enrollment.enroll", f"enrollment:{found.id}", {"reason": reason}, actor_id=actor_id)
    events.publish(Enrolled(user_id, course_id))
    return found


def start_free(user_id: int, course: Course) -> Enrollment:
    """Let someone into a free course by their own wish. Raises Conflict for one that costs money."""
    if not course.price.is_free:
        raise Conflict("This course is not free. Its page says how to enroll.")
    if was_ended_by_school(find_enrollment(user_id, course.id)):  # However they came in.
        raise Conflict(ENDED)
    return enroll(user_id, course.id, "free")


def revoke(enrollment_id: int, by: int) -> Enrollment:
    """End someone's access by hand; what they did is kept. Raises NotFound."""
    found = db.session.get(Enrollment, enrollment_id)
    if found is None:
        raise NotFound("There is no such enrollment.")
    end_access(found, "admin", by)
    return found


def end_access(found: Enrollment, end_reason: str, by: int | None = None) -> None:
    """Close the course to someone, once, and say so upward."""
    if found.state != EnrollmentState.ACTIVE:
        return
    found.state, found.ended_at, found.end_reason = EnrollmentState.REVOKED, now(), end_reason
    db.session.flush()
    record("enrollment.revoke", f"enrollment:{found.id}", {"reason": end_reason}, actor_id=by)
    events.publish(AccessRevoked(found.user_id, found.course_id))
