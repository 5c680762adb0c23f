"""The parts of the admin as its navigation shows them: a few sections, each with its pages."""

from dataclasses import dataclass

from core.permissions import Permission
from core.web import may


@dataclass(frozen=True)
class Tab:
    """One page of the navigation. `key` is what the page says that it is, `permission` who is shown it."""

    key: str
    label: str
    endpoint: str
    permission: Permission


@dataclass(frozen=True)
class Section:
    """What belongs together; a section leads to the first of its pages."""

    label: str
    tabs: tuple[Tab, ...]

    def holds(self, key: str) -> bool:
        """Whether the page of this key is one of its."""
        return any(tab.key == key for tab in self.tabs)


SECTIONS = (
    Section("Overview", (Tab("overview", "Overview", "admin.index", Permission.OVERVIEW),)),
    Section(
        "Learners",
        (
            Tab("people", "People", "admin_people.index", Permission.PEOPLE),
            Tab("enrollments", "Enrollments", "admin_enrollments.index", Permission.ENROLLMENTS),
            Tab("cohorts", "Cohorts", "admin_cohorts.index", Permission.ENROLLMENTS),
            Tab("seats", "Seats", "admin_seats.index", Permission.ENROLLMENTS),
        ),
    ),
    Section(
        "Sales",
        (
            Tab("orders", "Orders", "admin_orders.index", Permission.MONEY),
            Tab("payments", "Payments", "admin_payments.index", Permission.MONEY),
            Tab("refunds", "Refunds", "admin_refunds.index", Permission.MONEY),
            Tab("disputes", "Disputes", "admin_disputes.index", Permission.MONEY),
        ),
    ),
    Section(
        "Offers",
        (
            Tab("codes", "Codes", "admin_offers.index", Permission.MONEY),
            Tab("bundles", "Bundles", "admin_offers.bundles", Permission.MONEY),
            Tab("plans", "Plans", "admin_plans.index", Permission.MONEY),
            Tab("seat-prices", "Seat prices", "admin_seats.prices", Permission.MONEY),
        ),
    ),
    Section("Reports", (Tab("reports", "Reports", "admin_reports.index", Permission.OVERVIEW),)),
    Section(
        "Upkeep",
        (
            Tab("reconcile", "Reconcile", "admin_orders.runs", Permission.MONEY),
            Tab("events", "Events", "admin_orders.events", Permission.MONEY),
            Tab("mail", "Mail", "admin.mails", Permission.MAIL),
        ),
    ),
    Section(
        "School",
        (
            Tab("school", "Settings", "admin_school.settings", Permission.ADMIN),
            Tab("audit", "Audit", "admin.audit", Permission.ADMIN),
        ),
    ),
)


def sections() -> list[Section]:
    """What the reader may see of it."""
    seen = [Section(each.label, tuple(tab for tab in each.tabs if may(tab.permission))) for each in SECTIONS]
    return [section for section in seen if section.tabs]
