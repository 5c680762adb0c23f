"""What the worker does for gifts: it mails codes on their day, reminds givers, and forgets whom it should."""

from datetime import timedelta

from sqlalchemy import ColumnElement, select, update

from core import jobs
from core.clock import now
from core.database import db, transaction
from shop.gifts import mails
from shop.gifts.models import Gift
from shop.gifts.rules import REMIND_AFTER
from shop.gifts.services import lock_gift, send_if_due
from shop.models import Order

BATCH = 200  # a run; what is left waits for the next one


def register() -> None:
    """Let the worker look."""
    jobs.periodic("gifts-due", timedelta(minutes=5), send_due)
    jobs.periodic("gifts-unclaimed", timedelta(hours=1), remind)
    jobs.periodic("gifts-erased", timedelta(hours=1), forget_erased)


def send_due() -> None:
    """Mail the codes whose day has come, each in a transaction of its own."""
    due = select(Gift.order_id).where(
        Gift.send_at <= now(), Gift.sent_at.is_(None), *_good(), Gift.recipient_email != ""
    )
    for order_id in db.session.scalars(due.order_by(Gift.send_at).limit(BATCH)).all():
        with transaction():
            send_if_due(lock_gift(order_id))


def remind() -> None:
    """Write to the givers of gifts that nobody has claimed for long, once for each time that they were sent."""
    quiet = select(Gift.order_id).where(
        Gift.sent_at <= now() - REMIND_AFTER, Gift.reminded_at.is_(None), *_good()
    )
    for order_id in db.session.scalars(quiet.order_by(Gift.sent_at).limit(BATCH)).all():
        with transaction():
            gift = lock_gift(order_id)
            order = db.session.get_one(Order, order_id)
            if gift.reminded_at is None and gift.state.is_waiting and order.user_id is not None:
                mails.remind(gift, order)
            gift.reminded_at = now()


def forget_erased() -> None:
    """Delete what is known of givers and recipients whose accounts are gone. The address of a gift that nobody has
    claimed stays: it is where the gift goes."""
    is_known = (Gift.giver_name != "") | (Gift.message != "")
    without_giver = select(Order.id).where(Order.user_id.is_(None), Order.id == Gift.order_id).exists()
    is_claimed_by_nobody = (Gift.claimed_at.is_not(None), Gift.claimed_by.is_(None))
    with transaction() as session:
        session.execute(update(Gift).where(without_giver, is_known).values(giver_name="", message=""))
        done = update(Gift).where(without_giver, Gift.claimed_at.is_not(None), Gift.recipient_email != "")
        session.execute(done.values(recipient_name="", recipient_email=""))
        gone = update(Gift).where(*is_claimed_by_nobody, (Gift.recipient_email != "") | is_known)
        session.execute(gone.values(giver_name="", message="", recipient_name="", recipient_email=""))


def _good() -> tuple[ColumnElement[bool], ...]:
    """Gifts that can be claimed."""
    return (
        Gift.code_hash.is_not(None), Gift.claimed_at.is_(None), Gift.ended_at.is_(None), Gift.pause_reason == "",
    )  # fmt: skip
