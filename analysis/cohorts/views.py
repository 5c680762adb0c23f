"""The doors of cohorts and gains, for the instructors of a course; each also as a file."""

from datetime import datetime

from flask import Blueprint, Response

from analysis.cohorts import pages
from analysis.cohorts.rules import FEWEST, CourseFigures
from analysis.cohorts.services import figures_of
from core.clock import time_in
from core.spreadsheet import csv_file
from core.web import INSTRUCTOR, allow, render, signed_in
from courses.access import course_for
from courses.roles import Deed

bp = Blueprint("cohorts", __name__, url_prefix="/studio/courses/<course>")
NONE_YET = CourseFigures(0, (), ())


@bp.get("/cohort")
@allow(INSTRUCTOR)
def cohort(course: str) -> str:
    """The learners by the month in which they enrolled."""
    taught = course_for(course, Deed.SEE_LEARNERS)
    figures, computed = _figures(taught.id)
    return render(
        "analysis/cohort.html",
        nav="studio",
        course=taught,
        computed=computed,
        figures=figures,
        lines=pages.cohort_lines(figures),
        fewest=FEWEST,
    )


@bp.get("/cohort.csv")
@allow(INSTRUCTOR)
def cohort_file(course: str) -> Response:
    """The same as a file."""
    return csv_file(
        f"{course}-cohort", pages.cohort_cells(_figures(course_for(course, Deed.SEE_LEARNERS).id)[0])
    )


@bp.get("/gain")
@allow(INSTRUCTOR)
def gain(course: str) -> str:
    """What each module gained its learners."""
    taught = course_for(course, Deed.SEE_LEARNERS)
    figures, computed = _figures(taught.id)
    lines = pages.gain_lines(figures)
    return render(
        "analysis/gain.html",
        nav="studio",
        course=taught,
        computed=computed,
        lines=lines,
        axis=pages.axis(lines) if any(line.bar for line in lines) else None,
    )


@bp.get("/gain.csv")
@allow(INSTRUCTOR)
def gain_file(course: str) -> Response:
    """The same as a file."""
    return csv_file(f"{course}-gain", pages.gain_cells(_figures(course_for(course, Deed.SEE_LEARNERS).id)[0]))


def _figures(course_id: int) -> tuple[CourseFigures, str]:
    """The figures, and when they were computed in words; empty before the first time."""
    found: tuple[CourseFigures, datetime] | None = figures_of(course_id)
    return (found[0], time_in(signed_in().time_zone, found[1])) if found else (NONE_YET, "")
