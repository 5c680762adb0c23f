"""The page that sells seats of a course."""

from functools import partial

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from core.config import current_config
from core.errors import Conflict, DomainError, InvalidInput
from core.money import Money
from core.web import ANYONE, Reader, allow, private, reader, render
from courses.models import Course
from courses.services import find_course
from payments.values import PaymentsOff, StripeRefused, StripeSilent
from shop import checkout, words
from shop.buying import guest, require_room
from shop.guests.access import guest_key
from shop.guests.standing import checkout_here
from shop.models import Order
from shop.orders import Buyer
from shop.seats.forms import SeatsForm
from shop.seats.rules import total_price
from shop.seats.services import of_seats, price_table, subject_of, typed_before, waiting_order

bp = Blueprint("seats", __name__)
Answer = str | Response | tuple[str, int]
ONE_AT_A_TIME = (
    "This order of seats waits for its money, so nothing else was ordered. Another one can be made once it is paid, or "
    "cancelled by the school."
)


@bp.route("/courses/<course>/team", methods=["GET", "POST"])
@allow(ANYONE)
@private
def order(course: str) -> Answer:
    """Order seats: what they cost by their number, and what the invoice is to say. A guest becomes a manager by
    paying."""
    found, person = find_course(course), reader()
    if found.price.is_free:
        return redirect(f"/courses/{course}")
    form = SeatsForm(found.currency, _begun(found, person), person is None)
    if "look" in request.form:  # The rest is asked for when they are ordered.
        return _look(found, form)
    if not form.validate_on_submit():
        return _page(found, form), 422 if form.errors else 200
    waiting = waiting_order(person.user_id, found) if person else None
    if waiting is not None:
        flash(ONE_AT_A_TIME, "info")
        return redirect(waiting.url, 303)
    require_room(person)
    return _begin(found, form, person)


def _begun(course: Course, person: Reader | None) -> Order | None:
    """What was typed before, by this person or in this browser, and not paid."""
    if person is None:
        return checkout_here(guest_key(), subject_of(course.id))
    return typed_before(person.user_id, course)


def _look(course: Course, form: SeatsForm) -> Answer:
    if not form.seats.validate(form):
        return _page(course, form), 422
    return _page(course, form, total_price(price_table(course), form.seats.data or 0))


def _begin(course: Course, form: SeatsForm, person: Reader | None) -> Answer:
    seats, invoicing = form.seats.data or 0, form.invoicing
    try:
        buyer = Buyer(person.user_id, person.email) if person else guest(form.email.data or "")
        offered = partial(of_seats, course, seats, invoicing)
        return redirect(checkout.begin(buyer, offered), 303)
    except InvalidInput as problem:
        form[problem.field or "seats"].errors = [problem.sentence]
        return _page(course, form), 422
    except (StripeSilent, PaymentsOff) as trouble:
        return _page(course, form, trouble=trouble), 503
    except (StripeRefused, Conflict) as refusal:
        return _page(course, form, trouble=refusal), 409


def _page(
    course: Course, form: SeatsForm, total: Money | None = None, trouble: DomainError | None = None
) -> str:
    config = current_config()
    return render(
        "shop/seats.html",
        nav="courses",
        course={"title": course.title, "url": f"/courses/{course.slug}"},
        form=form,
        table=price_table(course),
        total=total,
        trouble=trouble.sentence if trouble else "",
        payments_off="" if config.takes_money else checkout.NO_MONEY,
        is_test_money=config.takes_test_money,
        asking=words.of_seats(course.title).asking,
    )
