"""The admin's seats: those that teams bought, and what they cost by their number."""

from collections.abc import Iterable, Iterator, Sequence

from flask import Blueprint, Response, flash, redirect, url_for

from accounts.freshness import fresh, sent_or_typed
from admin import seats
from admin.enrollments import course_choices
from admin.forms import SeatPricesForm
from admin.listing import Listing, read_listing
from admin.order_words import in_words
from admin.page import Answer, exported, page
from admin.rules import utc_cell
from admin.seats import SeatLine
from core.audit import record
from core.database import transaction
from core.permissions import Permission
from core.web import allow, signed_in
from courses.services import catalogue, find_course
from shop.seats.rules import read_breaks, write_breaks
from shop.seats.services import breaks_of, price_table, set_breaks

bp = Blueprint("admin_seats", __name__, url_prefix="/admin")
HEAD = "Team", "Course", "Order", "Seat", "Invited address", "Holder", "State", "Invited", "Accepted"


@bp.get("/seats")
@allow(Permission.ENROLLMENTS)
def index() -> Answer:
    """Which seats teams have, and where each stands."""
    courses = course_choices()
    asked = _asked(courses)
    rows, shown = seats.page_of_seats(asked)
    return page(
        "seats", "seats", asked=asked, rows=rows, shown=shown, courses=courses, states=in_words(seats.STATES)
    )


@bp.get("/seats.csv")
@allow(Permission.ENROLLMENTS)
def export() -> Response:
    """The same list, all pages of it, as a file for a spreadsheet. The trail keeps who took it."""
    asked = _asked(course_choices())
    return exported("seats", "seat", _cells(seats.all_rows(asked)), asked.hidden())


@bp.get("/seat-prices")
@allow(Permission.MONEY)
def prices() -> Answer:
    """What seats of each course cost."""
    sold = [course for _, courses in catalogue() for course in courses if not course.price.is_free]
    return page("seat_prices", "seat-prices", rows=[(course, price_table(course)) for course in sold])


@bp.route("/seat-prices/<course>", methods=["GET", "POST"])
@allow(Permission.MONEY)
@fresh()
def change(course: str) -> Answer:
    """Set the price breaks of a course. Orders that were made keep their price."""
    found = find_course(course)
    form = SeatPricesForm(
        formdata=sent_or_typed(), currency=found.currency, breaks=write_breaks(breaks_of(found))
    )
    if not form.validate_on_submit():
        return page("seat_prices_change", "seat-prices", form=form, course=found)
    with transaction():
        set_breaks(found, read_breaks(form.breaks.data or "", found.currency))
        record("seats.price", f"course:{course}", {"breaks": form.breaks.data}, actor_id=signed_in().user_id)
    flash("The prices are saved. They hold for orders from now on.", "success")
    return redirect(url_for("admin_seats.prices"), 303)


def _asked(courses: list[tuple[str, str]]) -> Listing:
    """What the address asks for; without a search or a filter it is everything."""
    allowed = {"state": seats.STATES, "course": dict(courses)}
    return read_listing("admin_seats.index", seats.SEATS.orders, "-bought", allowed)


def _cells(rows: Iterable[SeatLine]) -> Iterator[Sequence[object]]:
    yield HEAD
    for row in rows:
        moments = (utc_cell(row.invited_at), utc_cell(row.accepted_at))
        yield row.team, row.course, row.order_number, row.number, row.email, row.name, row.word.text, *moments
