"""The dashboard: where a learner goes on, in one statement on the bare driver and one page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from certificates.models import Certificate
from core.clock import now
from core.reads import HotRead, read_ids
from core.school import current_school
from core.web import Reader
from courses.models import Course
from courses.services import Outline, OutlineModule, OutlineStep, outline_of
from enrollment.cohorts.models import Cohort, CohortPlace
from enrollment.cohorts.rules import PlaceState
from enrollment.models import Enrollment, EnrollmentState
from enrollment.refusals import day_of
from enrollment.rules import Schedule, closed_by_day, closed_in_turn, is_open, why_outside
from lessons.enroll_card import CLOSED as WHY_CLOSED
from lessons.reading import minutes_left, shared_page
from marking.pages import HAS_WORK, WorkStanding, steps_that_wait, works_of
from progress import rules
from progress.models import CourseCompletion, ReadingPlace
from progress.reads import DONE_STEPS, READER
from quizzes.open_attempts import HAS_OPEN_ATTEMPT, OpenAttempt, open_attempts
from quizzes.resting import HAS_ENDED_ATTEMPT, resting_steps
from quizzes.times import binding
from reviews.models import ReviewCard
from reviews.pages import DueBox, due_box
from shop.models import Order
from shop.reminders import TOLD, Reminder, reminders_of
from teams.models import Manager
from teams.services import find_team

NO_COURSE = (
    True,
    False,
    False,
    False,
    False,
    True,
)  # then nothing but orders and a team may have to be spoken of
CLOSED = "Opens after the modules before it"
WAITS = "Handed in. A mail tells you when the mark is here."
# Who was refunded and bought again has an older one too, which was withdrawn.
_older = aliased(Certificate)
_newest_cycle = (
    select(func.max(_older.cycle))
    .where(_older.course_id == Course.id, _older.user_id == READER)
    .correlate(Course)
    .scalar_subquery()
)
# Whether any order may have to be spoken of; which, is asked only where one may.
_has_orders = (
    select(Order.id).where(Order.user_id == READER, or_(*(Order.state == state for state in TOLD))).exists()
)
# And whether anything is kept in memory.
_has_cards = select(ReviewCard.id).where(ReviewCard.user_id == READER).exists()
# And whether a team is managed.
_has_team = select(Manager.id).where(Manager.user_id == READER).exists()
_courses = HotRead(
    select(
        Course.id,
        Course.version,
        Course.order,
        Enrollment.state,
        Enrollment.reason,
        Enrollment.end_reason,
        Enrollment.pause_reason,
        Enrollment.started_at,
        Enrollment.ends_at,
        Cohort.starts_on,
        ReadingPlace.step_id,
        ReadingPlace.heading,
        func.coalesce(ReadingPlace.seen_at, Enrollment.started_at).label("last_at"),
        CourseCompletion.completed_at,
        Certificate.id,
        Certificate.issued_at,
        Certificate.suspended_at,
        Certificate.revoked_at,
        DONE_STEPS.label("done"),
        _has_orders.label("has_orders"),
        HAS_OPEN_ATTEMPT.label("has_open_attempt"),
        _has_cards.label("has_cards"),
        HAS_WORK.label("has_work"),
        HAS_ENDED_ATTEMPT.label("has_ended_attempt"),
        _has_team.label("has_team"),
    )
    .join(Enrollment, and_(Enrollment.course_id == Course.id, Enrollment.user_id == READER))
    .outerjoin(
        CohortPlace,
        and_(
            CohortPlace.course_id == Course.id,
            CohortPlace.user_id == READER,
            CohortPlace.state == PlaceState.TAKEN,
            CohortPlace.stays_open.is_(False),
        ),
    )
    .outerjoin(Cohort, Cohort.id == CohortPlace.cohort_id)
    .outerjoin(ReadingPlace, and_(ReadingPlace.course_id == Course.id, ReadingPlace.user_id == READER))
    .outerjoin(
        CourseCompletion,
        and_(
            CourseCompletion.course_id == Course.id,
            CourseCompletion.user_id == READER,
            CourseCompletion.cycle == 1,
        ),
    )
    .outerjoin(
        Certificate,
        and_(
            Certificate.course_id == Course.id,
            Certificate.user_id == READER,
            Certificate.cycle == _newest_cycle,
        ),
    )
    .order_by(func.coalesce(ReadingPlace.seen_at, Enrollment.started_at).desc())
)


@dataclass(frozen=True)
class ModuleProgress:
    """A module's card: how much of it is done, and where to go on."""

    number: int
    title: str
    percent: int
    words: str
    url: str


