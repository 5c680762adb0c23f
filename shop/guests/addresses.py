"""The address of a guest who mistyped it: somebody at the school puts it right. The door's transaction is open."""

from sqlalchemy import ColumnElement, select

from accounts import services as accounts
from accounts.models import User
from accounts.rules import permissions_of
from core import outbox
from core.audit import record
from core.database import db
from core.errors import Conflict
from core.ids import fingerprint
from enrollment.services import lock_person
from shop import order_mails
from shop.guests.rules import masked
from shop.models import Order
from shop.rules import ENTERED

NOT_CORRECTED = (
    "Only the address of an account that a payment made, and that nobody has opened, can be corrected here. Others "
    "change their address themselves."
)


def may_be_corrected(user: User) -> bool:
    """Whether a guest's payment made this account, and nobody has opened it since; the staff's is never corrected."""
    if user.confirmed_at is not None or not user.active or permissions_of(user.role_words):
        return False
    return db.session.scalar(select(Order.id).where(_of_guest(user)).limit(1)) is not None


def require_correctable(user: User) -> None:
    """Raises Conflict for an account that is not may_be_corrected."""
    if not may_be_corrected(user):
        raise Conflict(NOT_CORRECTED)


def correct_address(user: User, email: str, reason: str, by: int) -> None:
    """Give the account and its orders the address that was meant, and send the welcome there. The old address gets no
    further mail, and what it got opens nothing.

    Raises Conflict for an account that is not may_be_corrected, InvalidInput for what is no address or somebody's.
    """
    lock_person(user.id)
    require_correctable(user)
    before = user.email
    accounts.move_unconfirmed(user, email)
    outbox.drop_unsent(before)
    orders = db.session.scalars(select(Order).where(_of_guest(user)).order_by(Order.id)).all()
    for order in orders:
        order.email = user.email
    detail = {"before": masked(before), "after": masked(user.email), "reason": reason}
    record("user.correct_address", f"user:{user.id}", detail, actor_id=by)
    for order in [each for each in orders if each.state in ENTERED][-1:]:
        order_mails.send_welcome(order, again=fingerprint(user.fs_uniquifier)[:12])


def _of_guest(user: User) -> ColumnElement[bool]:
    return (Order.user_id == user.id) & (Order.guest_key != "")
