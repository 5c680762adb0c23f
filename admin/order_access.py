"""How what an order gave stands, and what else lets the same people into the same courses."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import aliased

from admin.access_words import KINDS
from admin.explained import standing_of
from core.database import db
from courses.models import Course
from enrollment.models import Grant
from enrollment.services import stands


@dataclass(frozen=True)
class Beside:
    """A fact that lets somebody in, and is not the order's."""

    grant: Grant
    course: Course

    @property
    def words(self) -> str:
        """`enrolled by hand, since 1 November 2026`."""
        return f"{KINDS[self.grant.kind].lower()}, since {self.grant.started_at:%-d %B %Y}"


@dataclass(frozen=True)
class OrderAccess:
    """The order's own grants, and beside them what lets those people in just now."""

    grants: Sequence[Grant]
    beside: Sequence[Beside]

    @property
    def standing(self) -> str:
        """How its own stand, in words; empty where it gave nothing."""
        return ", ".join(dict.fromkeys(map(standing_of, self.grants)))

    @property
    def has_ended(self) -> bool:
        """Whether it let somebody in once and does no more."""
        return bool(self.grants) and all(grant.ended_at is not None for grant in self.grants)

    @property
    def is_needless(self) -> bool:
        """Whether everybody whom it let in would be in without it."""
        kept = {_place(each.grant) for each in self.beside}
        return bool(self.grants) and all(_place(grant) in kept for grant in self.grants)


def access_by(order_id: int, user_id: int | None = None) -> OrderAccess:
    """What this order gave, to this person alone where one is named."""
    own = aliased(Grant)
    of_order = select(own.id).where(
        own.order_id == order_id, own.user_id == Grant.user_id, own.course_id == Grant.course_id
    )
    query = select(Grant, Course).join(Course, Course.id == Grant.course_id).where(of_order.exists())
    if user_id is not None:
        query = query.where(Grant.user_id == user_id)
    rows = [(grant, course) for grant, course in db.session.execute(query.order_by(Grant.id))]
    return OrderAccess(
        [grant for grant, _ in rows if grant.order_id == order_id],
        [Beside(*row) for row in rows if row[0].order_id != order_id and _lets_in(row[0])],
    )


def _lets_in(grant: Grant) -> bool:
    return stands(grant) and not grant.pauses


def _place(grant: Grant) -> tuple[int, int]:
    return grant.user_id, grant.course_id
