"""The admin's reports: what there is, one on screen, the same as a file."""

from collections.abc import Iterator
from functools import partial

from flask import Blueprint, Response, request

from admin.enrollments import course_choices
from admin.figures import school_day
from admin.page import Answer, exported, page
from admin.report import ENDPOINT, Row, in_file, on_screen
from admin.reports import find_report, reports_for
from core.permissions import Permission
from core.web import allow, signed_in

bp = Blueprint("admin_reports", __name__, url_prefix="/admin/reports")


@bp.get("")
@allow(Permission.OVERVIEW)
def index() -> Answer:
    """The reports that there are."""
    return page("reports", "reports", reports=reports_for(signed_in()), endpoint=ENDPOINT)


@bp.get("/<key>")
@allow(Permission.OVERVIEW)
def show(key: str) -> Answer:
    """One report on screen."""
    report, courses = find_report(key, signed_in()), dict(course_choices())
    shown = report.show(school_day(), courses, request.args)
    cell = partial(on_screen, signed_in().time_zone)
    return page(
        "report", "reports", report=report, shown=shown, asked=shown.asked, courses=courses, cell=cell
    )


@bp.get("/<key>.csv")
@allow(Permission.OVERVIEW)
def export(key: str) -> Response:
    """The same report, all of it, for a spreadsheet. The trail keeps who took it."""
    report, asked = find_report(key, signed_in()), request.args.to_dict()
    rows = report.all_rows(school_day(), dict(course_choices()), asked)
    return exported(key, "report", _cells(report.head, rows), asked, f"report:{key}")


def _cells(head: Row, rows: Iterator[Row]) -> Iterator[Row]:
    yield head
    for row in rows:
        yield [in_file(cell) for cell in row]
