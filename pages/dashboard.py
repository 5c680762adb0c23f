"""The dashboard: where a learner goes on, in one statement on the bare driver and one page."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from certificates.models import Certificate
from core.clock import now
from core.reads import HotRead, read_ids
from core.web import Reader
from courses.models import Course
from courses.services import Outline, OutlineModule, OutlineStep, outline_of
from enrollment.models import Enrollment, EnrollmentState, Order
from enrollment.reminders import TOLD, Reminder, reminders_of
from lessons.reading import minutes_left, shared_page
from marking.pages import HAS_WORK, WorkStanding, steps_that_wait, works_of
from progress import rules
from progress.models import CourseCompletion, ReadingPlace
from progress.reads import DONE_STEPS, READER
from quizzes.open_attempts import HAS_OPEN_ATTEMPT, OpenAttempt, open_attempts
from reviews.models import ReviewCard
from reviews.pages import DueBox, due_box

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
_courses = HotRead(
    select(
        Course.id,
        Course.version,
        Enrollment.state,
        ReadingPlace.step_id,
        ReadingPlace.heading,
        func.coalesce(ReadingPlace.seen_at, Enrollment.started_at).label("last_at"),
        CourseCompletion.completed_at,
        Certificate.id,
        Certificate.issued_at,
        Certificate.revoked_at,
        DONE_STEPS.label("done"),
        _has_orders.label("has_orders"),
        HAS_OPEN_ATTEMPT.label("has_open_attempt"),
        _has_cards.label("has_cards"),
        HAS_WORK.label("has_work"),
    )
    .join(Enrollment, and_(Enrollment.course_id == Course.id, Enrollment.user_id == READER))
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
    .where(or_(Enrollment.state == EnrollmentState.ACTIVE, Certificate.id.is_not(None)))
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
    withdrawn: bool


@dataclass(frozen=True)
class CourseProgress:
    """One course of the learner. `next` is the step to go on with; `url` leads to the heading last read. `waits`: all
    that is left is with a marker.

    A course that is closed to the learner stands here for its certificate alone.
    """

    is_open: bool
    title: str
    slug: str
    percent: int
    done_words: str
    completed: bool
    next: OutlineStep | None
    url: str
    where: str
    waits: bool
    modules: tuple[ModuleProgress, ...]
    certificate: HeldCertificate | None
    new_steps: int


@dataclass(frozen=True)
class Dashboard:
    """The courses that are open to a reader or left a certificate, the last read first, what there is to say of
    their orders, what they began and did not hand in, the works that are with a marker or came back, and what is
    due for review."""

    courses: list[CourseProgress]
    reminders: list[Reminder]
    attempts: list[OpenAttempt]
    works: list[WorkStanding]
    reviews: DueBox | None


def dashboard_of(reader: Reader) -> Dashboard:
    """All of it in one statement, and one more each where there may be an order, an open attempt, a work or cards."""
    rows = _courses(user_id=reader.user_id)
    has_orders, has_open_attempt, has_cards, has_work = rows[0][-4:] if rows else (True, False, False, False)
    reminders = reminders_of(reader.user_id, reader.time_zone) if has_orders else []
    attempts = open_attempts(reader) if has_open_attempt else []
    works = works_of(reader.user_id) if has_work else []
    waiting = steps_that_wait(reader.user_id) if has_work else frozenset()
    reviews = due_box(reader) if has_cards else None
    return Dashboard([_progress(waiting, *row[:-4]) for row in rows], reminders, attempts, works, reviews)


def greeting(reader: Reader) -> str:
    """Good morning, afternoon or evening by the reader's own clock, with the first name where there is one."""
    hour = now().astimezone(ZoneInfo(reader.time_zone or "UTC")).hour
    part = "morning" if 4 <= hour < 12 else "afternoon" if 12 <= hour < 18 else "evening"
    return f"Good {part}, {reader.first_name}" if reader.first_name else f"Good {part}"


def _progress(
    waiting: frozenset[int],
    course_id: int,
    version: int,
    state: EnrollmentState,
    place: int | None,
    heading: str | None,
    _last_at: datetime,
    completed_at: datetime | None,
    certificate: str | None,
    issued_at: datetime | None,
    revoked_at: datetime | None,
    done_text: str | None,
) -> CourseProgress:
    outline = outline_of(course_id, version)
    done = read_ids(done_text)
    going_on = rules.resume_at([s.id for s in outline.steps], done, place, outline.optional, waiting)
    step = outline.by_id(going_on or 0)
    is_there, waits = step is not None and step.id == place, going_on in waiting - done
    return CourseProgress(
        is_open=state == EnrollmentState.ACTIVE,
        title=outline.title,
        slug=outline.slug,
        percent=rules.percent(outline.required, done, completed_at is not None),
        done_words=f"{len(outline.required & done)} of {len(outline.required)} steps",
        completed=completed_at is not None,
        next=step,
        url=_address(step, heading if is_there else None),
        where=WAITS if waits else _where(outline, step, (heading or "") if is_there else ""),
        waits=waits,
        modules=tuple(_module(module, done, waiting) for module in outline.modules),
        certificate=_held(outline, certificate, issued_at, revoked_at),
        new_steps=len(rules.new_since(outline.added, done, completed_at)),
    )


def _address(step: OutlineStep | None, heading: str | None) -> str:
    if step is None:
        return ""
    return f"{step.url}#{heading}" if heading else step.url


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


def _module(module: OutlineModule, done: frozenset[int], waiting: frozenset[int]) -> ModuleProgress:
    order = [step.id for step in module.steps]
    required = frozenset(step.id for step in module.steps if step.required)
    percent = rules.percent(required, done)
    going_on = rules.resume_at(order, done, None, frozenset(order) - required, waiting)
    step = next(step for step in module.steps if step.id == going_on)
    return ModuleProgress(module.number, module.title, percent, _state(required, done, waiting), step.url)


def _state(required: frozenset[int], done: frozenset[int], waiting: frozenset[int]) -> str:
    if required <= done:
        return "Complete"
    if required <= done | waiting:
        return "Waits for a mark"
    return "In progress" if required & (done | waiting) else "Open"


def _held(
    outline: Outline, certificate: str | None, issued_at: datetime | None, revoked_at: datetime | None
) -> HeldCertificate | None:
    if certificate is None or issued_at is None:
        return None
    issued = f"{issued_at.day} {issued_at:%B %Y}"
    return HeldCertificate(certificate, outline.title, issued, revoked_at is not None)
