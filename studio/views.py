"""The studio's front page: what its instructors work with, by course."""

from dataclasses import dataclass

from flask import Blueprint, url_for
from sqlalchemy import select

from core.database import db
from core.web import INSTRUCTOR, allow, render, signed_in
from courses.models import Course
from marking.queue import Turnaround, turnaround, waiting_count
from marking.services import Marker, teaches_here

bp = Blueprint("studio", __name__, url_prefix="/studio")


@dataclass(frozen=True)
class Tool:
    """A page of one course that the studio leads to."""

    label: str
    url: str


@dataclass(frozen=True)
class TaughtCourse:
    """A course that the reader teaches, with what there is to work with."""

    title: str
    url: str
    tools: tuple[Tool, ...]


COURSE_TOOLS = (("Accommodations", "accommodations.index"),)
"""What the studio lists for each course: the words, and the endpoint that takes the course's slug."""


@bp.get("")
@allow(INSTRUCTOR)
def index() -> str:
    """What waits, and the courses that the reader teaches."""
    person = signed_in()
    marker = Marker(person.user_id, "admin" in person.roles)
    figures: Turnaround = turnaround(marker)
    return render(
        "studio/index.html",
        nav="studio",
        waiting=waiting_count(marker),
        figures=figures,
        courses=_courses(marker),
    )


def _courses(marker: Marker) -> list[TaughtCourse]:
    query = select(Course).where(teaches_here(marker, Course.id)).order_by(Course.title)
    return [_course(course) for course in db.session.scalars(query)]


def _course(course: Course) -> TaughtCourse:
    tools = tuple(Tool(label, url_for(endpoint, course=course.slug)) for label, endpoint in COURSE_TOOLS)
    return TaughtCourse(course.title, f"/learn/{course.slug}", tools)
