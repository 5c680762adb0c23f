"""The orders that a guest's browser began, and those that stand in the way of another one."""

from sqlalchemy import ColumnElement, and_, or_, select

from core.config import current_config
from core.database import db
from shop.models import Order, OrderLine
from shop.offers import Offer
from shop.rules import UNDECIDED, OrderState
from shop.standing import FOR_ONESELF

SETTLED = (OrderState.PAID, OrderState.PARTLY_REFUNDED, OrderState.DUPLICATE)


def order_in_the_way(email: str, guest_key: str, offer: Offer) -> Order | None:
    """An order that keeps a guest from beginning this one: a checkout that is open for this address or in this
    browser, what this browser is paying for this address, or has paid."""
    here, of_address = Order.guest_key == guest_key, Order.email == email
    is_open = and_(Order.state == OrderState.PENDING, or_(here, of_address))
    is_begun = and_(here, of_address, or_(Order.state.in_(UNDECIDED), _is_had(offer)))
    query = select(Order).where(*_like(offer), or_(is_open, is_begun))
    return db.session.scalar(query.order_by(Order.state == OrderState.PENDING, Order.id).limit(1))


def checkout_here(guest_key: str, subject: str) -> Order | None:
    """The checkout of this very thing that this browser has open."""
    if not guest_key:
        return None
    mode = current_config().is_live
    query = select(Order).filter_by(guest_key=guest_key, subject=subject, livemode=mode)
    waiting = query.filter_by(state=OrderState.PENDING).order_by(Order.id.desc())
    return db.session.scalar(waiting.limit(1))


def had_here(guest_key: str, offer: Offer) -> Order | None:
    """The latest order of this, or of one of its courses, that this browser began and whose money came, or is on its
    way: what became of it does not matter, for that is told to its address alone."""
    if not guest_key:
        return None
    has_money = or_(Order.state == OrderState.PROCESSING, Order.paid_minor.is_not(None))
    query = select(Order).where(*_like(offer), Order.guest_key == guest_key, has_money)
    return db.session.scalar(query.order_by(Order.id.desc()).limit(1))


def order_here(guest_key: str, **by: str) -> Order | None:
    """An order that this browser began, by `number` or `session_id`."""
    return db.session.scalar(select(Order).filter_by(guest_key=guest_key, **by)) if guest_key else None


def unclaimed_order(email: str, **by: str) -> Order | None:
    """An order of a guest with this address, by `number` or `session_id`, of which no money has been heard so far."""
    return db.session.scalar(
        select(Order).filter_by(email=email, user_id=None, **by).where(Order.guest_key != "")
    )


def _like(offer: Offer) -> list[ColumnElement[bool]]:
    """Guests' orders in the mode of now: for oneself those of one of its courses, else those of the same."""
    of_guests = [Order.guest_key != "", Order.livemode == current_config().is_live]
    if not offer.kind.is_for_oneself:
        return [*of_guests, Order.subject == offer.subject]
    line = select(OrderLine.id).where(OrderLine.order_id == Order.id)
    its_courses = line.where(OrderLine.course_id.in_(offer.course_ids)).exists()
    return [*of_guests, Order.kind.in_(FOR_ONESELF), its_courses]


def _is_had(offer: Offer) -> ColumnElement[bool]:
    """Paid for, and not to be bought twice, as seats may be."""
    is_same = and_(Order.subject == offer.subject, Order.kind.in_(FOR_ONESELF))
    return and_(is_same, Order.state.in_(SETTLED))
