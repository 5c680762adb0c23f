"""The doors of buying: the last page before the payment, the checkout, the way back from it, one's orders."""

from functools import partial

from flask import Blueprint, flash, jsonify, redirect, request, url_for

from core.database import transaction
from core.errors import NotFound, Unavailable
from core.limits import require_within
from core.school import current_school
from core.web import (
    ANYONE,
    SIGNED_IN,
    Reader,
    allow,
    asks_for_data,
    private,
    reader,
    render,
    sign_in_first,
    signed_in,
)
from courses.models import Course
from courses.services import find_course
from enrollment.admission.services import admission_to
from enrollment.cohorts.models import Cohort
from enrollment.cohorts.services import group_to_come
from enrollment.rules import Reason
from enrollment.services import find_enrollment, is_enrolled, start_free, was_ended_by_school
from payments.values import StripeRefused
from shop import buying, checkout, orders
from shop.buying import Answer
from shop.endings import order_page as page_of
from shop.guests.access import guest_key
from shop.guests.standing import order_here, unclaimed_order
from shop.models import Order
from shop.plans.pages import price_in_words
from shop.plans.services import plans_with
from shop.refunds.pages import order_page as order_page_of
from shop.rules import OPEN_STATES
from shop.sales import of_this_course
from shop.standing import open_order, reason_of

bp = Blueprint("shop", __name__)
LOOKS = "60/minute"  # at Stripe, by one person's return page
ENDED_WELL = {
    Reason.REFUNDED, Reason.DISPUTE_LOST, Reason.EXPIRED, Reason.CANCELLED, Reason.SEAT_LEFT,
    Reason.SEAT_TAKEN_BACK, Reason.GIFT_TAKEN_BACK,
}  # fmt: skip
NAMES = {"session_id": "session_id", "number": "order"}  # of an order, and how an address says them
MAY_BUY = frozenset({Reason.NOT_ENROLLED, Reason.CHECKOUT_OPEN, *ENDED_WELL})


@bp.get("/courses/<course>/enroll")
@allow(ANYONE)
def order_page(course: str) -> Answer:
    """What is bought, for how much, under which terms: the page that a confirmed address leads to."""
    found, person = find_course(course), reader()
    if found.price.is_free:
        return redirect(f"/courses/{course}")
    reason = _reason(person, found)
    if reason is Reason.ENROLLED:
        return buying.already_in(f"/learn/{course}")
    if reason not in MAY_BUY or _is_kept_out(person, found):  # The course's page says why.
        return redirect(f"/courses/{course}")
    plans = [(plan, price_in_words(plan)) for plan in plans_with(found.id)]
    return buying.show(of_this_course(found), person, plans=plans, group=_group(person, found))


@bp.post("/courses/<course>/enroll")
@allow(ANYONE)
def enroll(course: str) -> Answer:
    """Start a free course, which needs an account; for another, make the order and go to Stripe's checkout."""
    found, person = find_course(course), reader()
    if person is None and found.price.is_free:
        return sign_in_first()
    if person is not None and is_enrolled(person.user_id, found.id):
        return (
            redirect(f"/learn/{course}", 303)
            if found.price.is_free
            else buying.already_in(f"/learn/{course}")
        )
    if _is_kept_out(person, found):  # The same.
        return redirect(f"/courses/{course}", 303)
    if person is not None and found.price.is_free:
        return _start_free(found, person)
    return buying.buy(partial(of_this_course, found), person, group=_group(person, found))


@bp.get("/checkout/return")
@allow(ANYONE)
@private
def back() -> Answer:
    """Where Stripe sends the buyer, paid or not: the order is read anew and its ending shown, to its buyer or to the
    browser of a guest who began it. Any other visitor is told where to look, and nothing of an order."""
    person = reader()
    order = _returned(person)
    if order is None:
        return _elsewhere()
    number, was_silent = order.number, False
    if order.state in OPEN_STATES and order.session_id is not None:
        require_within(LOOKS, "checkout-return", str(person.user_id) if person else guest_key())
        was_silent = _look(order.session_id)
    order = orders.find_order(number)
    zone = person.time_zone if person else current_school().time_zone
    is_guest = person is None or order.user_id != person.user_id
    page = page_of(order, zone, was_silent, is_guest)
    if asks_for_data():
        return jsonify(state=page.state, confirmed=not was_silent)
    return render("shop/return.html", nav="learning", page=page)


@bp.get("/orders/<number>")
@allow(SIGNED_IN)
@private
def show(number: str) -> Answer:
    """One of one's own orders: what was agreed, and what became of it."""
    person = signed_in()
    order = orders.order_of(person.user_id, number=number)
    return order_page_of(order, person.time_zone)


def _reason(person: Reader | None, course: Course) -> Reason:
    if person is None:
        return Reason.NOT_ENROLLED
    return reason_of(find_enrollment(person.user_id, course.id), open_order(person.user_id, course.id))


def _is_kept_out(person: Reader | None, course: Course) -> bool:
    """Whether something keeps the person from enrolling now; who was put out by the school is told of that first."""
    if person is None:
        return not admission_to(course, None).is_open
    found = find_enrollment(person.user_id, course.id)
    return not (was_ended_by_school(found) or admission_to(course, person.user_id).is_open)


def _group(person: Reader | None, course: Course) -> Cohort | None:
    """The group with which the course will open to the reader."""
    return group_to_come(person.user_id, course.id) if person else None


def _start_free(course: Course, person: Reader) -> Answer:
    with transaction():
        start_free(person.user_id, course)
    flash(f"You are in. {course.title} is yours to read.", "ok")
    return redirect(f"/learn/{course.slug}", 303)


def _elsewhere() -> str:
    """For a browser that began no such order: where it goes on, whether there is one or not."""
    here = request.full_path.rstrip("?")
    return render("shop/elsewhere.html", nav="learning", sign_in=url_for("security.login", next=here))


def _returned(person: Reader | None) -> Order | None:
    """The order that the address names, where it is the reader's; None where a visitor may have to sign in for it."""
    names = {name: request.args[word] for name, word in NAMES.items() if request.args.get(word)}
    if not names:
        raise NotFound(
            "This address belongs to a payment, and names none. Your orders are listed in your account."
        )
    if person is None:
        return order_here(guest_key(), **names)
    try:
        return orders.order_of(person.user_id, **names)
    except NotFound:
        # Who paid as a guest, and signed in before the money was heard of, has it by the address.
        if (found := unclaimed_order(person.email, **names)) is None:
            raise
        return found


def _look(session_id: str) -> bool:
    """Ask Stripe how the order stands; True when it did not answer, and the webhook or the reconciler will."""
    try:
        checkout.fulfill(session_id, "return")
    except (Unavailable, StripeRefused):
        return True
    return False
