"""The account's page of orders."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint

from core.web import SIGNED_IN, allow, private, render, signed_in
from shop.fulfilment import PaidSoFar
from shop.models import Order
from shop.orders import orders_of
from shop.plans.services import paid_so_far_of

bp = Blueprint("shop_orders", __name__)


@dataclass(frozen=True)
class OrderRow:
    """One order in the list. `so_far` is set for what is paid over time, `next_on` the day of its next payment, empty
    where none follows."""

    order: Order
    made_on: str
    so_far: PaidSoFar | None
    next_on: str


@bp.get("/account/orders")
@allow(SIGNED_IN)
@private
def index() -> str:
    """What the reader ordered, newest first, its days as in their time zone."""
    person = signed_in()
    zone = ZoneInfo(person.time_zone)
    orders = orders_of(person.user_id)
    so_far = paid_so_far_of(orders)
    rows = [
        OrderRow(each, _day(each.created_at, zone), so_far.get(each.id), _next_on(so_far.get(each.id), zone))
        for each in orders
    ]
    return render("shop/orders.html", nav="account", tab="orders", rows=rows)


def _next_on(so_far: PaidSoFar | None, zone: ZoneInfo) -> str:
    return _day(so_far.next_at, zone) if so_far and so_far.next_at else ""


def _day(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%-d %b %Y}"