@dataclass(frozen=True)
class HeldCertificate:
    """A certificate in the list."""

    id: str
    course: str
    issued: str
    suspended: str  # since when, empty where it is not
    withdrawn: bool


@dataclass(frozen=True)
class CourseProgress:
    """One course of the learner. `next` is the step to go on with; `url` leads to the heading last read. `waits`: all
    that is left is with a marker; `opens`: or from when `next` may be tried again, and nothing can be done before;
    `day`: or on which day it opens.

    `closed` says why it is not open to the learner, empty where it is; `is_paused`: only for the time being.
    """

    closed: str
    is_paused: bool
    title: str
    slug: str
    percent: int
    done_words: str
    completed: bool
    next: OutlineStep | None
    url: str
    where: str
    waits: bool
    opens: str
    day: str
    modules: tuple[ModuleProgress, ...]
    certificate: HeldCertificate | None
    new_steps: int

    @property
    def is_open(self) -> bool:
        return not self.closed


@dataclass(frozen=True)
class Stands:
    """An enrollment as access sees it (enrollment.rules.Standing)."""

    state: str
    reason: str
    end_reason: str
    pause_reason: str
    ends_at: datetime | None


@dataclass(frozen=True)
class Standstill:
    """Steps at which there is nothing to do now: with a marker, or until a moment, which is told in words. `zone` is
    the reader's."""

    waiting: frozenset[int]
    opens: Mapping[int, str]
    zone: ZoneInfo

    @property
    def steps(self) -> frozenset[int]:
        return self.waiting | self.opens.keys()


@dataclass(frozen=True)
class Dashboard:
    """The courses that are, or were, open to a reader, the last read first, what there is to say of
    their orders, what they began and did not hand in, the works that are with a marker or came back, what is due for
    review, and the name of the team that they manage."""

    courses: list[CourseProgress]
    reminders: list[Reminder]
    attempts: list[OpenAttempt]
    works: list[WorkStanding]
    reviews: DueBox | None
    team: str


def dashboard_of(reader: Reader) -> Dashboard:
    """All of it in one statement, and further ones where there may be an order, an attempt, a work, cards or a team."""
    rows = _courses(user_id=reader.user_id)
    has_orders, has_open_attempt, has_cards, has_work, has_ended_attempt, has_team = (
        rows[0][-6:] if rows else NO_COURSE
    )
    reminders = reminders_of(reader.user_id, reader.time_zone) if has_orders else []
    attempts = open_attempts(reader) if has_open_attempt else []
    works = works_of(reader.user_id) if has_work else []
    waiting = steps_that_wait(reader.user_id) if has_work else frozenset()
    resting = resting_steps(reader.user_id) if has_ended_attempt else {}
    zone = ZoneInfo(reader.time_zone or "UTC")
    still = Standstill(waiting, {step: binding(moment, reader) for step, moment in resting.items()}, zone)
    reviews = due_box(reader) if has_cards else None
    team = find_team(reader.user_id) if has_team else None
    courses = [_progress(still, *row[:-6]) for row in rows]
    return Dashboard(courses, reminders, attempts, works, reviews, team.name if team else "")


def greeting(reader: Reader) -> str:
    """Good morning, afternoon or evening by the reader's own clock, with the first name where there is one."""
    hour = now().astimezone(ZoneInfo(reader.time_zone or "UTC")).hour
    part = "morning" if 4 <= hour < 12 else "afternoon" if 12 <= hour < 18 else "evening"
    return f"Good {part}, {reader.first_name}" if reader.first_name else f"Good {part}"


