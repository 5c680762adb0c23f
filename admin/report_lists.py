"""Reports with a row for each enrollment, completion or certificate."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute

from accounts.models import PersonWord, User
from admin import enrollments
from admin.enrollments import EnrollmentRow
from admin.listing import Listing
from admin.paging import Order, Reader, Table, Term, in_order
from admin.report import ListReport, Row
from admin.search import WORDS, begins, is_found
from certificates.models import Certificate
from certificates.rules import contact_hours, show_id
from courses.models import Course
from enrollment.models import Enrollment
from progress.models import CourseCompletion

Read = Callable[[Sequence[Any], Reader], list[Row]]


def _enrolled(cells: Callable[[EnrollmentRow], Row]) -> Callable[[], Read]:
    """A reader of enrollments that makes these cells of each."""

    def reader() -> Read:
        required = enrollments.required_by_course()
        return lambda ids, source: [cells(row) for row in enrollments.read(ids, source, required)]

    return reader


def _selected(query: Select[*tuple[Any, ...]], cells: Callable[..., Row]) -> Callable[[], Read]:
    """A reader of a query whose first column is the id."""
    key = query.selected_columns[0]

    def read(ids: Sequence[Any], source: Reader) -> list[Row]:
        rows = source.execute(query.where(key.in_(ids)))
        return in_order(ids, {row[0]: cells(*row) for row in rows})

    return lambda: read


def _terms(
    key: InstrumentedAttribute[Any],
    user_id: InstrumentedAttribute[Any],
    course_id: InstrumentedAttribute[int],
) -> Callable[[Listing], list[Term]]:
    """What a course and the words of a search mean for rows of a person and a course."""

    def of_course(slug: str) -> Term:
        is_of_it: ColumnElement[bool] = (
            course_id == select(Course.id).where(Course.slug == slug).scalar_subquery()
        )
        return Term(is_of_it, select(key).where(is_of_it))

    def named(word: str) -> Term:
        found = select(key).join(PersonWord, PersonWord.user_id == user_id).where(begins(word))
        return Term(is_found(user_id, word), found, WORDS)

    def terms(asked: Listing) -> list[Term]:
        course = [of_course(asked.filters["course"])] if asked.filters["course"] else []
        return course + [named(word) for word in asked.words]

    return terms


_enrollment_table = Table(Enrollment.id, {"at": Order((Enrollment.started_at,))})
_enrollment_terms = _terms(Enrollment.id, Enrollment.user_id, Enrollment.course_id)
ENROLLMENTS = ListReport(
    "enrollments", "Enrollments", "Who was enrolled in what, when and how.",
    ("Name", "Email address", "Course", "How", "State", "Enrolled", "Ended"),
    _enrollment_table, Enrollment.started_at, _enrollment_terms,
    _enrolled(lambda row: (
        row.name, row.email, row.course_title, row.reason_text, row.state_text, row.started_at, row.ended_at
    )),
)  # fmt: skip
PROGRESS = ListReport(
    "progress", "Progress", "How far each learner is: percent of the steps that the course requires.",
    ("Name", "Email address", "Course", "Enrolled", "Progress in percent", "Finished", "Certificate"),
    _enrollment_table, Enrollment.started_at, _enrollment_terms,
    _enrolled(lambda row: (
        row.name, row.email, row.course_title, row.started_at, row.percent, row.completed_at, row.certificate
    )),
)  # fmt: skip
COMPLETIONS = ListReport(
    "completions", "Completions", "Each time that somebody completed a course.",
    ("Name", "Email address", "Course", "Completed", "Time"),
    Table(CourseCompletion.id, {"at": Order((CourseCompletion.completed_at,))}), CourseCompletion.completed_at,
    _terms(CourseCompletion.id, CourseCompletion.user_id, CourseCompletion.course_id),
    _selected(
        select(
            CourseCompletion.id, User.name, User.email, Course.title, CourseCompletion.completed_at,
            CourseCompletion.cycle,
        )
        .join(User, User.id == CourseCompletion.user_id)
        .join(Course, Course.id == CourseCompletion.course_id),
        lambda _, *cells: cells,
    ),
)  # fmt: skip
_certificate_table = Table(Certificate.id, {"at": Order((Certificate.issued_at,))})
_certificate_terms = _terms(Certificate.id, Certificate.user_id, Certificate.course_id)
REGISTER = ListReport(
    "certificates", "Certificate register", "Every certificate as it was issued, also those that were revoked.",
    ("Number", "Holder", "Course", "Issued", "Valid until", "Revoked", "Reason"),
    _certificate_table, Certificate.issued_at, _certificate_terms,
    _selected(
        select(
            Certificate.id, Certificate.holder, Certificate.course_title, Certificate.issued_at,
            Certificate.valid_until, Certificate.revoked_at, Certificate.revoked_reason,
        ),
        lambda number, *cells: (show_id(number), *cells),
    ),
)  # fmt: skip
CONTACT_HOURS = ListReport(
    "contact-hours", "Contact hours", "The study that each certificate stands for, as whole hours of 60 minutes.",
    ("Holder", "Course", "Certificate", "Issued", "Minutes of study", "Contact hours", "Revoked"),
    _certificate_table, Certificate.issued_at, _certificate_terms,
    _selected(
        select(
            Certificate.id, Certificate.holder, Certificate.course_title, Certificate.issued_at, Certificate.minutes,
            Certificate.revoked_at,
        ),
        lambda number, holder, course, issued, minutes, revoked: (
            holder, course, show_id(number), issued, minutes, contact_hours(minutes), revoked
        ),
    ),
)  # fmt: skip
