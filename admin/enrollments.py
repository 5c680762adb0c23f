"""Enrollments as the admin reads them: one statement for a page, with how far each learner is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Select, String, and_, cast, func, select

from accounts.models import PersonWord, User
from admin.access_words import KINDS
from admin.listing import Listing
from admin.paging import Order, Page, Reader, Table, Term, find_page, in_order, streamed
from admin.search import WORDS, begins, is_found
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
ENROLLMENTS = Table(
    Enrollment.id,
    {
        "name": Order(
            (User.name_key, User.id), lambda query: query.join(User, User.id == Enrollment.user_id)
        ),
        "started": Order((Enrollment.started_at,)),
    },
)
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
    course_id: int
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


def page_of_enrollments(asked: Listing) -> tuple[list[EnrollmentRow], Page]:
    """One page of what was asked for, and where it stands in the whole."""
    page = find_page(ENROLLMENTS, asked, _terms(asked))
    return read(page.ids, db.session), page


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


def all_rows(asked: Listing) -> Iterator[EnrollmentRow]:
    """Everything that was asked for, read while it is being sent; the outlines are looked up first."""
    return streamed(ENROLLMENTS, asked, _terms(asked), partial(read, required=required_by_course()))


def required_by_course() -> dict[int, frozenset[int]]:
    """The steps that each course requires, by its id."""
    courses = db.session.scalars(select(Course))
    return {course.id: _required(course.id, course.version) for course in courses}


def read(
    ids: Sequence[int], reader: Reader, required: dict[int, frozenset[int]] | None = None
) -> list[EnrollmentRow]:
    """The enrollments with these ids, in their order."""
    rows = reader.execute(_joined(_facts.select_from(Enrollment)).where(Enrollment.id.in_(ids)))
    return in_order(ids, {row[0]: _row(tuple(row), required) for row in rows})


def _joined(query: Rows) -> Rows:
    completion = and_(
        CourseCompletion.user_id == Enrollment.user_id,
        CourseCompletion.course_id == Enrollment.course_id,
        CourseCompletion.cycle == 1,
    )
    people = query.join(User, User.id == Enrollment.user_id).join(Course, Course.id == Enrollment.course_id)
    return people.outerjoin(CourseCompletion, completion)


Columns = Mapping[str, Any]
_STANDS: Columns = {
    "state": Enrollment.state,
    "is_finished": Enrollment.is_finished,
    "course_id": Enrollment.course_id,
}
# In the order of names the way leads through people; an index of these columns would lead away from it.
_BESIDE_INDEXES: Columns = {name: func.coalesce(column, column) for name, column in _STANDS.items()}
_STATE_IS: dict[str, tuple[tuple[str, object], ...]] = {
    ACTIVE: (("state", EnrollmentState.ACTIVE), ("is_finished", False)),
    FINISHED: (("state", EnrollmentState.ACTIVE), ("is_finished", True)),
    PAUSED: (("state", EnrollmentState.PAUSED),),
    REVOKED: (("state", EnrollmentState.REVOKED),),
}


def _terms(asked: Listing) -> list[Term]:
    found = [_stands(asked, *_STATE_IS[asked.filters["state"]])] if asked.filters["state"] else []
    if slug := asked.filters["course"]:
        course_id = select(Course.id).where(Course.slug == slug).scalar_subquery()
        found.append(_stands(asked, ("course_id", course_id)))
    if number := read_id(asked.q):
        return [*found, _certified(number)]
    return found + [_named(word) for word in asked.words]


def _stands(asked: Listing, *facts: tuple[str, object]) -> Term:
    met = _BESIDE_INDEXES if asked.sort.endswith("name") else _STANDS
    holds = and_(*(met[name] == value for name, value in facts))
    return Term(holds, select(Enrollment.id).where(*(_STANDS[name] == value for name, value in facts)))


def _certified(number: str) -> Term:
    theirs = and_(Certificate.user_id == Enrollment.user_id, Certificate.course_id == Enrollment.course_id)
    found = select(Enrollment.id).join(Certificate, theirs).where(Certificate.id == number)
    return Term(_certificate == number, found)


def _named(word: str) -> Term:
    found = select(Enrollment.id).join(PersonWord, PersonWord.user_id == Enrollment.user_id)
    return Term(is_found(Enrollment.user_id, word), found.where(begins(word)), WORDS)


def _row(facts: tuple[Any, ...], required: dict[int, frozenset[int]] | None = None) -> EnrollmentRow:
    (
        number, user_id, name, email, course_id, slug, title, version, state, reason, started, ended,
        completed, done, certificate,
    ) = facts  # fmt: skip
    needed = _required(course_id, version) if required is None else required[course_id]
    part = percent(
        needed, frozenset(map(int, done.split(","))) if done else frozenset(), completed is not None
    )
    shown = FINISHED if completed and state == EnrollmentState.ACTIVE else str(state)
    return EnrollmentRow(
        number,
        user_id,
        name,
        email,
        course_id,
        slug,
        title,
        shown,
        reason,
        started,
        ended,
        completed,
        part,
        certificate,
    )


def _required(course_id: int, version: int) -> frozenset[int]:
    return outline_of(course_id, version).required
