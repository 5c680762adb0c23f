"""The account of a guest, once the money is there. The door's transaction is open, the order is locked."""

from accounts import services as accounts
from accounts.models import User
from core.audit import record
from core.database import db
from core.errors import Conflict, Unavailable
from shop.coupons.models import CouponUse
from shop.models import Order


def give_account(order: Order, known: str) -> None:
    """Let a guest's order, whose money has come, be that of the account of its address, which is made where there is
    none. Nothing for an order that has, or had, one.

    `known` is the address at Stripe, which counts where ours was forgotten; without either a person has to look.
    Raises Unavailable where somebody registers the address at this moment: asking again finds them.
    """
    if not order.is_unclaimed or not (order.email or known):
        return
    order.email = order.email or known.lower()
    user = accounts.find_by_email(order.email) or _new_account(order.email)
    accounts.drop_claim(user)
    order.buyer = user
    use = db.session.get(CouponUse, order.id)
    if use is not None:
        use.user_id = user.id
    db.session.flush()
    record("order.claim", f"order:{order.number}")


def forget(order: Order) -> None:
    """Delete the address of a guest who did not pay; of an order that has, or had, an account it stays."""
    if order.is_unclaimed:
        order.email = ""
        db.session.flush()


def _new_account(email: str) -> User:
    """An account that only the link of a mail opens."""
    try:
        return accounts.create_user(email, confirmed=False)
    except Conflict as taken:
        raise Unavailable("The account of this order is being made. Try again in a moment.") from taken
