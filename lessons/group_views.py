"""The doors of groups: choose one or wait for it, and give that up."""

from flask import Blueprint, flash, redirect
from werkzeug.wrappers import Response

from core.database import transaction
from core.errors import Conflict, NotFound
from core.web import SIGNED_IN, allow, signed_in
from courses.services import find_course
from enrollment.admission.services import admission_to
from enrollment.admission.windows import Hindrance
from enrollment.cohorts.rules import PlaceState
from enrollment.cohorts.services import ask_for_place, find_cohort, leave, place_of
from enrollment.services import find_enrollment, is_enrolled, lock_person, start_free, was_ended_by_school

bp = Blueprint("groups", __name__)


@bp.post("/courses/<course>/groups/<int:cohort_id>")
@allow(SIGNED_IN)
def choose(course: str, cohort_id: int) -> Response:
    """Take a place in a group, or wait for one; a free course begins with it, another one goes on to its order."""
    found, person = find_course(course), signed_in()
    if is_enrolled(person.user_id, found.id):
        return redirect(f"/learn/{course}", 303)
    with transaction():
        cohort = find_cohort(cohort_id)
        if cohort.course_id != found.id:
            raise NotFound("There is no such group in this course.")
        lock_person(person.user_id)
        _require_welcome(person.user_id, course)
        state, name = ask_for_place(person.user_id, cohort).state, cohort.name
        begins = state.counts and found.price.is_free
        if begins:
            start_free(person.user_id, find_course(course))
    if state is PlaceState.WAITING:
        flash(f"You are on the waiting list of {name}. A mail tells you when a place is free.", "ok")
        return redirect(f"/courses/{course}", 303)
    flash(f"You are in {name}." if begins else f"A place in {name} is kept for you.", "ok")
    return redirect(f"/learn/{course}" if begins else f"/courses/{course}/enroll", 303)


@bp.post("/courses/<course>/groups/leave")
@allow(SIGNED_IN)
def give_up(course: str) -> Response:
    """Give up a place that is kept, or a turn in the line; a member leaves by ending their enrollment."""
    found, person = find_course(course), signed_in()
    with transaction():
        lock_person(person.user_id)
        place = place_of(person.user_id, found.id)
        if place is not None and place.state is not PlaceState.TAKEN:
            leave(place)
    flash("Your place in the group is given up.", "ok")
    return redirect(f"/courses/{course}", 303)


def _require_welcome(user_id: int, slug: str) -> None:
    """Raises Conflict where something else than the group keeps this person out: they would wait for nothing."""
    course = find_course(slug)
    others = set(admission_to(course, user_id).hindrances) - {Hindrance.CHOOSE_GROUP}
    if others or was_ended_by_school(find_enrollment(user_id, course.id)):
        raise Conflict("You cannot enroll in this course now. Its page says why.")
