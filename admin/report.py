"""What a report is: a table that is read on screen page by page, and taken as a file whole."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import and_, select
from sqlalchemy.orm import InstrumentedAttribute

from admin.listing import Listing, read_listing
from admin.paging import Page, Reader, Table, Term, find_page, streamed
from admin.periods import Period, bounds, read_period, refusal
from admin.rules import utc_cell
from core.clock import day_in
from core.database import db
from core.money import Money
from core.permissions import Permission
from core.school import current_school

ENDPOINT = "admin_reports.show"
Row = Sequence[object]


class Dates:
    """Holds every day as addresses write it: `2026-11-21`."""

    def __contains__(self, text: object) -> bool:
        try:
            return bool(date.fromisoformat(str(text)))
        except ValueError:
            return False


@dataclass(frozen=True)
class Shown:
    """What of a report is on one page. `page` is None for one that is short and shown whole; `refusal` says that
    another period was asked for."""

    asked: Listing
    rows: Sequence[Row]
    page: Page | None
    period: Period | None = None
    refusal: str = ""


@dataclass(frozen=True)
class Report:
    """`about` says in a sentence what each row is; `head` names the columns. `permission` is who may read it."""

    permission: ClassVar[Permission] = Permission.ENROLLMENTS
    key: str
    title: str
    about: str
    head: tuple[str, ...]

    def show(self, today: date, courses: Mapping[str, str], asked: Mapping[str, str]) -> Shown:
        """The part that the address asks for."""
        raise NotImplementedError

    def all_rows(self, today: date, courses: Mapping[str, str], asked: Mapping[str, str]) -> Iterator[Row]:
        """Everything that the address asks for, read while it is being sent."""
        raise NotImplementedError


@dataclass(frozen=True)
class ListReport(Report):
    """A row for each of many things, newest first, paged by key; of a course, between two days, of a person.

    `at` is the column by which rows are dated, `terms` is what course and search mean for them.
    """

    table: Table
    at: InstrumentedAttribute[datetime]
    terms: Callable[[Listing], list[Term]]
    reader: Callable[[], Callable[[Sequence[Any], Reader], list[Row]]]
    """Looks up what all rows share, and gives what reads some of them."""

    def show(self, today: date, courses: Mapping[str, str], asked: Mapping[str, str]) -> Shown:
        listing = self._asked(courses)
        page = find_page(self.table, listing, self._terms(listing))
        return Shown(listing, self.reader()(page.ids, db.session), page)

    def all_rows(self, today: date, courses: Mapping[str, str], asked: Mapping[str, str]) -> Iterator[Row]:
        listing = self._asked(courses)
        return streamed(self.table, listing, self._terms(listing), self.reader())

    def _asked(self, courses: Mapping[str, str]) -> Listing:
        allowed = {"course": courses, "from": Dates(), "to": Dates()}
        return read_listing(ENDPOINT, self.table.orders, "-at", allowed, {"key": self.key})

    def _terms(self, asked: Listing) -> list[Term]:
        zone, found = current_school().time_zone, self.terms(asked)
        within = []
        if first := asked.filters["from"]:
            within.append(self.at >= bounds(date.fromisoformat(first), zone)[0])
        if last := asked.filters["to"]:
            within.append(self.at < bounds(date.fromisoformat(last), zone)[1])
        return [*found, Term(and_(*within), select(self.table.id).where(*within))] if within else found


@dataclass(frozen=True)
class SumReport(Report):
    """A row for each of a few groups, added up over a period."""

    permission: ClassVar[Permission] = Permission.MONEY
    rows: Callable[[Period], list[Row]]

    def show(self, today: date, courses: Mapping[str, str], asked: Mapping[str, str]) -> Shown:
        period, length = read_period(asked, today)
        return Shown(self._asked(), self.rows(period), None, period, refusal(asked, period, length))

    def all_rows(self, today: date, courses: Mapping[str, str], asked: Mapping[str, str]) -> Iterator[Row]:
        return iter(self.rows(read_period(asked, today)[0]))

    def _asked(self) -> Listing:
        dates = {"from": Dates(), "to": Dates()}
        return read_listing(ENDPOINT, ("at",), "-at", dates, {"key": self.key})


def on_screen(zone: str, cell: object) -> str:
    """A cell as a person in `zone` reads it."""
    if isinstance(cell, datetime):
        return day_in(zone, cell)
    if isinstance(cell, date):
        return f"{cell:%-d %b %Y}"
    if isinstance(cell, int):
        return f"{cell:,}"
    return "" if cell is None else str(cell)


def in_file(cell: object) -> object:
    """A cell as a spreadsheet reads it: moments in UTC, amounts as plain numbers."""
    if isinstance(cell, datetime):
        return utc_cell(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Money):
        return cell.amount
    return "" if cell is None else cell
