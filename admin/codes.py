"""Codes as the admin reads them: the list, its export, the uses of one with their orders."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from admin.listing import Listing, holds
from admin.order_words import STATES, Word
from admin.rules import PageOf, page_of
from core.database import db
from core.money import Money
from courses.models import Course
from shop.coupons.models import Coupon, CouponUse
from shop.coupons.rules import UseState
from shop.models import Order

COLUMNS: dict[str, InstrumentedAttribute[Any] | ColumnElement[Any]] = {
    "code": Coupon.code,
    "made": Coupon.created_at,
    "used": Coupon.used,
}
STANDING = {"on": "On", "off": "Off"}
USES = {UseState.RESERVED: "At the checkout", UseState.USED: "Used", UseState.FREED: "Given back"}
SHOWN = 200  # of the uses, the newest


@dataclass(frozen=True)
class Use:
    """What one order had of a code."""

    number: str
    email: str
    state: str
    order_word: Word
    discount: Money
    amount: Money


def page_of_codes(asked: Listing) -> tuple[list[Coupon], PageOf]:
    """One page of what was asked for, and where it stands in the whole."""
    wanted = _conditions(asked)
    page = page_of(
        asked.wanted_page, db.session.scalar(select(func.count()).select_from(Coupon).where(*wanted)) or 0
    )
    rows = db.session.scalars(_ordered(asked).offset(page.offset).limit(page.last - page.offset))
    return list(rows), page


def all_codes(asked: Listing) -> list[Coupon]:
    """Everything that was asked for."""
    return list(db.session.scalars(_ordered(asked)))


def uses_of(coupon_id: int) -> list[Use]:
    """The orders that had this code, the newest first."""
    query = (
        select(Order, CouponUse.state)
        .join(CouponUse, CouponUse.order_id == Order.id)
        .where(CouponUse.coupon_id == coupon_id)
        .order_by(Order.id.desc())
        .limit(SHOWN)
    )
    return [
        Use(order.number, order.email, USES[state], STATES[order.state], order.discount, order.amount)
        for order, state in db.session.execute(query)
    ]


def sold_courses() -> list[tuple[int, str]]:
    """The courses that cost something, by title: number and title."""
    query = select(Course.id, Course.title).where(Course.price_minor > 0).order_by(Course.title)
    return [(number, title) for number, title in db.session.execute(query)]


def _ordered(asked: Listing) -> Select[Coupon]:
    return select(Coupon).where(*_conditions(asked)).order_by(*asked.order(COLUMNS, Coupon.id))


def _conditions(asked: Listing) -> list[ColumnElement[bool]]:
    found = [holds(word, Coupon.code, Coupon.note) for word in asked.words]
    if asked.filters["state"]:
        found.append(Coupon.is_active.is_(asked.filters["state"] == "on"))
    return found
