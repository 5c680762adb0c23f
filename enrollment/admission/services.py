"""Whether a person may enroll in a course, from what the course says and what they completed."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.clock import now
from core.database import db
from core.errors import Conflict
from core.school import current_school
from courses.models import Course
from courses.services import courses_named
from enrollment.admission.rules import hindrances, sentence
from enrollment.admission.windows import Hindrance, Window, window_of_days
from enrollment.cohorts.models import Cohort
from enrollment.cohorts.services import keep_for_checkout, place_of
from enrollment.refusals import day_of

Teller = Callable[[int, Collection[int]], frozenset[int]]
_tellers: list[Teller] = []


def tell_completed(teller: Teller) -> None:
    """Let a room above tell which of some courses a person has completed; said in app.py."""
    _tellers[:] = [teller]


@dataclass(frozen=True)
class Admission:
    """What keeps somebody from enrolling: nothing where they may. `missing` are the courses to complete before."""

    hindrances: tuple[Hindrance, ...]
    missing: tuple[Course, ...]
    opens_at: datetime | None

    @property
    def is_open(self) -> bool:
        return not self.hindrances

    def sentences(self, zone: ZoneInfo) -> list[str]:
        """What is told of each hindrance, days by the reader's clock."""
        titles = [course.title for course in self.missing]
        day = day_of(self.opens_at, zone) if self.opens_at else ""
        return [sentence(each, titles, day) for each in self.hindrances]


def admission_to(
    course: Course, user_id: int | None, bought: Collection[int] = (), *, is_paid: bool = False
) -> Admission:
    """Whether this person may enroll now; a visitor (None) has completed nothing.

    What is `bought` together counts as done: who takes a course with the one before it is not sent away. A place that
    `is_paid` already, as a gift or a seat, is taken also once the course takes nobody new.
    """
    window = _window_of(course)
    missing = _missing(course.requires, user_id, bought)
    found = hindrances(window, missing, _must_choose(course.id, user_id), now(), is_paid)
    return Admission(found, missing, window.opens_at)


def require_admission(user_id: int | None, course_ids: Collection[int], *, is_paid: bool = False) -> None:
    """Raises Conflict, with what to do, where this person, or a guest (None), may not enroll in all of these courses
    now, or not take what `is_paid` already."""
    for course in _courses(course_ids):
        found = admission_to(course, user_id, course_ids, is_paid=is_paid)
        if not found.is_open:
            raise Conflict(" ".join(found.sentences(ZoneInfo(current_school().time_zone))))
        if user_id is not None and (place := place_of(user_id, course.id)) is not None:
            keep_for_checkout(place)


def require_selling(course_ids: Collection[int]) -> None:
    """Raises Conflict where one of these courses takes nobody new any more: then no place in it is sold, not for
    somebody else either."""
    if any(_window_of(course).hindrance(now()) is Hindrance.CLOSED for course in _courses(course_ids)):
        raise Conflict(sentence(Hindrance.CLOSED, (), ""))


def _courses(course_ids: Collection[int]) -> Iterable[Course]:
    return db.session.scalars(select(Course).where(Course.id.in_(course_ids)).order_by(Course.id))


def _window_of(course: Course) -> Window:
    return window_of_days(course.enroll_from, course.enroll_until, ZoneInfo(current_school().time_zone))


def _must_choose(course_id: int, user_id: int | None) -> bool:
    """Whether the course is taken in groups and this person has no place in one."""
    if db.session.scalar(select(Cohort.id).filter_by(course_id=course_id).limit(1)) is None:
        return False
    place = place_of(user_id, course_id) if user_id is not None else None
    return place is None or not place.state.counts


def _missing(requires: Sequence[str], user_id: int | None, bought: Collection[int]) -> tuple[Course, ...]:
    """The courses that are asked for, are offered, and are not completed."""
    asked = [course for course in courses_named(requires) if course.id not in bought] if requires else []
    if not asked or user_id is None:
        return tuple(asked)
    done = frozenset[int]().union(*(tell(user_id, [course.id for course in asked]) for tell in _tellers))
    return tuple(course for course in asked if course.id not in done)
