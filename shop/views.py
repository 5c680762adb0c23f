"""The doors of buying: the last page before the payment, the checkout, the way back from it, one's orders."""

from functools import partial

from flask import Blueprint, flash, jsonify, redirect, request
from werkzeug.wrappers import Response

from core.config import current_config
from core.database import transaction
from core.errors import DomainError, NotFound, Unavailable
from core.limits import require_within
from core.school import current_school
from core.web import SIGNED_IN, Reader, allow, render, signed_in
from courses.models import Course
from courses.services import find_course
from enrollment.rules import Reason
from enrollment.services import find_enrollment, is_enrolled, start_free
from payments.values import PaymentsOff, StripeRefused, StripeSilent
from shop import checkout, orders
from shop.endings import order_page as page_of
from shop.models import Order
from shop.offers import of_course
from shop.orders import Buyer
from shop.plans.pages import card_of, price_in_words
from shop.plans.services import plans_with
from shop.rules import OPEN_STATES
from shop.standing import open_order, reason_of

bp = Blueprint("shop", __name__)
CHECKOUTS = "10/minute; 60/hour"
LOOKS = "60/minute"  # at Stripe, by one person's return page
MAY_BUY = frozenset({Reason.NOT_ENROLLED, Reason.CHECKOUT_OPEN, Reason.REFUNDED, Reason.EXPIRED})
Answer = str | Response | tuple[str, int]


@bp.get("/courses/<course>/enroll")
@allow(SIGNED_IN)
def order_page(course: str) -> Answer:
    """What is bought, for how much, under which terms: the page that a confirmed address leads to."""
    found, person = find_course(course), signed_in()
    if found.price.is_free:
        return redirect(f"/courses/{course}")
    reason = _reason(person, found)
    if reason is Reason.ENROLLED:
        return _already_in(course)
    if reason not in MAY_BUY:  # The course's page says why.
        return redirect(f"/courses/{course}")
    config, school = current_config(), current_school()
    return render(
        "shop/enroll.html",
        nav="courses",
        course={"title": found.title, "url": f"/courses/{course}", "slug": course, "price": str(found.price)},
        promise={"refund_days": school.refund_days, "refund_max_progress": school.refund_max_progress},
        payments_off="" if config.takes_money else checkout.NO_MONEY,
        is_test_money=config.takes_test_money,
        has_begun=reason is Reason.CHECKOUT_OPEN,
        plans=[(plan, price_in_words(plan)) for plan in plans_with(found.id)],
    )


@bp.post("/courses/<course>/enroll")
@allow(SIGNED_IN)
def enroll(course: str) -> Answer:
    """Start a free course; for another, make the order and go to Stripe's checkout."""
    found, person = find_course(course), signed_in()
    if found.price.is_free:
        return _start_free(found, person)
    if is_enrolled(person.user_id, found.id):
        return _already_in(course)
    require_within(CHECKOUTS, "checkout", str(person.user_id))
    try:
        return redirect(checkout.begin(Buyer(person.user_id, person.email), partial(of_course, found)), 303)
    except (StripeSilent, PaymentsOff) as trouble:
        return _trouble(course, trouble, 503)
    except StripeRefused as refusal:
        return _trouble(course, refusal, 409)


@bp.get("/checkout/return")
@allow(SIGNED_IN)
def back() -> Answer:
    """Where Stripe sends the buyer, paid or not: the order is read anew and its ending shown."""
    person = signed_in()
    order = _returned(person)
    number, was_silent = order.number, False
    if order.state in OPEN_STATES and order.session_id is not None:
        require_within(LOOKS, "checkout-return", str(person.user_id))
        was_silent = _look(order.session_id)
    order = orders.order_of(person.user_id, number=number)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(state=order.state, confirmed=not was_silent)
    page = page_of(order, person.time_zone, was_silent)
    return render("shop/return.html", nav="learning", page=page)


@bp.get("/orders/<number>")
@allow(SIGNED_IN)
def show(number: str) -> Answer:
    """One of one's own orders: what was agreed, and what became of it."""
    person = signed_in()
    order = orders.order_of(person.user_id, number=number)
    page, plan = page_of(order, person.time_zone), card_of(order, person.time_zone)
    return render("shop/order.html", nav="learning", page=page, plan=plan)


def _reason(person: Reader, course: Course) -> Reason:
    return reason_of(find_enrollment(person.user_id, course.id), open_order(person.user_id, course.id))


def _already_in(slug: str) -> Answer:
    flash("You already have this course. No second payment was taken.", "info")
    return redirect(f"/learn/{slug}", 303)


def _trouble(slug: str, trouble: DomainError, status: int) -> Answer:
    """The checkout did not open: what is known, and a way on. It claims nothing about money."""
    course = find_course(slug)
    page = render(
        "shop/trouble.html",
        nav="courses",
        course={"title": course.title, "url": f"/courses/{slug}", "enroll_url": f"/courses/{slug}/enroll"},
        sentence=trouble.sentence,
        can_retry=not isinstance(trouble, PaymentsOff),
    )
    return page, status


def _start_free(course: Course, person: Reader) -> Answer:
    with transaction():
        start_free(person.user_id, course)
    flash(f"You are in. {course.title} is yours to read.", "ok")
    return redirect(f"/learn/{course.slug}", 303)


def _returned(person: Reader) -> Order:
    session_id, number = request.args.get("session_id"), request.args.get("order")
    if session_id:
        return orders.order_of(person.user_id, session_id=session_id)
    if number:
        return orders.order_of(person.user_id, number=number)
    raise NotFound(
        "This address belongs to a payment, and names none. Your orders are listed in your account."
    )


def _look(session_id: str) -> bool:
    """Ask Stripe how the order stands; True when it did not answer, and the webhook or the reconciler will."""
    try:
        checkout.fulfill(session_id, "return")
    except (Unavailable, StripeRefused):
        return True
    return False
