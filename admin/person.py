"""One person as the admin reads them: what lets them into courses, and what was mailed to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.models import User
from admin.access_words import KINDS
from core.database import db
from core.outbox import OutboxMail
from courses.models import Course
from enrollment.models import Grant
from enrollment.rules import EndReason, PauseReason
from shop.models import Order

ENDS: dict[str, str] = {
    EndReason.ADMIN: "by the school", EndReason.REFUND: "refunded", EndReason.DISPUTE: "dispute lost",
    EndReason.EXPIRED: "its last day was over", EndReason.CANCELLED: "the plan ended",
    EndReason.SEAT: "the seat was given on",
}  # fmt: skip
PAUSES: dict[str, str] = {
    PauseReason.DISPUTE: "the payment is disputed", PauseReason.PAYMENT: "a payment is overdue",
}  # fmt: skip


@dataclass(frozen=True)
class GrantLine:
    """What lets, or once let, a person into a course. `order_number` and `given_by` are empty where there is none."""

    course_title: str
    how: str
    order_number: str
    note: str
    given_by: str
    started_at: datetime
    ends_at: datetime | None
    ended_at: datetime | None
    end: str
    pause: str


def grants_of(user_id: int) -> list[GrantLine]:
    """All that ever let this person into a course, by course, what stands before what ended."""
    query = (
        select(Grant, Course.title, Order.number, User.name, User.email)
        .join(Course, Course.id == Grant.course_id)
        .outerjoin(Order, Order.id == Grant.order_id)
        .outerjoin(User, User.id == Grant.granted_by)
        .where(Grant.user_id == user_id)
        .order_by(Course.title, Grant.ended_at.is_not(None), Grant.id)
    )
    return [_line(*row) for row in db.session.execute(query)]


def mails_to(address: str, limit: int = 10) -> Sequence[OutboxMail]:
    """The latest mails to this address."""
    query = select(OutboxMail).filter_by(to_address=address).order_by(OutboxMail.id.desc()).limit(limit)
    return db.session.scalars(query).all()


def _line(grant: Grant, title: str, number: str | None, name: str | None, email: str | None) -> GrantLine:
    return GrantLine(
        title, KINDS[grant.kind], number or "", grant.note, name or email or "", grant.started_at, grant.ends_at,
        grant.ended_at, ENDS.get(grant.end_reason, grant.end_reason),
        ", ".join(PAUSES[reason] for reason in grant.pause_reasons),
    )  # fmt: skip