def _progress(
    still: Standstill,
    course_id: int,
    version: int,
    order: str,
    state: str,
    reason: str,
    end_reason: str,
    pause_reason: str,
    since: datetime,
    ends_at: datetime | None,
    begins_on: date | None,
    place: int | None,
    heading: str | None,
    _last_at: datetime,
    completed_at: datetime | None,
    certificate: str | None,
    issued_at: datetime | None,
    suspended_at: datetime | None,
    revoked_at: datetime | None,
    done_text: str | None,
) -> CourseProgress:
    outline = outline_of(course_id, version)
    done = read_ids(done_text)
    schedule = Schedule(since, begins_on, ZoneInfo(current_school().time_zone))
    closed = closed_by_day(outline.steps, done, schedule, now())
    days = {step: day_of(day, still.zone) for step, day in closed.items()}
    in_turn = closed_in_turn(order, outline.steps, done)
    open_steps = [step.id for step in outline.steps if step.id not in in_turn]
    going_on = rules.resume_at(open_steps, done, place, outline.optional, still.steps | days.keys())
    step = outline.by_id(going_on or 0)
    day = days.get(going_on or 0, "")
    is_there, waits = step is not None and step.id == place, going_on in still.waiting - done
    opens = "" if waits else still.opens.get(going_on or 0, "")
    return CourseProgress(
        closed=_why_closed(Stands(state, reason, end_reason, pause_reason, ends_at)),
        is_paused=state == EnrollmentState.PAUSED,
        title=outline.title,
        slug=outline.slug,
        percent=rules.percent(outline.required, done, completed_at is not None),
        done_words=f"{len(outline.required & done)} of {len(outline.required)} steps",
        completed=completed_at is not None,
        next=step,
        url=_address(step, heading if is_there else None),
        where=_standstill(waits, opens, day) or _where(outline, step, (heading or "") if is_there else ""),
        waits=waits,
        opens=opens,
        day=day,
        modules=tuple(_module(module, done, still, in_turn, days) for module in outline.modules),
        certificate=_held(outline, certificate, issued_at, suspended_at, revoked_at),
        new_steps=len(rules.new_since(outline.added, done, completed_at)),
    )


def _why_closed(stands: Stands) -> str:
    return "" if is_open(stands, now()) else WHY_CLOSED[why_outside(stands, None, now())[0]]


def _address(step: OutlineStep | None, heading: str | None) -> str:
    if step is None:
        return ""
    return f"{step.url}#{heading}" if heading else step.url


def _standstill(waits: bool, opens: str, day: str) -> str:
    if waits:
        return WAITS
    if day:
        return f"Opens on {day}."
    return f"Open again from {opens}." if opens else ""


def _where(outline: Outline, step: OutlineStep | None, heading: str) -> str:
    if step is None:
        return ""
    minutes = step.minutes if step.kind == "quiz" else minutes_left(shared_page(outline, step), heading)
    kind = (
        step.noun.capitalize()
        if step.kind == "quiz"
        else f"Module {step.module_number}, lesson {step.number}"
    )
    return f"{kind}. About {minutes} minutes{' left' if heading else ''}."


def _module(
    module: OutlineModule,
    done: frozenset[int],
    still: Standstill,
    closed: frozenset[int],
    days: Mapping[int, str],
) -> ModuleProgress:
    order = [step.id for step in module.steps]
    required = frozenset(step.id for step in module.steps if step.required)
    percent = rules.percent(required, done)
    going_on = rules.resume_at(
        order, done, None, frozenset(order) - required, still.steps | closed | days.keys()
    )
    step = next(step for step in module.steps if step.id == going_on)
    return ModuleProgress(
        module.number, module.title, percent, _state(required, done, still, closed, days), step.url
    )


def _state(
    required: frozenset[int],
    done: frozenset[int],
    still: Standstill,
    closed: frozenset[int],
    days: Mapping[int, str],
) -> str:
    if required <= done:
        return "Complete"
    if required <= done | still.waiting:
        return "Waits for a mark"
    if required <= days.keys():  # A module opens as a whole.
        return f"Opens on {days[min(required)]}"
    if required & closed and required <= done | closed:
        return CLOSED
    return "In progress" if required & (done | still.steps) else "Open"


def _held(
    outline: Outline,
    certificate: str | None,
    issued_at: datetime | None,
    suspended_at: datetime | None,
    revoked_at: datetime | None,
) -> HeldCertificate | None:
    if certificate is None or issued_at is None:
        return None
    suspended = _day(suspended_at) if suspended_at else ""
    return HeldCertificate(certificate, outline.title, _day(issued_at), suspended, revoked_at is not None)


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
