"""Making and changing cohorts by hand. The door's transaction is open."""

from typing import Any

from sqlalchemy import select, update

from core.audit import record
from core.clock import now
from core.database import db
from core.errors import Conflict, InvalidInput, NotFound
from enrollment.cohorts.models import Cohort, CohortPlace
from enrollment.cohorts.rules import PlaceState
from enrollment.cohorts.services import begins_at, leave, offer_free_places


def add_cohort(course_id: int, values: dict[str, Any], by: int) -> Cohort:
    """A new cohort of a course. Raises Conflict for a name that another one of the course has."""
    _require_free_name(course_id, values["name"], None)
    cohort = Cohort(course_id=course_id, **values)
    db.session.add(cohort)
    db.session.flush()
    record("cohort.add", f"cohort:{cohort.id}", {"name": cohort.name}, actor_id=by)
    return cohort


def change_cohort(cohort: Cohort, values: dict[str, Any], by: int) -> None:
    """Change a cohort; places that this makes free are offered to who waits. Where it has begun and is to begin later,
    the course stays open to its members.

    Raises InvalidInput for fewer places than are taken and Conflict for a name that another one has.
    """
    db.session.refresh(cohort, with_for_update=True)
    places = values["places"]
    if places is not None and places < cohort.taken:
        raise InvalidInput(f"{cohort.taken} places are taken already. Enter at least that number.", "places")
    _require_free_name(cohort.course_id, values["name"], cohort.id)
    had_begun = begins_at(cohort) <= now()
    for name, value in values.items():
        setattr(cohort, name, value)
    db.session.flush()
    if had_begun and now() < begins_at(cohort):
        _keep_open(cohort.id)
    record("cohort.change", f"cohort:{cohort.id}", {"name": cohort.name}, actor_id=by)
    offer_free_places(cohort.id)


def take_out(cohort_id: int, place_id: int, by: int) -> None:
    """Take somebody out of a cohort or of its line. Raises NotFound."""
    query = select(CohortPlace).filter_by(id=place_id, cohort_id=cohort_id).with_for_update()
    place = db.session.scalar(query)
    if place is None:
        raise NotFound("There is no such member of this cohort.")
    leave(place)
    record("cohort.take_out", f"cohort:{cohort_id}", {"user": place.user_id}, actor_id=by)


def _keep_open(cohort_id: int) -> None:
    """Let the members go on by their own days."""
    members = update(CohortPlace).where(
        CohortPlace.cohort_id == cohort_id, CohortPlace.state == PlaceState.TAKEN
    )
    db.session.execute(members.values(stays_open=True))


def _require_free_name(course_id: int, name: str, but: int | None) -> None:
    taken = select(Cohort.id).filter_by(course_id=course_id, name=name)
    if db.session.scalar(taken) not in (None, but):
        raise Conflict("Another cohort of this course has this name. Choose another one.")
