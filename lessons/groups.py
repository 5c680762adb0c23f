"""The groups of a course as its page shows them: their days, their places, and how one gets in."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from core.clock import now
from core.web import Reader
from courses.models import Course
from enrollment.admission.windows import Hindrance
from enrollment.cohorts.models import Cohort, CohortPlace
from enrollment.cohorts.rules import PlaceState
from enrollment.cohorts.services import cohorts_of, number_in_line, place_of, window_of
from enrollment.refusals import day_of


@dataclass(frozen=True)
class GroupRow:
    """One group. `label` is what pressing its button does, empty where it cannot be joined now."""

    id: int
    name: str
    days: str
    places: str
    label: str


@dataclass(frozen=True)
class Groups:
    """What somebody may choose from, and how they stand: `kept` names a place that is theirs for a while, `waits` the
    line they stand in."""

    rows: tuple[GroupRow, ...]
    kept: str = ""
    waits: str = ""


def groups_of(course: Course, person: Reader | None) -> Groups:
    """The groups of the course for whoever looks at its page."""
    cohorts = cohorts_of(course.id)
    place = place_of(person.user_id, course.id) if person and cohorts else None
    zone = ZoneInfo((person.time_zone if person else "") or "UTC")
    names = {cohort.id: cohort.name for cohort in cohorts}
    lines = {place.cohort_id} if place and place.state is PlaceState.WAITING else set[int]()
    rows = tuple(_row(cohort, zone, cohort.id in lines) for cohort in cohorts if not _is_over(cohort))
    return Groups(rows, _kept(place, names, zone), _waits(place, names))


def _is_over(cohort: Cohort) -> bool:
    return window_of(cohort).hindrance(now()) is Hindrance.CLOSED


def _row(cohort: Cohort, zone: ZoneInfo, waits: bool) -> GroupRow:
    window = window_of(cohort)
    days = f"Begins on {cohort.starts_on:%-d %B %Y}"
    if cohort.ends_on:
        days += f", until {cohort.ends_on:%-d %B %Y}"
    if window.hindrance(now()) is not None and window.opens_at is not None:
        return GroupRow(
            cohort.id, cohort.name, days, f"Takes members from {day_of(window.opens_at, zone)} on", ""
        )
    free = None if cohort.places is None else cohort.places - cohort.taken
    if free == 0:
        return GroupRow(
            cohort.id, cohort.name, days, "No place is free", "" if waits else "Join the waiting list"
        )
    words = "" if free is None else "1 place is free" if free == 1 else f"{free} places are free"
    return GroupRow(cohort.id, cohort.name, days, words, "Choose this group")


def _kept(place: CohortPlace | None, names: dict[int, str], zone: ZoneInfo) -> str:
    if place is None or place.until is None or not place.state.is_kept_for_a_while:
        return ""
    return f"A place in {names[place.cohort_id]} is kept for you until {day_of(place.until, zone)}."


def _waits(place: CohortPlace | None, names: dict[int, str]) -> str:
    if place is None or place.state is not PlaceState.WAITING:
        return ""
    line = f"You are number {number_in_line(place)} on the waiting list of {names[place.cohort_id]}."
    return f"{line} A mail tells you when a place is free."
