"""Choosing a cohort, waiting for it, taking a place and leaving it. The door's transaction is open.

Places are counted by the database: one guarded statement takes one, and whoever frees one offers it on at once.
"""

from datetime import datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select, update

from accounts.models import User
from core import mail
from core.audit import record
from core.clock import now
from core.database import db, insert_once
from core.errors import Conflict, NotFound
from core.school import current_school
from courses.models import Course
from enrollment.admission.windows import Window, window_of_days
from enrollment.cohorts.models import Cohort, CohortPlace
from enrollment.cohorts.rules import HOLD_LASTS, OFFER_LASTS, PlaceState, turn
from enrollment.models import Enrollment
from enrollment.refusals import day_of
from enrollment.rules import EndReason

FULL = "The group {name} is full."


class Somebody(Protocol):
    """News of a person and a course."""

    @property
    def user_id(self) -> int: ...
    @property
    def course_id(self) -> int: ...


def cohorts_of(course_id: int) -> list[Cohort]:
    """The cohorts of a course, the next one first."""
    query = select(Cohort).filter_by(course_id=course_id).order_by(Cohort.starts_on, Cohort.id)
    return list(db.session.scalars(query))


def find_cohort(cohort_id: int) -> Cohort:
    """Raises NotFound."""
    found = db.session.get(Cohort, cohort_id)
    if found is None:
        raise NotFound("There is no such group.")
    return found


def place_of(user_id: int, course_id: int) -> CohortPlace | None:
    """How this person stands with the cohorts of the course, if they ever did."""
    return db.session.scalar(select(CohortPlace).filter_by(user_id=user_id, course_id=course_id))


def begins_at(cohort: Cohort) -> datetime:
    """Its first day by the school's clock: before it no step is open to its members."""
    return datetime.combine(cohort.starts_on, time.min, ZoneInfo(current_school().time_zone))


def group_to_come(user_id: int, course_id: int) -> Cohort | None:
    """The cohort with which the course opens to this person, where that is still to come."""
    place = place_of(user_id, course_id)
    if place is None or not place.state.counts or place.stays_open:
        return None
    cohort = find_cohort(place.cohort_id)
    return cohort if now() < begins_at(cohort) else None


def window_of(cohort: Cohort) -> Window:
    """When it takes members."""
    return window_of_days(cohort.opens_on, cohort.closes_on, ZoneInfo(current_school().time_zone))


def ask_for_place(user_id: int, cohort: Cohort) -> CohortPlace:
    """Hold a place for this person for a while, or put them at the end of the line where none is free.

    Who waits for another cohort of the course, or has a place kept in one, gives that up. Raises Conflict for a
    member of another, and where the cohort takes nobody now.
    """
    place = _row(user_id, cohort)
    if place.cohort_id == cohort.id and place.state is not PlaceState.LEFT:
        return place
    if place.state is PlaceState.TAKEN:
        raise Conflict("You are in another group of this course. Write to the school to change it.")
    if window_of(cohort).hindrance(now()) is not None:
        raise Conflict(f"The group {cohort.name} takes nobody at present.")
    leave(place)
    _lock(cohort.id)
    place.cohort_id, place.since, place.stays_open = cohort.id, now(), False
    if _take_one(cohort.id):
        _set(place, PlaceState.HELD, now() + HOLD_LASTS)
    else:
        _set(place, PlaceState.WAITING, None)
    return place


def give_place(user_id: int, cohort: Cohort, by: int | None = None, stays_open: bool = False) -> None:
    """Make somebody a member by hand; `stays_open`: who is in the course already is not to wait for the first day.

    Raises Conflict where the cohort is full or they are in another.
    """
    place = _row(user_id, cohort)
    if place.state is PlaceState.TAKEN and place.cohort_id != cohort.id:
        raise Conflict("They are in another group of this course.")
    if place.cohort_id != cohort.id:
        leave(place)
        place.cohort_id, place.since = cohort.id, now()
    if not place.state.counts and not _take_one(cohort.id):
        raise Conflict(FULL.format(name=cohort.name))
    if place.state is not PlaceState.TAKEN:
        place.stays_open = stays_open
        _set(place, PlaceState.TAKEN, None, by)


def keep_for_checkout(place: CohortPlace) -> None:
    """Keep a place for as long as the checkout that is about to open."""
    if place.state.is_kept_for_a_while and place.until is not None:
        place.until = max(place.until, now() + HOLD_LASTS)
        db.session.flush()


def leave(place: CohortPlace) -> None:
    """Give up a place, or a turn in the line; a place that was counted goes to the next one."""
    _give_up(place, None)


def offer_free_places(cohort_id: int) -> None:
    """Offer what is free to who waits, in the order of arrival."""
    while (first := _first_in_line(cohort_id)) is not None and _take_one(cohort_id):
        _set(first, PlaceState.OFFERED, now() + OFFER_LASTS)
        _tell_of_offer(first)


def take_place(news: Somebody) -> None:
    """Somebody was let in: the place that was kept for them is theirs. One whose time had run out while their payment
    was under way is taken again if there is one."""
    place = place_of(news.user_id, news.course_id)
    if place is None or place.state in (PlaceState.TAKEN, PlaceState.WAITING):
        return
    was_kept = place.state is PlaceState.LEFT and place.until is not None
    if place.state.counts or (was_kept and _take_one(place.cohort_id)):
        _set(place, PlaceState.TAKEN, None)


