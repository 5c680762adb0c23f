"""The last page before a payment and its button, for whatever is on sale: what was wished, and what it costs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from accounts.rules import normal_email
from core.config import current_config
from core.errors import DomainError, InvalidInput, LimitReached
from core.limits import count, require_within
from core.school import current_school
from core.web import Reader, reader, render
from payments.values import PaymentsOff, StripeRefused, StripeSilent
from shop import checkout
from shop.coupons.rules import LONGEST_CODE, CodeRefused
from shop.coupons.services import take_off
from shop.guessing import try_code
from shop.guests.access import guest_key, new_guest_key
from shop.guests.rules import masked
from shop.guests.standing import checkout_here, had_here
from shop.legal import consent_asked
from shop.models import Order
from shop.offers import Offer
from shop.orders import NOTHING_TO_PAY, Buyer
from shop.rules import OrderState
from shop.sales import Sale
from shop.standing import open_order

CHECKOUTS = "10/minute; 60/hour"  # by one person
VISITORS_CHECKOUTS = "30/minute; 200/hour"  # from one place, which may be a whole clinic's
GUEST_CHECKOUTS = "5/minute; 20/hour"  # for one address
TOO_MANY_ORDERS = "This address was typed too often. Wait an hour, or sign in."
TOO_MANY_CODES = "Too many codes were tried. Go on without one, or try again in an hour."
Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Wish:
    """What the browser may say of a purchase, besides what it is of."""

    code: str
    currency: str
    consents: bool
    email: str  # of a guest


def show(sale: Sale, person: Reader | None, **more: Any) -> Answer:
    """The page: what it costs with the code and in the currency that its address names, and the button. A visitor
    (None) is asked for an address, too, which stands in no address of ours."""
    return _look(sale, person, {**request.args, "email": ""}, **more)


def buy(find_sale: Callable[[], Sale], person: Reader | None, **more: Any) -> Answer:
    """Make the order and lead to Stripe's checkout, or to the order where nothing is to be paid.

    `find_sale` tells what is on sale; it is asked again in each round of the checkout.
    """
    if "apply" in request.form:
        return _look(find_sale(), person, request.form, is_news=True, **more)
    require_room(person)
    sale = find_sale()
    order = _begun(sale, person)
    wish = _wish(request.form, order)
    try:
        buyer = _buyer(person) if person else guest(wish.email)
        offer = priced(sale.offer_in(wish.currency), wish.code, buyer)
        if not _was_shown(offer):
            return _page(sale, offer, wish, order, is_news=True, **more)
        _require_payable(offer, buyer)
        return redirect(checkout.begin(buyer, partial(_offered, find_sale, wish, buyer), wish.consents), 303)
    except (InvalidInput, LimitReached) as problem:
        return _page_with(problem, find_sale(), wish, order, **more)
    except (StripeSilent, PaymentsOff) as trouble:
        return _trouble(find_sale(), trouble, 503)
    except StripeRefused as refusal:
        return _trouble(find_sale(), refusal, 409)


def require_room(person: Reader | None) -> None:
    """Raises LimitReached for who, or for a visitor from where, too many checkouts were begun."""
    if person is None:
        require_within(VISITORS_CHECKOUTS, "visitors-checkout")
    else:
        require_within(CHECKOUTS, "checkout", str(person.user_id))


def guest(email: str) -> Buyer:
    """Who buys without an account, in this browser. Raises InvalidInput for what is no address, and for one that was
    typed too often."""
    address = normal_email(email)
    if not count(GUEST_CHECKOUTS, "guest-checkout", address):
        raise InvalidInput(TOO_MANY_ORDERS, "email")
    return Buyer(None, address, new_guest_key())


def already_in(path: str) -> Answer:
    flash("You already have this course. No second payment was taken.", "info")
    return redirect(path, 303)


def _look(sale: Sale, person: Reader | None, given: Mapping[str, str], **more: Any) -> Answer:
    order = _begun(sale, person)
    wish = _wish(given, order)
    buyer = _buyer(person) if person else Buyer(None, wish.email, guest_key())
    try:
        return _page(sale, priced(sale.offer_in(wish.currency), wish.code, buyer), wish, order, **more)
    except (InvalidInput, LimitReached) as problem:
        return _page_with(problem, sale, wish, order, **more)


def _was_shown(offer: Offer) -> bool:
    """Whether the page that was sent off showed this price: not where another code was typed, nor where it has changed
    since. A button elsewhere shows no price of its own, and leads on."""
    return request.form.get("shown", str(offer.price)) == str(offer.price)


def _buyer(person: Reader) -> Buyer:
    return Buyer(person.user_id, person.email)


def _begun(sale: Sale, person: Reader | None) -> Order | None:
    """The checkout of this very thing that the person, or the visitor's browser, has open."""
    if person is None:
        return checkout_here(guest_key(), sale.first.subject)
    order = open_order(person.user_id, *sale.first.course_ids)
    is_this = order is not None and order.subject == sale.first.subject
    return order if is_this and order is not None and order.state is OrderState.PENDING else None


def _wish(given: Mapping[str, str], order: Order | None) -> Wish:
    """What is not said stays as in the checkout that is open, so that going on with it changes nothing."""
    return Wish(
        given.get("code", order.coupon_code if order else "").strip()[: LONGEST_CODE + 1],
        given.get("currency", order.currency if order else ""),
        "consent" in given or bool(order and order.consent_version),
        given.get("email", "").strip() or (order.email if order else ""),
    )


def priced(offer: Offer, code: str, buyer: Buyer) -> Offer:
    """The offer at this code's price, where there is one. Raises CodeRefused, LimitReached after many wrong ones."""
    if not code:
        return offer
    look = partial(take_off, offer, code, buyer.user_id, buyer.email)
    return try_code("code", buyer.user_id or buyer.guest_key, look, CodeRefused, TOO_MANY_CODES)


def _require_payable(offer: Offer, buyer: Buyer) -> None:
    """A guest is made an account by paying, and by nothing else."""
    if buyer.user_id is None and offer.price.is_free:
        raise InvalidInput(NOTHING_TO_PAY, "code")


def _offered(find_sale: Callable[[], Sale], wish: Wish, buyer: Buyer) -> Offer:
    offer = find_sale().offer_in(wish.currency)
    return take_off(offer, wish.code, buyer.user_id, buyer.email) if wish.code else offer


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
        before=_before(offer),
        here=_address(sale, wish),
        **more,
    )


def _before(offer: Offer) -> dict[str, object] | None:
    """What a visitor's browser has ordered of this before, as much of it as the browser may know."""
    order = had_here(guest_key(), offer) if reader() is None else None
    if order is None:
        return None
    made = order.created_at.astimezone(ZoneInfo(current_school().time_zone))
    return {
        "number": order.number,
        "made_on": f"{made:%-d %B %Y}",
        "is_paid": order.paid_minor is not None,
        "address": masked(order.email),
    }


def _address(sale: Sale, wish: Wish) -> str:
    """This page with the code and the currency as they stand on it, for who signs in first."""
    asked = {name: word for name, word in (("code", wish.code), ("currency", wish.currency)) if word}
    return f"{sale.enroll_url}?{urlencode(asked)}" if asked else sale.enroll_url


def _trouble(sale: Sale, trouble: DomainError, status: int) -> Answer:
    """The checkout did not open: what is known, and a way on. It claims nothing about money."""
    can_retry = not isinstance(trouble, PaymentsOff)
    page = render(
        "shop/trouble.html", nav="courses", sale=sale, sentence=trouble.sentence, can_retry=can_retry
    )
    return page, status
