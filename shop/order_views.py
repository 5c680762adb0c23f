"""The account's page of orders."""

from zoneinfo import ZoneInfo

from flask import Blueprint

from core.web import SIGNED_IN, allow, private, render, signed_in
from shop.orders import orders_of
from shop.plans.pages import paid_of

bp = Blueprint("shop_orders", __name__)


@bp.get("/account/orders")
@allow(SIGNED_IN)
@private
def index() -> str:
    """What the reader ordered, newest first, its days as in their time zone."""
    person = signed_in()
    zone = ZoneInfo(person.time_zone)
    orders = orders_of(person.user_id)
    rows = [(o, f"{o.created_at.astimezone(zone):%-d %b %Y}") for o in orders]
    return render("shop/orders.html", nav="account", tab="orders", rows=rows, paid=paid_of(orders))
