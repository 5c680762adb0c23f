"""The reports that there are. A new one is a new entry."""

from admin.report import Report
from admin.report_lists import COMPLETIONS, CONTACT_HOURS, ENROLLMENTS, PROGRESS, REGISTER
from admin.report_sums import REVENUE_BY_COURSE, REVENUE_BY_MONTH
from core.errors import NotFound

REPORTS: dict[str, Report] = {
    report.key: report
    for report in (
        ENROLLMENTS,
        PROGRESS,
        COMPLETIONS,
        REVENUE_BY_COURSE,
        REVENUE_BY_MONTH,
        REGISTER,
        CONTACT_HOURS,
    )
}


def find_report(key: str) -> Report:
    """The report of this key. Raises NotFound."""
    if key not in REPORTS:
        raise NotFound("There is no such report.")
    return REPORTS[key]
