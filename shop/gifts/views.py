"""The doors of giving: the form with its summary, and the giver's page of a gift."""

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from core.config import current_config
from core.database import transaction
from core.errors import Conflict, DomainError, InvalidInput, LimitReached
from core.limits import require_within
from core.school import current_school
from core.web import SIGNED_IN, Reader, allow, private, render, signed_in
from courses.models import Course
from courses.services import find_course
from payments.values import PaymentsOff, StripeRefused, StripeSilent
from shop import checkout
from shop.buying import CHECKOUTS, priced
from shop.coupons.services import take_off
from shop.gifts import services
from shop.gifts.forms import ButtonForm, GiftForm, RecipientForm
from shop.gifts.models import Gift
from shop.gifts.rules import GiftState, in_groups
from shop.legal import consent_asked
from shop.models import Order
from shop.offers import Offer
from shop.orders import Buyer, find_waiting, order_of
from shop.sales import of_this_course

bp = Blueprint("gifts", __name__)
MAILS = "10/hour; 30/day"  # presses of a giver that may send mails
Answer = str | Response | tuple[str, int]


@bp.route("/courses/<course>/gift", methods=["GET", "POST"])
@allow(SIGNED_IN)
@private
def order(course: str) -> Answer:
    """Order a gift: to whom, when, with which words; then what it costs, and the button."""
    found, person = find_course(course), signed_in()
    if found.price.is_free:
        return redirect(f"/courses/{course}")
    sale, before = of_this_course(found), find_waiting(person.user_id, request.args.get("order", ""))
    form = GiftForm(sale, person, consent_asked(), before, services.gift_of(before) if before else None)
    if not form.validate_on_submit():
        return _form_page(found, form), 422 if form.errors else 200
    if "change" in request.form:
        return _form_page(found, form)
    try:
        offer = priced(_offer(found, form), form.code.data or "", Buyer(person.user_id, person.email))
    except (InvalidInput, LimitReached) as problem:
        form.code.errors = [problem.sentence]
        return _form_page(found, form), 422
    return _begin(found, form, person, offer) if "buy" in request.form else _summary(found, form, offer)


@bp.get("/orders/<number>/gift")
@allow(SIGNED_IN)
@private
def show(number: str) -> Answer:
    """How a gift stands, and what its giver may change."""
    order, gift = _own(number)
    if gift.state is GiftState.UNPAID:
        return redirect(order.url)
    return _gift_page(order, gift, _recipient_form(gift))


@bp.post("/orders/<number>/gift")
@allow(SIGNED_IN)
def plan(number: str) -> Answer:
    """Say anew to whom the code is mailed, and when."""
    order, gift = _own(number)
    form, person = RecipientForm(signed_in().time_zone), signed_in()
    if not form.validate_on_submit():
        return _gift_page(order, gift, form), 422
    require_within(MAILS, "gift-mails", str(person.user_id))
    with transaction():
        planned = services.plan(order, form.recipient, person.user_id)
        is_sent, day = planned.sent_at is not None, f"{planned.send_on:%-d %B %Y}"
    flash("The code is on its way." if is_sent else f"The code is mailed on {day}.", "success")
    return redirect(f"{order.url}/gift", 303)


@bp.post("/orders/<number>/gift/print")
@allow(SIGNED_IN)
def print_out(number: str) -> Answer:
    """The code on a page to print."""
    order, gift = _own(number)
    with transaction():
        code = services.print_code(order, signed_in().user_id)
    return render(
        "shop/gift_print.html", nav="account", order=order, gift=gift, course=order.lines[0].title,
        code=in_groups(code), address=f"{current_config().base_url}/redeem",
    )  # fmt: skip


def _own(number: str) -> tuple[Order, Gift]:
    """The reader's own gift. Raises NotFound."""
    order = order_of(signed_in().user_id, number=number)
    return order, services.the_gift_of(order)


def _offer(course: Course, form: GiftForm) -> Offer:
    offer = of_this_course(course).offer_in(form.currency.data or "")
    return services.of_gift(course, offer.price, form.key.data or "", form.wrapping)


def _offered(slug: str, form: GiftForm, person: Reader) -> Offer:
    """What is offered now, in each round of the checkout."""
    offer, code = _offer(find_course(slug), form), form.code.data or ""
    return take_off(offer, code, person.user_id, person.email) if code else offer


def _begin(course: Course, form: GiftForm, person: Reader, offer: Offer) -> Answer:
    require_within(CHECKOUTS, "checkout", str(person.user_id))
    slug = course.slug
    try:
        offered = partial(_offered, slug, form, person)
        place = checkout.begin(Buyer(person.user_id, person.email), offered, form.consent.data)
    except InvalidInput as problem:
        form[problem.field or "consent"].errors = [problem.sentence]
        return _summary(find_course(slug), form, offer), 422
    except (StripeSilent, PaymentsOff) as trouble:
        return _summary(find_course(slug), form, offer, trouble), 503
    except (StripeRefused, Conflict) as refusal:
        return _summary(find_course(slug), form, offer, refusal), 409
    return redirect(place, 303)


def _form_page(course: Course, form: GiftForm) -> str:
    return render(
        "shop/gift.html", nav="courses", course=course, sale=of_this_course(course), form=form,
        payments_off="" if current_config().takes_money else checkout.NO_MONEY,
    )  # fmt: skip


def _summary(course: Course, form: GiftForm, offer: Offer, trouble: DomainError | None = None) -> str:
    config, school = current_config(), current_school()
    return render(
        "shop/gift_summary.html", nav="courses", course=course, sale=of_this_course(course), form=form, offer=offer,
        wrapping=form.wrapping, is_today=form.day == form.today, trouble=trouble.sentence if trouble else "",
        payments_off="" if config.takes_money else checkout.NO_MONEY, is_test_money=config.takes_test_money,
        promise={"refund_days": school.refund_days, "refund_max_progress": school.refund_max_progress},
    )  # fmt: skip


def _recipient_form(gift: Gift) -> RecipientForm:
    typed: dict[str, object] = {
        "recipient_name": gift.recipient_name, "recipient_email": gift.recipient_email,
    }  # fmt: skip
    form = RecipientForm(signed_in().time_zone, **typed)
    form.send_on.data = max(gift.send_on, form.today)
    return form


def _gift_page(order: Order, gift: Gift, form: RecipientForm) -> str:
    return render(
        "shop/gift_given.html", nav="account", order=order, gift=gift, course=order.lines[0].title, form=form,
        button=ButtonForm(), sent_on=_day(gift.sent_at, form.zone), claimed_on=_day(gift.claimed_at, form.zone),
    )  # fmt: skip


def _day(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%-d %B %Y}" if moment else ""
