"""The doors of a bundle: its page, the last page before the payment, the button."""

from functools import partial

from flask import Blueprint, request

from core.config import current_config
from core.web import ANYONE, allow, reader, render
from shop import buying
from shop.bundles.services import apart, find_bundle, held_of, of_bundle
from shop.buying import Answer
from shop.sales import Sale

bp = Blueprint("bundles", __name__, url_prefix="/bundles")


@bp.get("/<slug>")
@allow(ANYONE)
def show(slug: str) -> Answer:
    """What is in it, what it costs together and apart, and what the reader has of it already."""
    bundle, person = find_bundle(slug), reader()
    sale = of_bundle(bundle)
    offer = sale.offers.get(request.args.get("currency", ""), sale.first)
    return render(
        "shop/bundle.html",
        nav="courses",
        bundle=bundle,
        sale=sale,
        price=offer.price,
        apart=apart(bundle, offer.price.currency),
        held=held_of(bundle, person.user_id) if person else [],
        takes_money=current_config().takes_money,
    )


@bp.get("/<slug>/enroll")
@allow(ANYONE)
def order_page(slug: str) -> Answer:
    """The page that a confirmed address leads to."""
    bundle, person = find_bundle(slug), reader()
    held = held_of(bundle, person.user_id) if person else []
    if len(held) == len(bundle.courses):
        return buying.already_in("/dashboard")
    return buying.show(of_bundle(bundle), person, held=held)


@bp.post("/<slug>/enroll")
@allow(ANYONE)
def enroll(slug: str) -> Answer:
    """Make the order and go to Stripe's checkout."""
    bundle, person = find_bundle(slug), reader()
    held = held_of(bundle, person.user_id) if person else []
    if len(held) == len(bundle.courses):
        return buying.already_in("/dashboard")
    return buying.buy(partial(_sale, slug), person, held=held)


def _sale(slug: str) -> Sale:
    return of_bundle(find_bundle(slug))