def give_up_place(news: Somebody) -> None:
    """Somebody's access ended, and their place with it. It is remembered where the school ended it, who may take that
    back: then it is taken again if there is one."""
    place = place_of(news.user_id, news.course_id)
    if place is not None and place.state is PlaceState.TAKEN:
        _give_up(place, now() if _is_put_out(news) else None)


def lapsed_places(limit: int) -> list[int]:
    """The places that were kept for somebody until now, so many at most."""
    query = select(CohortPlace.id).where(_is_kept(), CohortPlace.until <= now())
    return list(db.session.scalars(query.order_by(CohortPlace.until).limit(limit)))


def let_lapse(place_id: int) -> None:
    """Give a place on that was kept for too long."""
    place = db.session.get_one(CohortPlace, place_id, with_for_update=True, populate_existing=True)
    if place.state.is_kept_for_a_while and place.until is not None and place.until <= now():
        _give_up(place, place.until)  # Kept, so that a payment that comes late finds the group again.


def number_in_line(place: CohortPlace) -> int:
    """1 for who is next."""
    ahead = select(CohortPlace.id).filter_by(cohort_id=place.cohort_id, state=PlaceState.WAITING)
    return 1 + len(db.session.scalars(ahead.where(_is_ahead_of(place))).all())


def _give_up(place: CohortPlace, until: datetime | None) -> None:
    if place.state is PlaceState.LEFT:
        return
    _lock(place.cohort_id)
    was_counted, place.stays_open = place.state.counts, place.stays_open and until is not None
    _set(place, PlaceState.LEFT, until)
    if was_counted:
        freed = update(Cohort).where(Cohort.id == place.cohort_id).values(taken=Cohort.taken - 1)
        db.session.execute(freed)
        offer_free_places(place.cohort_id)


def _is_put_out(news: Somebody) -> bool:
    query = select(Enrollment.end_reason).filter_by(user_id=news.user_id, course_id=news.course_id)
    return db.session.scalar(query) == EndReason.ADMIN.value


def _lock(cohort_id: int) -> None:
    """One at a time changes a cohort's line: who begins to wait and who leaves would not see each other."""
    # Not FOR UPDATE, for which rows that point at the cohort would wait, each for the other's.
    db.session.execute(select(Cohort.id).where(Cohort.id == cohort_id).with_for_update(key_share=True))


def _is_kept() -> ColumnElement[bool]:
    return or_(CohortPlace.state == PlaceState.OFFERED, CohortPlace.state == PlaceState.HELD)


def _is_ahead_of(place: CohortPlace) -> ColumnElement[bool]:
    return or_(
        CohortPlace.since < place.since,
        (CohortPlace.since == place.since) & (CohortPlace.id < place.id),
    )


def _row(user_id: int, cohort: Cohort) -> CohortPlace:
    """The row of this person and course, locked; a new one has left nothing yet."""
    key = {"user_id": user_id, "course_id": cohort.course_id}
    fresh = {"cohort_id": cohort.id, "state": PlaceState.LEFT, "since": now(), "until": None}
    insert_once(CohortPlace, {**key, **fresh}, ("user_id", "course_id"))
    query = select(CohortPlace).filter_by(**key).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _take_one(cohort_id: int) -> bool:
    """Count one place more, unless there is none: the only way to one."""
    is_free = or_(Cohort.places.is_(None), Cohort.taken < Cohort.places)
    taken = update(Cohort).where(Cohort.id == cohort_id, is_free).values(taken=Cohort.taken + 1)
    return db.session.execute(taken.returning(Cohort.id)).first() is not None


def _first_in_line(cohort_id: int) -> CohortPlace | None:
    query = select(CohortPlace).filter_by(cohort_id=cohort_id, state=PlaceState.WAITING)
    ordered = query.order_by(CohortPlace.since, CohortPlace.id).limit(1)
    return db.session.scalar(ordered.with_for_update(skip_locked=True))


def _set(place: CohortPlace, state: PlaceState, until: datetime | None, by: int | None = None) -> None:
    place.state, place.until = turn(place.state, state), until
    db.session.flush()
    record(f"cohort.{state.value}", f"cohort:{place.cohort_id}", {"user": place.user_id}, actor_id=by)


def _tell_of_offer(place: CohortPlace) -> None:
    person, cohort = db.session.get_one(User, place.user_id), find_cohort(place.cohort_id)
    course = db.session.get_one(Course, place.course_id)
    until = place.until or now()
    words: dict[str, object] = {
        "name": person.name,
        "group": cohort.name,
        "course": course.title,
        "begins": f"{cohort.starts_on:%-d %B %Y}",
        "until": day_of(until, ZoneInfo(person.time_zone or "UTC")),
        "path": f"/courses/{course.slug}",
    }
    key = f"cohort-offer:{place.id}:{until:%Y%m%d%H%M}"
    mail.queue("cohort_offer", person.email, words, dedupe_key=key)
