"""Cohorts as the admin reads them: the list with its counts, and who is in one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, case, func, select

from accounts.models import User
from core.database import db
from courses.models import Course
from enrollment.cohorts.models import Cohort, CohortPlace
from enrollment.cohorts.rules import PlaceState

STATES = {
    PlaceState.TAKEN: ("Member", "ok"),
    PlaceState.HELD: ("Kept for the checkout", "info"),
    PlaceState.OFFERED: ("Offered", "info"),
    PlaceState.WAITING: ("Waits", "warn"),
}  # in the order of a cohort's list; who left is not in it


@dataclass(frozen=True)
class CohortRow:
    """A cohort with its course's title, how many are in it and how many wait for it."""

    cohort: Cohort
    course_title: str
    members: int
    waiting: int


@dataclass(frozen=True)
class MemberRow:
    """Somebody with a place, or in the line."""

    place_id: int
    user_id: int
    name: str
    email: str
    state: PlaceState
    since: datetime
    until: datetime | None
    stays_open: bool

    @property
    def word(self) -> tuple[str, str]:
        return STATES[self.state]


def all_cohorts(course_slug: str = "") -> list[CohortRow]:
    """All cohorts, the latest beginning first; those of one course where it is named."""
    counts = _number_in(PlaceState.TAKEN), _number_in(PlaceState.WAITING)
    query = select(Cohort, Course.title, *counts).join(Course, Course.id == Cohort.course_id)
    if course_slug:
        query = query.where(Course.slug == course_slug)
    rows = db.session.execute(query.order_by(Cohort.starts_on.desc(), Cohort.id.desc()))
    return [CohortRow(*row) for row in rows]


def _number_in(state: PlaceState) -> ScalarSelect[int]:
    """How many stand so with a cohort."""
    query = select(func.count(CohortPlace.id))
    return query.where(CohortPlace.cohort_id == Cohort.id, CohortPlace.state == state).scalar_subquery()


def members_of(cohort_id: int) -> list[MemberRow]:
    """Who has a place, then who waits for one, in the order of arrival."""
    rank = case({state: number for number, state in enumerate(STATES)}, value=CohortPlace.state)
    query = (
        select(
            CohortPlace.id, User.id, User.name, User.email, CohortPlace.state, CohortPlace.since, CohortPlace.until,
            CohortPlace.stays_open,
        )
        .join(User, User.id == CohortPlace.user_id)
        .where(CohortPlace.cohort_id == cohort_id, CohortPlace.state.in_(list(STATES)))
        .order_by(rank, CohortPlace.since, CohortPlace.id)
    )  # fmt: skip
    return [MemberRow(*row) for row in db.session.execute(query)]
