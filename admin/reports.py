"""The reports that there are. A new one is a new entry."""

from admin.report import Report
from admin.report_lists import COMPLETIONS, CONTACT_HOURS, ENROLLMENTS, PROGRESS, REGISTER
from admin.report_sums import REVENUE_BY_CODE, REVENUE_BY_COURSE, REVENUE_BY_MONTH
from core.errors import Forbidden, NotFound
from core.web import Reader

REPORTS: dict[str, Report] = {
    report.key: report
    for report in (
        ENROLLMENTS,
        PROGRESS,
        COMPLETIONS,
        REVENUE_BY_COURSE,
        REVENUE_BY_MONTH,
        REVENUE_BY_CODE,
        REGISTER,
        CONTACT_HOURS,
    )
}


def reports_for(reader: Reader) -> list[Report]:
    """Those that this person may read."""
    return [report for report in REPORTS.values() if reader.may(report.permission)]


def find_report(key: str, reader: Reader) -> Report:
    """The report of this key. Raises NotFound, Forbidden for one that this person may not read."""
    if key not in REPORTS:
        raise NotFound("There is no such report.")
    if not reader.may(REPORTS[key].permission):
        raise Forbidden("This report is not among those that you may read.")
    return REPORTS[key]
