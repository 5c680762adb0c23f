"""The last page before a payment and its button, for whatever is on sale: what was wished, and what it costs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from core.config import current_config
from core.errors import DomainError, InvalidInput, LimitReached
from core.limits import require_within
from core.school import current_school
from core.web import Reader, render
from payments.values import PaymentsOff, StripeRefused, StripeSilent
from shop import checkout
from shop.coupons.rules import LONGEST_CODE, CodeRefused
from shop.coupons.services import take_off
from shop.guessing import try_code
from shop.legal import consent_asked
from shop.models import Order
from shop.offers import Offer
from shop.orders import Buyer
from shop.rules import OrderState
from shop.sales import Sale
from shop.standing import open_order

CHECKOUTS = "10/minute; 60/hour"
TOO_MANY_CODES = "Too many codes were tried. Go on without one, or try again in an hour."
Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Wish:
    """What the browser may say of a purchase, besides what it is of."""

    code: str
    currency: str
    consents: bool


def show(sale: Sale, person: Reader, **more: Any) -> Answer:
    """The page: what it costs with the code and in the currency that its address names, and the button."""
    order = _begun(sale, person)
    wish = _wish(request.args, order)
    try:
        return _page(sale, priced(sale.offer_in(wish.currency), wish.code, person), wish, order, **more)
    except (InvalidInput, LimitReached) as problem:
        return _page_with(problem, sale, wish, order, **more)


def buy(find_sale: Callable[[], Sale], person: Reader, **more: Any) -> Answer:
    """Make the order and lead to Stripe's checkout, or to the order where nothing is to be paid.

    `find_sale` tells what is on sale; it is asked again in each round of the checkout.
    """
    require_within(CHECKOUTS, "checkout", str(person.user_id))
    sale = find_sale()
    order = _begun(sale, person)
    wish, buyer = _wish(request.form, order), Buyer(person.user_id, person.email)
    try:
        priced(sale.offer_in(wish.currency), wish.code, person)
        return redirect(checkout.begin(buyer, partial(_offered, find_sale, wish, person), wish.consents), 303)
    except (InvalidInput, LimitReached) as problem:
        return _page_with(problem, find_sale(), wish, order, **more)
    except (StripeSilent, PaymentsOff) as trouble:
        return _trouble(find_sale(), trouble, 503)
    except StripeRefused as refusal:
        return _trouble(find_sale(), refusal, 409)


def already_in(path: str) -> Answer:
    flash("You already have this course. No second payment was taken.", "info")
    return redirect(path, 303)


def _begun(sale: Sale, person: Reader) -> Order | None:
    """The checkout of this very thing that the person has open."""
    order = open_order(person.user_id, *sale.first.course_ids)
    is_this = order is not None and order.subject == sale.first.subject
    return order if is_this and order is not None and order.state is OrderState.PENDING else None


def _wish(given: Mapping[str, str], order: Order | None) -> Wish:
    """What is not said stays as in the checkout that is open, so that going on with it changes nothing."""
    return Wish(
        given.get("code", order.coupon_code if order else "").strip()[: LONGEST_CODE + 1],
        given.get("currency", order.currency if order else ""),
        "consent" in given or bool(order and order.consent_version),
    )


def priced(offer: Offer, code: str, person: Reader) -> Offer:
    """The offer at this code's price, where there is one. Raises CodeRefused, LimitReached after many wrong ones."""
    if not code:
        return offer
    look = partial(take_off, offer, code, person.user_id, person.email)
    return try_code("code", person.user_id, look, CodeRefused, TOO_MANY_CODES)


def _offered(find_sale: Callable[[], Sale], wish: Wish, person: Reader) -> Offer:
    offer = find_sale().offer_in(wish.currency)
    return take_off(offer, wish.code, person.user_id, person.email) if wish.code else offer


def _page_with(problem: DomainError, sale: Sale, wish: Wish, order: Order | None, **more: Any) -> Answer:
    """The page again, at the price without what was wrong."""
    field = getattr(problem, "field", None) or "code"
    offer = sale.offers.get(wish.currency, sale.first)
    return _page(sale, offer, wish, order, problems={field: problem.sentence}, **more), 422


def _page(
    sale: Sale, offer: Offer, wish: Wish, order: Order | None, problems: Mapping[str, str] = {}, **more: Any
) -> str:
    config, school = current_config(), current_school()
    return render(
        "shop/enroll.html",
        nav="courses",
        sale=sale,
        offer=offer,
        wish=wish,
        problems=problems,
        consent=consent_asked(),
        promise={"refund_days": school.refund_days, "refund_max_progress": school.refund_max_progress},
        payments_off="" if config.takes_money else checkout.NO_MONEY,
        is_test_money=config.takes_test_money,
        has_begun=order is not None,
        **more,
    )


def _trouble(sale: Sale, trouble: DomainError, status: int) -> Answer:
    """The checkout did not open: what is known, and a way on. It claims nothing about money."""
    can_retry = not isinstance(trouble, PaymentsOff)
    page = render(
        "shop/trouble.html", nav="courses", sale=sale, sentence=trouble.sentence, can_retry=can_retry
    )
    return page, status
