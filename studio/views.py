"""The studio's front page: what its instructors work with, by course."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, url_for
from sqlalchemy import func, select

from analysis.doubts.services import waiting_in
from core.database import db
from core.web import ADMIN, INSTRUCTOR, Reader, allow, render, signed_in
from courses.access import courses_of, founded_by
from courses.models import Course
from courses.roles import Deed
from enrollment.models import Enrollment, EnrollmentState
from marking.queue import Turnaround, turnaround, waiting_count
from marking.services import Marker
from studio.outline.services import title_of

bp = Blueprint("studio", __name__, url_prefix="/studio")


@dataclass(frozen=True)
class Tool:
    """A page of one course that the studio leads to; `waiting` is how much of it waits for an instructor."""

    label: str
    words: str
    icon: str
    url: str
    waiting: int


@dataclass(frozen=True)
class TaughtCourse:
    """A course that the reader teaches, with what there is to work with."""

    title: str
    url: str
    learners: int
    tools: tuple[Tool, ...]


SEE = Deed.SEE_LEARNERS
COURSE_TOOLS = (
    ("Outline", "Modules and steps, and the texts behind them", "list-ordered", "outline.show", Deed.READ_DRAFTS),
    ("Settings", "Sales page, price, order, certificate", "settings", "course_settings.edit", Deed.MANAGE),
    ("Team", "Who teaches the course, and in which role", "users", "course_team.index", Deed.MANAGE),
    ("Statistics", "How each quiz, question and case works", "chart-line", "analysis.course", SEE),
    ("Cohorts", "Progress and results by month of enrollment", "users", "cohorts.cohort", SEE),
    ("Gain", "What each module gained, with its interval", "scale", "cohorts.gain", SEE),
    ("Forgotten", "What learners recall in their reviews, and what not", "brain", "reviews.forgotten", SEE),
    ("Doubted questions", "What learners say is wrong with one", "message-circle", "doubts.index", SEE),
    ("Bring questions", "From Moodle, GIFT, Aiken or a table", "file-text", "questions.bring", Deed.WRITE),
    ("Take questions", "For Moodle, as GIFT or as plain text", "download", "questions.export", Deed.READ_DRAFTS),
    ("Bring documents", "Word documents and pasted text become drafts", "file-text", "documents.bring", Deed.WRITE),
    ("Accommodations", "Extra time, attempts or other dates for a learner", "clock", "accommodations.index", Deed.MARK),
    ("Take out", "The course as plain files, in a zip", "download", "studio_transfer.export", Deed.READ_DRAFTS),
)  # fmt: skip
"""What the studio lists for each course: label, words, icon, the endpoint that takes the course's slug, and what one
must be allowed there."""


@bp.get("")
@allow(INSTRUCTOR)
def index() -> str:
    """What waits, and the courses that the reader teaches."""
    marker = Marker.of(signed_in())
    figures: Turnaround = turnaround(marker)
    taught = courses_of(signed_in())
    return render(
        "studio/index.html",
        nav="studio",
        waiting=waiting_count(marker),
        figures=figures,
        courses=_courses(taught),
        begun=_begun(signed_in()),
        may_bring=any(Deed.MANAGE in deeds for _, deeds in taught) or ADMIN in signed_in().roles,
    )


def _begun(reader: Reader) -> list[tuple[str, str]]:
    """Courses that were never published: the title in the draft, and the slug."""
    return [(title_of(slug), slug) for slug in founded_by(reader)]


def _courses(found: Sequence[tuple[Course, frozenset[Deed]]]) -> list[TaughtCourse]:
    ids = [course.id for course, _ in found]
    learners, doubts = _learners(ids), waiting_in(ids)
    return [
        _course(course, deeds, learners.get(course.id, 0), doubts.get(course.id, 0))
        for course, deeds in found
    ]


def _course(course: Course, deeds: frozenset[Deed], learners: int, doubts: int) -> TaughtCourse:
    tools = tuple(
        Tool(
            label,
            words,
            icon,
            url_for(endpoint, course=course.slug),
            doubts if endpoint == "doubts.index" else 0,
        )
        for label, words, icon, endpoint, deed in COURSE_TOOLS
        if deed in deeds
    )
    return TaughtCourse(course.title, f"/learn/{course.slug}", learners, tools)


def _learners(course_ids: Sequence[int]) -> dict[int, int]:
    """How many are in each course now."""
    query = select(Enrollment.course_id, func.count()).where(
        Enrollment.course_id.in_(course_ids), Enrollment.state == EnrollmentState.ACTIVE
    )
    return {row[0]: row[1] for row in db.session.execute(query.group_by(Enrollment.course_id))}
