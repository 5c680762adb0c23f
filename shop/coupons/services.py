"""Using codes: what one takes off an offer, its reservation by an order, its counting. The door opens the transaction.

The count of uses is decided by one guarded UPDATE of the code's row, which also lets one order at a time count the
uses of a person: of twenty at once no more get in than there is room for.
"""

from dataclasses import replace

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from core.clock import now
from core.database import db
from core.errors import InvalidInput
from payments.least import can_be_asked
from shop.coupons.models import Coupon, CouponUse
from shop.coupons.rules import (
    NEEDS_ACCOUNT,
    CodeRefused,
    UseState,
    discounts,
    is_within,
    next_use,
    normal_code,
)
from shop.models import Order
from shop.offers import Offer

COUNTED = (UseState.RESERVED, UseState.USED)


def take_off(offer: Offer, code: str, user_id: int | None, email: str) -> Offer:
    """The offer at the price that this code makes of it. Raises CodeRefused, whatever the reason, but InvalidInput
    for a guest where each person may use it so many times: what an address has used is told to nobody who types it.

    Whether there is room is only foretold here: `reserve` decides it.
    """
    coupon = db.session.scalar(select(Coupon).filter_by(code=normal_code(code)))
    if coupon is None or not is_within(coupon.starts_at, coupon.ends_at, now()):
        raise CodeRefused
    if not coupon.is_active or not _seems_free(coupon, user_id, email):
        raise CodeRefused
    reduced = _reduced(offer, coupon)
    if reduced.discount.is_free or not can_be_asked(reduced.price):
        raise CodeRefused
    if user_id is None and coupon.max_per_person is not None:
        raise InvalidInput(NEEDS_ACCOUNT, "code")
    return reduced


def reserve(order: Order, code: str) -> None:
    """Take one use of the code for a new order. Raises CodeRefused where none is left, for all or for this person."""
    room = or_(Coupon.max_uses.is_(None), Coupon.used + Coupon.reserved < Coupon.max_uses)
    guarded = update(Coupon).where(Coupon.code == code, Coupon.is_active, room)
    row = db.session.execute(
        guarded.values(reserved=Coupon.reserved + 1).returning(Coupon.id, Coupon.max_per_person),
        execution_options={"synchronize_session": False},
    ).one_or_none()
    if row is None:
        raise CodeRefused
    mine = _uses_of(row.id, order.user_id, order.email, COUNTED)
    if row.max_per_person is not None and (order.user_id is None or mine >= row.max_per_person):
        raise CodeRefused
    use = CouponUse(coupon_id=row.id, order_id=order.id, user_id=order.user_id, state=UseState.RESERVED)
    db.session.add(use)
    db.session.flush()


def follow(order: Order) -> None:
    """Count or free what a turned order has of its code. The order is locked."""
    use = db.session.get(CouponUse, order.id) if order.coupon_code else None
    if use is None:
        return
    before, use.state = use.state, next_use(use.state, order.state)
    change = {
        name: getattr(Coupon, name) + int(use.state is state) - int(before is state)
        for name, state in (("reserved", UseState.RESERVED), ("used", UseState.USED))
    }
    if use.state is not before:
        db.session.execute(
            update(Coupon).where(Coupon.id == use.coupon_id).values(change),
            execution_options={"synchronize_session": False},
        )
    db.session.flush()


def _reduced(offer: Offer, coupon: Coupon) -> Offer:
    off = discounts(coupon.reduction, [(line.course_id, line.amount) for line in offer.lines])
    lines = tuple(
        replace(line, amount=line.amount - less, discount=less)
        for line, less in zip(offer.lines, off, strict=True)
    )
    return replace(offer, lines=lines, code=coupon.code)


def _seems_free(coupon: Coupon, user_id: int | None, email: str) -> bool:
    """Whether there is room, as far as can be said before the order: what this person reserved is theirs."""
    reserved = _uses_of(coupon.id, user_id, email, (UseState.RESERVED,))
    used = _uses_of(coupon.id, user_id, email, (UseState.USED,))
    taken = coupon.used + coupon.reserved - reserved
    has_room = coupon.max_uses is None or taken < coupon.max_uses
    return has_room and (user_id is None or coupon.max_per_person is None or used < coupon.max_per_person)


def _uses_of(coupon_id: int, user_id: int | None, email: str, states: tuple[UseState, ...]) -> int:
    query = select(func.count()).select_from(CouponUse).join(Order, Order.id == CouponUse.order_id)
    mine = query.where(CouponUse.coupon_id == coupon_id, CouponUse.state.in_(states), _is_of(user_id, email))
    return db.session.scalar(mine) or 0


def _is_of(user_id: int | None, email: str) -> ColumnElement[bool]:
    """A guest is known by the address alone, and has no part in what an account did."""
    if user_id is not None:
        return CouponUse.user_id == user_id
    return and_(func.lower(Order.email) == email.lower(), Order.guest_key != "", CouponUse.user_id.is_(None))
