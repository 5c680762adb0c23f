"""The account's page of orders."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint

from core.web import SIGNED_IN, allow, private, render, signed_in
from shop.disputes.services import disputed_among
from shop.fulfilment import PaidSoFar
from shop.models import Order
from shop.orders import orders_of
from shop.plans.services import paid_so_far_of
from shop.rules import ENTERED

bp = Blueprint("shop_orders", __name__)


@dataclass(frozen=True)
class OrderRow:
    """One order in the list. `so_far` is set for what is paid over time, `next_on` the day of its next payment, empty
    where none follows. `is_disputed`: the buyer's bank holds back what was paid for it."""

    order: Order
    made_on: str
    so_far: PaidSoFar | None
    next_on: str
    is_disputed: bool


@bp.get("/account/orders")
@allow(SIGNED_IN)
@private
def index() -> str:
    """What the reader ordered, newest first, its days as in their time zone."""
    person = signed_in()
    zone = ZoneInfo(person.time_zone)
    rows = _rows(orders_of(person.user_id), zone)
    return render("shop/orders.html", nav="account", tab="orders", rows=rows)


def _rows(orders: list[Order], zone: ZoneInfo) -> list[OrderRow]:
    so_far, disputed = (
        paid_so_far_of(orders),
        disputed_among([each for each in orders if each.state in ENTERED]),
    )
    return [
        OrderRow(
            order=each,
            made_on=_day(each.created_at, zone),
            so_far=so_far.get(each.id),
            next_on=_next_on(so_far.get(each.id), zone),
            is_disputed=each.id in disputed,
        )
        for each in orders
    ]


def _next_on(so_far: PaidSoFar | None, zone: ZoneInfo) -> str:
    return _day(so_far.next_at, zone) if so_far and so_far.next_at else ""


def _day(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%-d %b %Y}"
