"""The admin's page of what seats cost by their number."""

from flask import Blueprint, flash, redirect, url_for

from accounts.freshness import fresh, sent_or_typed
from admin.forms import SeatPricesForm
from admin.page import Answer, page
from core.audit import record
from core.database import transaction
from core.permissions import Permission
from core.web import allow, signed_in
from courses.services import catalogue, find_course
from shop.seats.rules import read_breaks, write_breaks
from shop.seats.services import breaks_of, price_table, set_breaks

bp = Blueprint("admin_seats", __name__, url_prefix="/admin/seat-prices")


@bp.get("")
@allow(Permission.MONEY)
def index() -> Answer:
    """What seats of each course cost."""
    sold = [course for _, courses in catalogue() for course in courses if not course.price.is_free]
    return page("seat_prices", "orders", rows=[(course, price_table(course)) for course in sold])


@bp.route("/<course>", methods=["GET", "POST"])
@allow(Permission.MONEY)
@fresh()
def change(course: str) -> Answer:
    """Set the price breaks of a course. Orders that were made keep their price."""
    found = find_course(course)
    form = SeatPricesForm(
        formdata=sent_or_typed(), currency=found.currency, breaks=write_breaks(breaks_of(found))
    )
    if not form.validate_on_submit():
        return page("seat_prices_change", "orders", form=form, course=found)
    with transaction():
        set_breaks(found, read_breaks(form.breaks.data or "", found.currency))
        record("seats.price", f"course:{course}", {"breaks": form.breaks.data}, actor_id=signed_in().user_id)
    flash("The prices are saved. They hold for orders from now on.", "success")
    return redirect(url_for("admin_seats.index"), 303)
