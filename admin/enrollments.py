"""Enrollments as the admin reads them: one statement for a page, with how far each learner is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute

from accounts.models import User
from admin.access_words import KINDS
from admin.listing import Listing, holds
from admin.rules import PageOf, page_of
from certificates.models import Certificate
from certificates.rules import read_id
from core.database import db
from core.errors import NotFound
from courses.models import Course, Step
from courses.services import outline_of
from enrollment.models import Enrollment, EnrollmentState
from enrollment.rules import GrantKind
from progress.models import CourseCompletion, StepCompletion
from progress.rules import percent

Rows = Select[*tuple[Any, ...]]
ACTIVE, FINISHED, PAUSED, REVOKED = "active", "finished", "paused", "revoked"
STATES = {ACTIVE: "Active", FINISHED: "Finished", PAUSED: "Paused", REVOKED: "Revoked"}
CLOSED = {EnrollmentState.PAUSED: PAUSED, EnrollmentState.REVOKED: REVOKED}
COLUMNS: dict[str, InstrumentedAttribute[Any] | ColumnElement[Any]] = {
    "name": func.lower(User.name),
    "course": Course.title,
    "started": Enrollment.started_at,
}
_done = (
    select(func.aggregate_strings(cast(StepCompletion.step_id, String), ","))
    .join(Step, Step.id == StepCompletion.step_id)
    .where(StepCompletion.user_id == Enrollment.user_id, Step.course_id == Enrollment.course_id)
    .correlate(Enrollment)
    .scalar_subquery()
)
_certificate = (
    select(func.max(Certificate.id))
    .where(Certificate.user_id == Enrollment.user_id, Certificate.course_id == Enrollment.course_id)
    .where(Certificate.revoked_at.is_(None))
    .correlate(Enrollment)
    .scalar_subquery()
)
_facts: Rows = select(
    Enrollment.id, Enrollment.user_id, User.name, User.email, Course.id, Course.slug, Course.title,
    Course.version, Enrollment.state, Enrollment.reason, Enrollment.started_at, Enrollment.ended_at,
    CourseCompletion.completed_at, _done, _certificate,
)  # fmt: skip


@dataclass(frozen=True)
class EnrollmentRow:
    """One enrollment. `state` is one of STATES; `percent` counts required steps, 0 to 100."""

    id: int
    user_id: int
    name: str
    email: str
    course_slug: str
    course_title: str
    state: str
    reason: str
    started_at: datetime
    ended_at: datetime | None
    completed_at: datetime | None
    percent: int
    certificate: str | None

    @property
    def state_text(self) -> str:
        return STATES[self.state]

    @property
    def reason_text(self) -> str:
        return KINDS[GrantKind(self.reason)]


def course_choices() -> list[tuple[str, str]]:
    """Slug and title of every course, as a filter or a form offers them."""
    rows = db.session.execute(select(Course.slug, Course.title).order_by(Course.title))
    return [(slug, title) for slug, title in rows]


def page_of_enrollments(asked: Listing) -> tuple[list[EnrollmentRow], PageOf]:
    """One page of what was asked for, and where it stands in the whole."""
    total = (
        db.session.scalar(_joined(select(func.count()).select_from(Enrollment)).where(*_conditions(asked)))
        or 0
    )
    page = page_of(asked.wanted_page, total)
    rows = db.session.execute(_ordered(asked).offset(page.offset).limit(page.last - page.offset))
    return [_row(tuple(row)) for row in rows], page


def enrollments_of(user_id: int) -> list[EnrollmentRow]:
    """All enrollments of one person, the newest first."""
    query = _joined(_facts.select_from(Enrollment)).where(Enrollment.user_id == user_id)
    newest = query.order_by(Enrollment.started_at.desc(), Enrollment.id.desc())
    return [_row(tuple(row)) for row in db.session.execute(newest)]


def find_row(enrollment_id: int) -> EnrollmentRow:
    """One enrollment. Raises NotFound."""
    query = _joined(_facts.select_from(Enrollment)).where(Enrollment.id == enrollment_id)
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFound("There is no such enrollment.")
    return _row(tuple(row))


def all_rows(asked: Listing, batch: int = 500) -> Iterator[EnrollmentRow]:
    """Everything that was asked for, fetched in batches on a connection of its own while it is being sent.

    The outlines are looked up first: once the answer has begun, nothing else asks the database.
    """
    engine, query = db.engine, _ordered(asked)
    required = {
        course.id: _required(course.id, course.version) for course in db.session.scalars(select(Course))
    }

    def stream() -> Iterator[EnrollmentRow]:
        with engine.connect() as connection:
            for row in connection.execution_options(yield_per=batch).execute(query):
                yield _row(tuple(row), required)

    return stream()


def _joined(query: Rows) -> Rows:
    completion = and_(
        CourseCompletion.user_id == Enrollment.user_id,
        CourseCompletion.course_id == Enrollment.course_id,
        CourseCompletion.cycle == 1,
    )
    people = query.join(User, User.id == Enrollment.user_id).join(Course, Course.id == Enrollment.course_id)
    return people.outerjoin(CourseCompletion, completion)


def _ordered(asked: Listing) -> Rows:
    query = _joined(_facts.select_from(Enrollment)).where(*_conditions(asked))
    return query.order_by(*asked.order(COLUMNS, Enrollment.id))


def _conditions(asked: Listing) -> list[ColumnElement[bool]]:
    found = [_state_is(asked.filters["state"])] if asked.filters["state"] else []
    if asked.filters["course"]:
        found.append(Course.slug == asked.filters["course"])
    number = read_id(asked.q)
    if number:
        return [*found, _certificate == number]
    return found + [holds(word, User.name, User.email) for word in asked.words]


def _state_is(state: str) -> ColumnElement[bool]:
    if state in CLOSED.values():
        return Enrollment.state == EnrollmentState(state)
    is_done = CourseCompletion.id.is_not(None) if state == FINISHED else CourseCompletion.id.is_(None)
    return and_(Enrollment.state == EnrollmentState.ACTIVE, is_done)


def _row(facts: tuple[Any, ...], required: dict[int, frozenset[int]] | None = None) -> EnrollmentRow:
    (
        number, user_id, name, email, course_id, slug, title, version, state, reason, started, ended,
        completed, done, certificate,
    ) = facts  # fmt: skip
    needed = _required(course_id, version) if required is None else required[course_id]
    part = percent(
        needed, frozenset(map(int, done.split(","))) if done else frozenset(), completed is not None
    )
    shown = CLOSED.get(state, FINISHED if completed else ACTIVE)
    return EnrollmentRow(
        number, user_id, name, email, slug, title, shown, reason, started, ended, completed, part, certificate
    )


def _required(course_id: int, version: int) -> frozenset[int]:
    return outline_of(course_id, version).required
