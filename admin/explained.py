"""Why somebody can, or cannot, enter a step: the answer of the door itself, with all that it was made of."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from accounts.models import User
from admin.access_words import ENDS, KINDS, ORDERS, PAUSES, REASONS
from core.database import db
from core.errors import NotFound
from courses.models import Course
from courses.services import OutlineStep, find_course, outline_of
from enrollment.admission.services import admission_to
from enrollment.cohorts.models import Cohort, CohortPlace
from enrollment.cohorts.services import find_cohort, place_of
from enrollment.models import Enrollment, Grant
from enrollment.services import find_enrollment, grants_of
from progress.access import Visit, decide, sentence_of
from progress.reads import learner_in
from shop.models import Order
from shop.standing import open_order


@dataclass(frozen=True)
class GrantRow:
    """One grant: what it is, and how it stands, in words."""

    grant: Grant
    kind: str
    order_number: str
    given_by: str
    standing: str


@dataclass(frozen=True)
class Explanation:
    """The decision about one person and one step. `sentence` is what they are told where it is closed to them."""

    course: Course
    step: OutlineStep
    steps: tuple[OutlineStep, ...]
    allowed: bool
    reasons: list[str]
    sentence: str
    teaches: bool
    is_done: bool
    order_words: str
    waits_for: str
    opens_at: datetime | None
    enrollment: Enrollment | None
    grants: list[GrantRow]
    open_order: Order | None
    place: CohortPlace | None
    cohort: Cohort | None
    hindrances: list[str]


def explain(person: User, course_slug: str, step_id: int | None) -> Explanation:
    """Ask the door about this person and this step, the first one where none is named. Raises NotFound."""
    learner, course = learner_in(course_slug, person.id), find_course(course_slug)
    outline = outline_of(learner.course_id, learner.version)
    step = outline.by_id(step_id) if step_id else next(iter(outline.steps), None)
    if step is None:
        raise NotFound("This course has no such step.")
    decision = decide(outline, step, learner, person.role_words)
    here = Visit(outline, step, learner, decision, person.time_zone)
    waits_for = outline.by_id(decision.waits_for or 0)
    place = place_of(person.id, course.id)
    return Explanation(
        course=course,
        step=step,
        steps=outline.steps,
        allowed=decision.allowed,
        reasons=[REASONS[reason] for reason in decision.reasons],
        sentence="" if decision.is_inside else sentence_of(here),
        teaches=learner.teaches,
        is_done=step.id in learner.done,
        order_words=ORDERS.get(learner.order, learner.order),
        waits_for=waits_for.title if waits_for else "",
        opens_at=learner.schedule.opens_at(step),
        enrollment=find_enrollment(person.id, course.id),
        grants=[_grant_row(grant) for grant in grants_of(person.id, course.id)],
        open_order=open_order(person.id, course.id),
        place=place,
        cohort=find_cohort(place.cohort_id) if place else None,
        hindrances=admission_to(course, person.id).sentences(ZoneInfo(person.time_zone or "UTC")),
    )


def _grant_row(grant: Grant) -> GrantRow:
    order = db.session.get(Order, grant.order_id) if grant.order_id else None
    giver = db.session.get(User, grant.granted_by) if grant.granted_by else None
    return GrantRow(
        grant,
        KINDS[grant.kind],
        order.number if order else "",
        (giver.name or giver.email) if giver else "",
        standing_of(grant),
    )


def standing_of(grant: Grant) -> str:
    """How a grant stands, in words."""
    if grant.ended_at is not None:
        return f"Ended: {ENDS.get(grant.end_reason, grant.end_reason)}"
    if grant.pause_reasons:
        return f"Paused: {', '.join(PAUSES[reason] for reason in grant.pause_reasons)}"
    return "Open"
